// SPDX-License-Identifier: Apache-2.0
#include "live/record/known_texts.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stalemark {
namespace {

constexpr unsigned kBeginningBits = 18;
constexpr int kStepsMax = 16;

/// Of the first kLengthMin bytes.
std::size_t BeginningOf(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, KnownTexts::kLengthMin);
  return static_cast<std::size_t>((word * 0x9e3779b97f4a7c15U) >> (64 - kBeginningBits));
}

}  // namespace

void KnownTexts::Set(std::string_view text, std::string_view value) {
  if (text.size() < kLengthMin) return;
  if (beginnings_.empty()) beginnings_.resize(std::size_t{1} << kBeginningBits);
  beginnings_[BeginningOf(text.data())] = true;
  length_max_ = std::max(length_max_, text.size());
  texts_.insert_or_assign(std::string(text), std::string(value));
}

std::optional<KnownTexts::Match> KnownTexts::At(std::string_view input, std::size_t at) const {
  if (at + kLengthMin > input.size() || texts_.empty() || !beginnings_[BeginningOf(input.data() + at)]) return {};
  std::string_view rest = input.substr(at, length_max_);
  for (int step = 0; step < kStepsMax && rest.size() >= kLengthMin; ++step) {
    auto text = texts_.upper_bound(rest);
    if (text == texts_.begin()) return {};
    --text;
    const auto differs = std::mismatch(text->first.begin(), text->first.end(), rest.begin(), rest.end());
    if (differs.first == text->first.end()) return Match{at, text->first, text->second};
    // What stands here begins at most with what both have in common.
    rest = rest.substr(0, static_cast<std::size_t>(differs.second - rest.begin()));
  }
  return {};
}

std::optional<KnownTexts::Match> KnownTexts::Next(std::string_view input, std::size_t from) const {
  if (texts_.empty()) return {};
  for (std::size_t at = from; at + kLengthMin <= input.size(); ++at) {
    if (!beginnings_[BeginningOf(input.data() + at)]) continue;
    if (std::optional<Match> match = At(input, at)) return match;
  }
  return {};
}

std::string KnownTexts::Replaced(std::string_view input,
                                 const std::function<std::string(std::string_view value)>& change) const {
  std::string replaced;
  std::size_t done = 0;
  while (const std::optional<Match> match = Next(input, done)) {
    replaced.append(input, done, match->at - done);
    replaced += change ? change(match->value) : std::string(match->value);
    done = match->at + match->text.size();
  }
  replaced.append(input, done, std::string_view::npos);
  return replaced;
}

}  // namespace stalemark
