// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/raw_texts.h"

#include <algorithm>

#include "core/scrape/grow_slowly.h"

namespace stalemark {
namespace {

/// A gap between two patches that is shorter is replaced with them: the numbers of a patch take two bytes.
constexpr std::size_t kShortGap = 3;
/// A text with more is better replaced from the first to the last.
constexpr std::size_t kPatchesMax = 16;

std::size_t CommonPrefix(std::string_view a, std::string_view b) {
  const auto ends =
      std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin());
  return static_cast<std::size_t>(ends.first - a.begin());
}

std::size_t CommonSuffix(std::string_view a, std::string_view b) {
  std::size_t length = 0;
  while (length < a.size() && length < b.size() && a[a.size() - 1 - length] == b[b.size() - 1 - length]) ++length;
  return length;
}

struct Difference {
  std::size_t begin;
  std::size_t end;
};

/// The next place from `from` on where two texts of one length differ; empty at their end.
Difference NextDifference(std::string_view a, std::string_view b, std::size_t from) {
  const std::size_t begin = from + CommonPrefix(a.substr(from), b.substr(from));
  std::size_t end = begin;
  for (std::size_t i = begin; i < a.size() && i - end < kShortGap; ++i) {
    if (a[i] != b[i]) end = i + 1;
  }
  return {begin, end};
}

}  // namespace

void RawTexts::AppendNumber(std::size_t number) {
  for (; number >= 0x80; number >>= 7) AppendOne(bytes_, static_cast<unsigned char>(number | 0x80));
  AppendOne(bytes_, static_cast<unsigned char>(number));
}

void RawTexts::AppendBytes(std::string_view bytes) {
  MakeRoom(bytes_, bytes.size());
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void RawTexts::AddWhole(std::string_view text) {
  AppendOne(bytes_, kWhole);
  AppendNumber(text.size());
  AppendBytes(text);
}

void RawTexts::AddPatches(std::string_view text) {
  const std::string_view last(last_.data(), last_.size());
  std::size_t patches = 0;
  for (Difference next = NextDifference(last, text, 0); next.begin != next.end;
       next = NextDifference(last, text, next.end)) {
    ++patches;
  }
  static_assert(kPatchesMax < kMiddle);
  if (patches > kPatchesMax) return AddMiddle(text);
  AppendOne(bytes_, static_cast<unsigned char>(patches));
  std::size_t at = 0;
  for (; patches > 0; --patches) {
    const Difference next = NextDifference(last, text, at);
    AppendNumber(next.begin - at);
    AppendNumber(next.end - next.begin);
    AppendBytes(text.substr(next.begin, next.end - next.begin));
    at = next.end;
  }
}

void RawTexts::AddMiddle(std::string_view text) {
  const std::string_view last(last_.data(), last_.size());
  const std::size_t prefix = CommonPrefix(last, text);
  const std::size_t suffix = CommonSuffix(last.substr(prefix), text.substr(prefix));
  AppendOne(bytes_, kMiddle);
  AppendNumber(prefix);
  AppendNumber(last.size() - prefix - suffix);
  AppendNumber(text.size() - prefix - suffix);
  AppendBytes(text.substr(prefix, text.size() - prefix - suffix));
}

void RawTexts::Add(std::string_view text) {
  const bool opens_group = size_ % kGroup == 0;
  if (opens_group) AppendOne(group_starts_, bytes_.size());
  if (opens_group) {
    AddWhole(text);
  } else if (text.size() == last_.size()) {
    AddPatches(text);
  } else {
    AddMiddle(text);
  }
  last_.assign(text.begin(), text.end());
  ++size_;
}

void RawTextReader::ReadWhole(const unsigned char* record) {
  size_ = Take(record);
  if (size_ > text_.size()) text_.resize(size_);
  std::copy_n(record, size_, text_.begin());
  next_ = static_cast<std::size_t>(record - texts_->bytes_.data()) + size_;
}

}  // namespace stalemark
