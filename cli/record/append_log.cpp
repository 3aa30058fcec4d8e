// SPDX-License-Identifier: Apache-2.0
#include "cli/record/append_log.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/model/histogram_text.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::cli {
namespace {

/// Of a text that is kept: string, number, node of the map, place in the list.
constexpr std::size_t kTextOverhead = 80;

/// A series at the end, in words that are equal when the series are.
std::string StoredText(const Head& head, const SeriesView& series) {
  std::string text;
  for (const Sample& sample : series.samples) {
    text += fmt::format("{} {:016x} ", sample.t_ms, sample.bits);
    if (sample.histogram != nullptr) {
      text += std::visit([](const auto& histogram) { return HistogramText(histogram); }, *sample.histogram);
    }
    text += '\n';
  }
  if (const Metadata* metadata = head.MetadataOf(series.ref)) {
    text += fmt::format("{} {} {}", static_cast<int>(metadata->type), metadata->unit, metadata->help);
  }
  return text;
}

std::map<std::string, std::string> StoredTexts(const Head& head) {
  std::map<std::string, std::string> texts;
  head.ForEachSeries([&](const SeriesView& series) {
    // A scrape that was rolled back leaves series without samples.
    if (!series.samples.empty()) texts[scenario::SeriesText(series.labels)] = StoredText(head, series);
  });
  return texts;
}

}  // namespace

std::uint32_t AppendLog::Intern(std::string text) {
  const auto [known, is_new] = numbers_.emplace(std::move(text), static_cast<std::uint32_t>(texts_.size()));
  if (is_new) {
    texts_.push_back(&known->first);
    text_bytes_ += known->first.size() + kTextOverhead;
  }
  return known->second;
}

void AppendLog::OnEvent(MonotonicTime, const trace::Event& event) {
  Entry entry;
  if (const auto* append = std::get_if<trace::SampleAppended>(&event)) {
    entry.origin = static_cast<std::uint8_t>(append->origin);
    entry.code = append->verdict;
    entry.labels = Intern(scenario::SeriesText(*append->labels));
    entry.extra = Intern(fmt::format("{}\n{}\n{}", append->histogram, append->exemplars, append->error));
    entry.t_ms = append->t_ms;
    entry.st_ms = append->st_ms;
    entry.bits = append->value_bits;
    ++appends_;
  } else if (const auto* end = std::get_if<trace::TransactionEnded>(&event)) {
    entry.kind = Kind::kTransaction;
    entry.code = end->committed ? 1 : 0;
    entry.labels = Intern({});
    entry.extra = Intern(std::string(end->error));
  } else if (const auto* scrape = std::get_if<trace::ScrapeFinished>(&event)) {
    entry.kind = Kind::kScrape;
    entry.code = scrape->error_kind;
    entry.labels = Intern({});
    entry.extra = Intern(std::string(scrape->error));
    entry.bits = static_cast<std::uint64_t>(scrape->loop);
  } else {
    return;
  }
  entries_.push_back(entry);
}

bool AppendLog::Equal(const Entry& one, const AppendLog& other, const Entry& others) const {
  return one.kind == others.kind && one.origin == others.origin && one.code == others.code && one.t_ms == others.t_ms &&
         one.st_ms == others.st_ms && one.bits == others.bits && *texts_[one.labels] == *other.texts_[others.labels] &&
         *texts_[one.extra] == *other.texts_[others.extra];
}

std::string AppendLog::TextOf(std::size_t index) const {
  if (index >= entries_.size()) return "nothing";
  const Entry& entry = entries_[index];
  std::string extra = *texts_[entry.extra];
  std::replace(extra.begin(), extra.end(), '\n', ' ');
  switch (entry.kind) {
    case Kind::kTransaction:
      return fmt::format("{} {}", entry.code != 0 ? "commit" : "rollback", extra);
    case Kind::kScrape:
      return fmt::format("the end of a scrape {}", extra);
    case Kind::kAppend:
      break;
  }
  return fmt::format("append {} {:016x} @{} {}", *texts_[entry.labels], entry.bits, entry.t_ms, extra);
}

std::vector<std::string> AppendLog::Differences(const AppendLog& live, const AppendLog& replay, std::size_t max) {
  std::vector<std::string> differences;
  const std::size_t count = std::max(live.size(), replay.size());
  for (std::size_t i = 0; i < count && differences.size() < max; ++i) {
    const bool equal = i < live.size() && i < replay.size() && live.Equal(live.entries_[i], replay, replay.entries_[i]);
    if (equal) continue;
    differences.push_back(fmt::format("event {}\n  live    {}\n  replay  {}", i + 1, live.TextOf(i), replay.TextOf(i)));
  }
  return differences;
}

std::vector<std::string> StorageDifferences(const Head& live, const Head& replay, std::size_t max) {
  const std::map<std::string, std::string> ours = StoredTexts(live);
  const std::map<std::string, std::string> theirs = StoredTexts(replay);
  std::vector<std::string> differences;
  const auto add = [&](const std::string& series, std::string_view what) {
    if (differences.size() < max) differences.push_back(fmt::format("{}: {}", series, what));
  };
  for (const auto& [series, text] : ours) {
    const auto found = theirs.find(series);
    if (found == theirs.end()) {
      add(series, "stored live, not by the replay");
    } else if (found->second != text) {
      add(series, "other samples or metadata");
    }
  }
  for (const auto& [series, text] : theirs) {
    if (ours.count(series) == 0) add(series, "stored by the replay, not live");
  }
  return differences;
}

}  // namespace stalemark::cli
