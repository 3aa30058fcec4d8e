// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/hex.h"
#include "core/text/utf8.h"
#include "sim/exporter_check/checks.h"
#include "sim/exporter_check/lint.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::exporter_check {
namespace {

std::size_t CharacterCount(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// For terminals: what moves their cursor, and bytes that are no text, as `\x1b`.
std::string Printable(std::string_view line) {
  std::string out;
  while (!line.empty()) {
    const text::DecodedRune rune = text::DecodeRune(line);
    const bool is_control = rune.rune < 0x20 || (rune.rune >= 0x7f && rune.rune < 0xa0);
    if (rune.valid && (!is_control || rune.rune == '\t')) {
      out += line.substr(0, rune.width);
    } else {
      for (const char byte : line.substr(0, rune.width)) out += "\\x" + text::Hex(std::string_view(&byte, 1));
    }
    line.remove_prefix(rune.width);
  }
  return out;
}

/// A sample later than this behind its scrape is refused (upstream's maxAheadTime).
constexpr std::int64_t kAheadMaxMs = 10 * 60 * 1000;
/// An instant query looks back so far.
constexpr std::int64_t kLookbackMs = 5 * 60 * 1000;
constexpr std::size_t kNoSample = static_cast<std::size_t>(-1);

/// In days, or exact to the second.
std::string DistanceText(std::int64_t distance_ms) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const std::int64_t unit = distance_ms >= kDayMs ? kDayMs : 1000;
  return FormatDuration(std::chrono::milliseconds(distance_ms / unit * unit));
}

class BodyChecker {
 public:
  BodyChecker(const Page& page, const ScrapeConfig& job, Findings& findings)
      : page_(page), job_(job), findings_(findings) {}

  void Check() {
    if (!page_.answer->error.empty()) {
      Finding finding = FindingAbout(page_, Severity::kError, "request_failed");
      finding.message = page_.answer->error;
      findings_.Add(std::move(finding));
      return;
    }
    const Reading& reading = page_.reading;
    if (!reading.format) {
      Finding finding = FindingAbout(page_, Severity::kError, "content_type");
      finding.message = reading.format_error;
      findings_.Add(std::move(finding));
      return;
    }
    if (reading.failure) {
      AddParseFailure(*reading.failure);
      return;
    }
    if (reading.samples.empty()) {
      Finding finding = FindingAbout(page_, Severity::kWarning, "no_samples");
      finding.message = page_.answer->body.empty() ? "the body is empty: the target is up, and has no series"
                                                   : "the body has no samples: the target is up, and has no series";
      findings_.Add(std::move(finding));
    }
    CheckDuplicates();
    if (reading.kind == BodyKind::kText) CheckGroups();
    CheckTimestamps();
    CheckValues();
    CheckHistograms();
  }

 private:
  Finding About(Severity severity, std::string_view kind, const SampleRead& sample) const {
    Finding finding = FindingAbout(page_, severity, kind);
    finding.spot = SpotOf(sample);
    finding.subject = SeriesName(sample.labels);
    return finding;
  }

  Spot SpotOf(const SampleRead& sample) const { return SpotIn(page_.answer->body, sample.offset, page_.reading.kind); }

  void AddParseFailure(const ParseFailure& failure) {
    Finding finding = FindingAbout(page_, Severity::kError, "parse");
    finding.spot = failure.spot;
    finding.message = failure.message;
    if (page_.reading.kind == BodyKind::kText) {
      const std::string before = Printable(std::string_view(failure.line).substr(0, failure.column_in_line));
      finding.detail = Printable(failure.line) + "\n" + std::string(CharacterCount(before), ' ') + "^";
    }
    findings_.Add(std::move(finding));
  }

  void CheckDuplicates() {
    std::unordered_map<std::string_view, const SampleRead*> first;
    for (const SampleRead& sample : page_.reading.samples) {
      const auto [found, is_new] = first.try_emplace(sample.labels.encoded(), &sample);
      if (is_new) continue;
      if (findings_.IsFull("duplicate_series")) {
        findings_.CountMore("duplicate_series", page_.answer->name);
        continue;
      }
      const SampleRead& earlier = *found->second;
      const std::string place = page_.reading.kind == BodyKind::kText
                                    ? fmt::format("first on line {}", SpotOf(earlier).line)
                                    : std::string("it came before");
      if (sample.has_timestamp && earlier.has_timestamp && sample.t_ms != earlier.t_ms) {
        if (sample.t_ms > earlier.t_ms) {
          found->second = &sample;
          continue;
        }
        Finding finding = About(Severity::kWarning, "out_of_order", sample);
        finding.message = fmt::format(
            "its time is before that of the sample above ({}): Prometheus refuses it as out of "
            "order",
            place);
        findings_.Add(std::move(finding));
        continue;
      }
      Finding finding = About(Severity::kWarning, "duplicate_series", sample);
      finding.message =
          sample.value_bits == earlier.value_bits
              ? fmt::format("the series stands twice in the body, with the same value ({})", place)
              : fmt::format("the series stands twice in the body, with two values ({}): Prometheus keeps the first",
                            place);
      findings_.Add(std::move(finding));
    }
  }

