// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/outcome_notation.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "core/scrape/scrape_error.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kRunsMax = 100'000;

struct Item {
  std::string_view text;
  std::size_t offset = 0;
};

std::vector<Item> ItemsOf(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<Item> items;
  std::size_t at = text.find_first_not_of(kBlanks);
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    items.push_back({text.substr(at, end - at), at});
    at = text.find_first_not_of(kBlanks, end);
  }
  return items;
}

/// Reads the N of `xN`, at least 1; 0: it is none.
std::uint64_t TimesOf(std::string_view item) {
  constexpr std::size_t kDigitsMax = 12;
  if (item.size() < 2 || item.size() > kDigitsMax + 1 || item[0] != 'x') return 0;
  std::uint64_t count = 0;
  for (const char c : item.substr(1)) {
    if (c < '0' || c > '9') return 0;
    count = count * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return count;
}

/// Null: no such word.
const std::string_view* FindWord(std::string_view text) {
  const std::vector<std::string_view>& words = OutcomeWords();
  const auto found = std::find(words.begin(), words.end(), text);
  return found == words.end() ? nullptr : &*found;
}

Error NoOutcome(const Item& item) {
  std::string message = fmt::format("found {}, expected one of {}", text::GoQuote(item.text.substr(0, 60)),
                                    fmt::join(OutcomeWords(), ", "));
  const std::string_view nearest = text::NearestWord(item.text, OutcomeWords());
  if (!nearest.empty()) message += fmt::format(" (did you mean \"{}\"?)", nearest);
  return Error{std::move(message), item.offset};
}

}  // namespace

const std::vector<std::string_view>& OutcomeWords() {
  static const std::vector<std::string_view> words = [] {
    std::vector<std::string_view> all = {kOutcomeUp, kOutcomeDown};
    for (auto kind = static_cast<int>(ScrapeErrorKind::kTransport); kind <= static_cast<int>(ScrapeErrorKind::kOther);
         ++kind) {
      all.push_back(ScrapeErrorKindText(static_cast<ScrapeErrorKind>(kind)));
    }
    all.push_back(kOutcomePending);
    all.push_back(kOutcomeNone);
    return all;
  }();
  return words;
}

bool IsOutcome(std::string_view expected, std::string_view found) {
  if (expected != kOutcomeDown) return expected == found;
  return found != kOutcomeUp && found != kOutcomePending && found != kOutcomeNone;
}

Result<std::vector<OutcomeRun>> ParseOutcomes(std::string_view text) {
  std::vector<OutcomeRun> runs;
  bool may_repeat = false;
  for (const Item& item : ItemsOf(text)) {
    if (runs.size() >= kRunsMax) return Error{"too many items", item.offset};
    const std::uint64_t times = TimesOf(item.text);
    if (times > 0 && may_repeat) {
      runs.back().count = times;
      may_repeat = false;
      continue;
    }
    // `up x5`, and `upx5` as values have it.
    const std::size_t x = item.text.rfind('x');
    const std::uint64_t own_times = x == std::string_view::npos ? 0 : TimesOf(item.text.substr(x));
    const std::string_view* word = FindWord(own_times > 0 ? item.text.substr(0, x) : item.text);
    if (word == nullptr) return NoOutcome(item);
    runs.push_back({*word, std::max<std::uint64_t>(own_times, 1)});
    may_repeat = own_times == 0;
  }
  return runs;
}

std::string OutcomesText(const std::vector<OutcomeRun>& runs) {
  std::string out;
  for (const OutcomeRun& run : runs) {
    if (!out.empty()) out += ' ';
    out += run.word;
    if (run.count > 1) out += fmt::format(" x{}", run.count);
  }
  return out;
}

void AddOutcome(std::string_view word, std::vector<OutcomeRun>* runs) {
  if (!runs->empty() && runs->back().word == word) {
    ++runs->back().count;
  } else {
    runs->push_back({word, 1});
  }
}

}  // namespace stalemark::scenario
