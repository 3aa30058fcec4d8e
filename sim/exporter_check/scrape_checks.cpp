// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"
#include "sim/exporter_check/checks.h"

namespace stalemark::exporter_check {
namespace {

bool HasSuffix(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Whether a sample only grows, until its process starts anew.
bool IsCumulative(const FamilyRead& family, const SampleRead& sample) {
  const std::string_view name = sample.labels.Get(kMetricName);
  switch (family.type) {
    case MetricType::kCounter:
      return !HasSuffix(name, "_created");
    case MetricType::kHistogram:
      return sample.is_histogram || HasSuffix(name, "_bucket") || HasSuffix(name, "_count");
    case MetricType::kSummary:
      return HasSuffix(name, "_count");
    default:
      return false;
  }
}

std::string ValueOf(const SampleRead& sample) {
  std::string text;
  text::AppendApiFloat(text, DoubleOf(sample.value_bits));
  return text;
}

/// What is remembered of a series from scrape to scrape. Views are of the readings.
struct History {
  const Page* first_page = nullptr;
  const SampleRead* last = nullptr;
  const Page* last_page = nullptr;
  std::size_t scrapes = 0;
  std::size_t last_scrape = 0;
  std::size_t first_scrape = 0;
  /// Scrapes in a row with the same explicit time.
  std::size_t same_time = 0;
  bool value_moved = false;
  bool returned = false;
};

class ScrapeChecker {
 public:
  ScrapeChecker(const std::vector<const Page*>& scrapes, const ScrapeConfig& job, Findings& findings)
      : scrapes_(scrapes), job_(job), findings_(findings) {}

  void Check() {
    for (std::size_t i = 0; i < scrapes_.size(); ++i) Compare(i);
    Judge();
    AddRestarts();
    CheckMetadata();
  }

 private:
  struct Fall {
    const Page* page = nullptr;
    const SampleRead* sample = nullptr;
    std::string before;
  };

  Finding About(const Page& page, std::string_view kind, const SampleRead& sample) const {
    Finding finding = FindingAbout(page, Severity::kWarning, kind);
    finding.spot = SpotIn(page.answer->body, sample.offset, page.reading.kind);
    finding.subject = SeriesName(sample.labels);
    return finding;
  }

  void Compare(std::size_t scrape) {
    const Page& page = *scrapes_[scrape];
    for (const SampleRead& sample : page.reading.samples) {
      const auto [found, is_new] = series_.try_emplace(sample.labels.encoded());
      History& history = found->second;
      if (is_new) {
        order_.push_back(&*found);
        history.first_page = &page;
        history.first_scrape = scrape;
      } else if (history.last_scrape == scrape) {
        continue;  // twice in one body: another finding
      } else {
        if (history.last_scrape + 1 != scrape) history.returned = true;
        CompareValues(page, *history.last, sample);
        const bool same_time = sample.has_timestamp && history.last->has_timestamp && sample.t_ms == history.last->t_ms;
        if (same_time) ++history.same_time;
        if (same_time && sample.value_bits != history.last->value_bits) history.value_moved = true;
      }
      history.last = &sample;
      history.last_page = &page;
      history.last_scrape = scrape;
      ++history.scrapes;
    }
  }

  void CompareValues(const Page& page, const SampleRead& before, const SampleRead& after) {
    const FamilyRead& family = page.reading.families[after.family];
    if (!IsCumulative(family, after)) return;
    if (!(DoubleOf(after.value_bits) < DoubleOf(before.value_bits))) {
      ++grown_[&page];
      return;
    }
    falls_.push_back({&page, &after, ValueOf(before)});
  }

  static std::optional<std::uint64_t> ProcessStart(const Page& page) {
    for (const SampleRead& sample : page.reading.samples) {
      if (sample.labels.Get(kMetricName) == "process_start_time_seconds") return sample.value_bits;
    }
    return std::nullopt;
  }

  std::string_view WhyAllFell(const Page& page) const {
    const auto at = std::find(scrapes_.begin(), scrapes_.end(), &page);
    const std::optional<std::uint64_t> start = ProcessStart(page);
    const std::optional<std::uint64_t> before = ProcessStart(**std::prev(at));
    if (!start || !before) return ": was the exporter restarted, or do several processes answer in turn?";
    if (*start != *before) return ", and process_start_time_seconds changed: another process answers";
    return ", and process_start_time_seconds did not change: they are reset, or are no counters";
  }

  /// All counters of a scrape that are below those before: the process was restarted, and each is not told.
  void AddRestarts() {
    std::map<std::string, std::size_t> count;
    for (const Fall& fall : falls_) ++count[fall.page->answer->name];
    std::map<std::string, bool> told;
    for (const Fall& fall : falls_) {
      const std::string& name = fall.page->answer->name;
      const std::size_t fallen = count[name];
      if (fallen >= 5 && fallen > grown_[fall.page]) {
        if (std::exchange(told[name], true)) continue;
        Finding finding = FindingAbout(*fall.page, Severity::kWarning, "restart");
        finding.message = fmt::format("{} of {} counters and buckets fell{}", fallen, fallen + grown_[fall.page],
                                      WhyAllFell(*fall.page));
        findings_.Add(std::move(finding));
        continue;
      }
      if (findings_.IsFull("counter_fell")) {
        findings_.CountMore("counter_fell", name);
        continue;
      }
      Finding finding = About(*fall.page, "counter_fell", *fall.sample);
      finding.message = fmt::format(
          "it fell from {} to {}: rate() takes that for a restart and counts the new value as an "
          "increase",
          fall.before, ValueOf(*fall.sample));
      findings_.Add(std::move(finding));
    }
  }

  void Judge() {
    const std::size_t last = scrapes_.size() - 1;
    for (const auto* entry : order_) {
      const History& history = entry->second;
      JudgeTime(history);
      if (history.scrapes == scrapes_.size()) continue;
      if (history.returned) {
        Add(history, "series_flaps",
            fmt::format("it is in {} of {} scrapes, comes and goes: each gap is a stale marker", history.scrapes,
                        scrapes_.size()));
      } else if (history.last_scrape < last) {
        Add(history, "series_vanished",
            history.last->has_timestamp && !job_.track_timestamps_staleness
                ? fmt::format("it is gone after {}, without a stale marker, as it has a timestamp",
                              history.last_page->answer->name)
                : fmt::format("it is gone after {}: Prometheus writes a stale marker",
                              history.last_page->answer->name));
      } else {
        AddAppeared(history);
      }
    }
  }

  void AddAppeared(const History& history) {
    if (findings_.IsFull("series_appeared")) {
      findings_.CountMore("series_appeared", history.first_page->answer->name);
      return;
    }
    const FamilyRead& family = history.last_page->reading.families[history.last->family];
    const bool cumulative = IsCumulative(family, *history.last) && DoubleOf(history.last->value_bits) != 0;
    Finding finding = About(*history.last_page, "series_appeared", *history.last);
    finding.answer = history.first_page->answer->name;
    finding.spot = {};
    // client_golang's own counter of scrapes does this with every exporter: nobody has to act.
    finding.severity = cumulative ? Severity::kWarning : Severity::kNote;
    finding.message =
        cumulative ? "new, and not 0: its first increase is lost to rate(), which needs a 0 before it" : "new";
    findings_.Add(std::move(finding));
  }

  void Add(const History& history, std::string_view kind, std::string message) {
    if (findings_.IsFull(kind)) return findings_.CountMore(kind, history.last_page->answer->name);
    Finding finding = About(*history.last_page, kind, *history.last);
    finding.message = std::move(message);
    findings_.Add(std::move(finding));
  }

  void JudgeTime(const History& history) {
    if (scrapes_.size() < 2 || history.same_time + 1 != scrapes_.size() || !job_.honor_timestamps) return;
    if (history.value_moved) {
      Add(history, "timestamp_stands_still",
          "its timestamp is that of the scrape before, its value is not: Prometheus refuses the second value "
          "(duplicate sample for timestamp)");
    } else {
      Add(history, "timestamp_stands_still",
          "its timestamp is the same in all scrapes: nothing new is stored, and after 5 minutes queries find no value");
    }
  }

  void CheckMetadata() {
    for (std::size_t i = 1; i < scrapes_.size(); ++i) {
      std::unordered_map<std::string_view, const FamilyRead*> before;
      for (const FamilyRead& family : scrapes_[i - 1]->reading.families) before[family.name] = &family;
      if (scrapes_[i - 1]->reading.format != scrapes_[i]->reading.format) continue;
      for (const FamilyRead& family : scrapes_[i]->reading.families) {
        const auto found = before.find(family.name);
        if (found == before.end() || family.sample_count == 0 || found->second->sample_count == 0) continue;
        const auto compare = [&](std::string_view what, const std::string& old_text, const std::string& new_text) {
          if (old_text == new_text) return;
          Finding finding = FindingAbout(*scrapes_[i], Severity::kWarning, "metadata_changed");
          finding.subject = family.name;
          finding.message =
              fmt::format("its {} was {}, and is {}", what, text::GoQuote(old_text), text::GoQuote(new_text));
          findings_.Add(std::move(finding));
        };
        compare("type", found->second->type_text, family.type_text);
        compare("help", found->second->help, family.help);
        compare("unit", found->second->unit, family.unit);
      }
    }
  }

  const std::vector<const Page*>& scrapes_;
  const ScrapeConfig& job_;
  Findings& findings_;
  std::unordered_map<std::string_view, History> series_;
  /// In the order of their first appearance.
  std::vector<const std::pair<const std::string_view, History>*> order_;
  std::vector<Fall> falls_;
  std::map<const Page*, std::size_t> grown_;
};

}  // namespace

void CheckScrapes(const std::vector<const Page*>& scrapes, const ScrapeConfig& job, Findings& findings) {
  if (scrapes.size() > 1) ScrapeChecker(scrapes, job, findings).Check();
}

}  // namespace stalemark::exporter_check