  /// The formats want the lines of a family in one group. Prometheus does not mind, other readers do.
  void CheckGroups() {
    const Reading& reading = page_.reading;
    std::vector<bool> ended(reading.families.size(), false);
    std::vector<bool> told(reading.families.size(), false);
    std::size_t current = kNoSample;
    for (const SampleRead& sample : reading.samples) {
      if (sample.family == current) continue;
      if (current != kNoSample) ended[current] = true;
      current = sample.family;
      if (!ended[current] || told[current]) continue;
      told[current] = true;
      if (findings_.IsFull("family_not_grouped")) {
        findings_.CountMore("family_not_grouped", page_.answer->name);
        continue;
      }
      Finding finding = FindingAbout(page_, Severity::kWarning, "family_not_grouped");
      finding.spot = SpotOf(sample);
      finding.subject = reading.families[current].name;
      finding.message =
          "its lines do not stand together: the format wants one group for a family, and some readers "
          "refuse this";
      findings_.Add(std::move(finding));
    }
  }

  void CheckTimestamps() {
    if (!job_.honor_timestamps) return;
    const std::int64_t now = UnixMillis(page_.answer->at);
    // Nobody knows when a file was scraped.
    const bool has_time = !page_.answer->is_file;
    const SampleRead* first = nullptr;
    const SampleRead* future = nullptr;
    const SampleRead* past = nullptr;
    std::size_t count = 0;
    std::size_t future_count = 0;
    std::size_t past_count = 0;
    for (const SampleRead& sample : page_.reading.samples) {
      if (!sample.has_timestamp) continue;
      if (count++ == 0) first = &sample;
      if (has_time && sample.t_ms > now + kAheadMaxMs && future_count++ == 0) future = &sample;
      if (has_time && sample.t_ms < now - kLookbackMs && past_count++ == 0) past = &sample;
    }
    if (count == 0) return;
    if (!job_.track_timestamps_staleness) {
      Finding finding = About(Severity::kWarning, "explicit_timestamps", *first);
      finding.message = fmt::format(
          "it carries a timestamp{}: no stale marker is written when such a series vanishes, so "
          "queries show its last value for 5 minutes",
          count == 1 ? "" : fmt::format(", as do {} of {} samples", count, page_.reading.samples.size()));
      findings_.Add(std::move(finding));
    }
    const auto add = [&](const SampleRead* sample, std::size_t samples, std::string_view kind, std::string_view what,
                         std::int64_t distance_ms) {
      if (sample == nullptr) return;
      Finding finding = About(Severity::kWarning, kind, *sample);
      finding.message = fmt::format("its time is {} {}{}", DistanceText(distance_ms), what,
                                    samples == 1 ? "" : fmt::format(" ({} such samples)", samples));
      findings_.Add(std::move(finding));
    };
    if (future != nullptr) {
      add(future, future_count, "timestamp_in_future",
          "after the scrape: Prometheus refuses more than 10 minutes (out of bounds)", future->t_ms - now);
    }
    if (past != nullptr) {
      add(past, past_count, "timestamp_in_past", "before the scrape: an instant query looks back 5 minutes",
          now - past->t_ms);
    }
  }

  void CheckValues() {
    for (const SampleRead& sample : page_.reading.samples) {
      if (page_.reading.families[sample.family].type != MetricType::kCounter || sample.is_histogram) continue;
      const double value = DoubleOf(sample.value_bits);
      if (!std::isnan(value) && value >= 0) continue;
      if (findings_.IsFull("counter_value")) {
        findings_.CountMore("counter_value", page_.answer->name);
        continue;
      }
      Finding finding = About(Severity::kWarning, "counter_value", sample);
      finding.message = std::isnan(value) ? "a counter that is NaN" : "a counter below zero";
      findings_.Add(std::move(finding));
    }
  }

  struct Classic {
    const SampleRead* first = nullptr;
    std::vector<std::pair<double, double>> buckets;
    std::optional<double> count;
  };

  void CheckHistograms() {
    std::map<std::pair<std::size_t, std::string>, Classic> histograms;
    for (const SampleRead& sample : page_.reading.samples) {
      const FamilyRead& family = page_.reading.families[sample.family];
      if (family.type != MetricType::kHistogram || sample.is_histogram) continue;
      const std::string_view name = sample.labels.Get(kMetricName);
      const bool is_bucket = name == family.name + "_bucket";
      if (!is_bucket && name != family.name + "_count") continue;
      std::vector<Label> others;
      for (const Label& label : sample.labels) {
        if (label.name != kMetricName && label.name != "le") others.push_back(label);
      }
      Classic& classic = histograms[{sample.family, std::string(Labels::FromSorted(others).encoded())}];
      if (classic.first == nullptr) classic.first = &sample;
      const double value = DoubleOf(sample.value_bits);
      if (is_bucket) {
        const text::ParsedFloat bound = text::ParseGoFloat(sample.labels.Get("le"));
        classic.buckets.emplace_back(DoubleOf(bound.bits), value);
      } else {
        classic.count = value;
      }
    }
    for (auto& [key, classic] : histograms) JudgeHistogram(page_.reading.families[key.first].name, classic);
  }

  void JudgeHistogram(const std::string& family, Classic& classic) {
    std::stable_sort(classic.buckets.begin(), classic.buckets.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto holds_less = [](const auto& a, const auto& b) { return a.second < b.second; };
    const bool has_buckets = !classic.buckets.empty();
    const bool has_infinity = has_buckets && std::isinf(classic.buckets.back().first);
    const auto say = [&](std::string what) { AddHistogram(family, *classic.first, std::move(what)); };
    if (!has_buckets) say("a histogram without buckets");
    if (has_buckets && !has_infinity) say("a histogram without the bucket le=\"+Inf\"");
    if (!std::is_sorted(classic.buckets.begin(), classic.buckets.end(), holds_less)) {
      say("a bucket holds fewer observations than a smaller one: buckets are cumulative");
    }
    if (!classic.count) say("a histogram without _count");
    if (classic.count && has_infinity && *classic.count != classic.buckets.back().second) {
      say(fmt::format("_count is {}, and the bucket le=\"+Inf\" {}", *classic.count, classic.buckets.back().second));
    }
  }

  void AddHistogram(const std::string& family, const SampleRead& sample, std::string what) {
    if (findings_.IsFull("histogram")) return findings_.CountMore("histogram", page_.answer->name);
    Finding finding = About(Severity::kWarning, "histogram", sample);
    finding.subject = family;
    finding.message = std::move(what);
    findings_.Add(std::move(finding));
  }

  const Page& page_;
  const ScrapeConfig& job_;
  Findings& findings_;
};

}  // namespace

Finding FindingAbout(const Page& page, Severity severity, std::string_view kind) {
  Finding finding;
  finding.severity = severity;
  finding.kind = kind;
  finding.answer = page.answer->name;
  return finding;
}

std::string SeriesName(const Labels& labels) {
  return scenario::SeriesText(labels);
}

std::string CountText(std::uint64_t count, std::string_view what) {
  const bool same = what == "series";
  return fmt::format("{} {}{}", count, what, count == 1 || same ? "" : "s");
}

void CheckBody(const Page& page, const ScrapeConfig& job, Findings& findings) {
  BodyChecker(page, job, findings).Check();
}

void CheckLint(const Page& page, Findings& findings) {
  const std::vector<PromtoolRefusal> refusals = PromtoolRefusals(page.reading, page.answer->body);
  for (const PromtoolRefusal& refusal : refusals) {
    Finding finding = FindingAbout(page, Severity::kWarning, "promtool_refuses");
    finding.spot = {refusal.line, 1};
    finding.message = fmt::format("Prometheus reads this, promtool and client libraries do not: {}", refusal.text);
    findings.Add(std::move(finding));
  }
  for (const LintProblem& problem : LintFamilies(page.reading)) {
    Finding finding = FindingAbout(page, Severity::kWarning, "lint");
    finding.subject = problem.metric;
    finding.message = problem.text;
    finding.repeats = problem.count - 1;
    findings.Add(std::move(finding));
  }
}

}  // namespace stalemark::exporter_check
