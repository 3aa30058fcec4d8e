// SPDX-License-Identifier: Apache-2.0
#include "sim/exporter_check/lint.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/text/ascii.h"
#include "core/text/go_quote.h"

namespace stalemark::exporter_check {
namespace {

using Word = std::pair<std::string_view, std::string_view>;

/// Unit -> base unit.
constexpr std::array<Word, 24> kUnits = {{
    {"amperes", "amperes"}, {"bytes", "bytes"},     {"celsius", "celsius"}, {"grams", "grams"},
    {"joules", "joules"},   {"kelvin", "kelvin"},   {"meters", "meters"},   {"metres", "metres"},
    {"seconds", "seconds"}, {"volts", "volts"},     {"minutes", "seconds"}, {"hours", "seconds"},
    {"days", "seconds"},    {"weeks", "seconds"},   {"kelvins", "kelvin"},  {"fahrenheit", "celsius"},
    {"rankine", "celsius"}, {"inches", "meters"},   {"yards", "meters"},    {"miles", "meters"},
    {"bits", "bytes"},      {"calories", "joules"}, {"pounds", "grams"},    {"ounces", "grams"},
}};

constexpr std::array<std::string_view, 18> kUnitPrefixes = {"pico", "nano",  "micro", "milli", "centi", "deci",
                                                            "deca", "hecto", "kilo",  "kibi",  "mega",  "mibi",
                                                            "giga", "gibi",  "tera",  "tebi",  "peta",  "pebi"};

constexpr std::array<std::string_view, 14> kUnitAbbreviations = {"s",  "ms", "us", "ns", "sec", "b", "kb",
                                                                 "mb", "gb", "tb", "pb", "m",   "h", "d"};

/// promtool stops at the first; more than these help nobody.
constexpr std::size_t kRefusalsMax = 20;

/// A family as promtool's reader has it.
struct LintFamily {
  std::string name;
  MetricType type = MetricType::kUnknown;
  bool has_help = false;
  /// Labels of its metrics: for histograms and summaries one set for all of its samples.
  std::vector<Labels> metrics;
};

std::string_view BaseUnit(std::string_view word) {
  const auto* found = std::find_if(kUnits.begin(), kUnits.end(), [&](const Word& unit) { return unit.first == word; });
  return found == kUnits.end() ? std::string_view() : found->second;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// `_word_` within the name, or `_word` at its end.
bool HasPart(std::string_view name, std::string_view word) {
  const std::string part = fmt::format("_{}", word);
  return EndsWith(name, part) || name.find(part + "_") != std::string_view::npos;
}

bool IsCamelCase(std::string_view name) {
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    if (name[i] >= 'a' && name[i] <= 'z' && name[i + 1] >= 'A' && name[i + 1] <= 'Z') return true;
  }
  return false;
}

bool IsHistogram(MetricType type) {
  return type == MetricType::kHistogram || type == MetricType::kGaugeHistogram;
}

/// Of the text format's types; it has no others.
std::string_view TypeName(MetricType type) {
  if (type == MetricType::kGaugeHistogram) return "gauge_histogram";
  return MetricTypeText(type);
}

class Linter {
 public:
  void Lint(const LintFamily& family) {
    family_ = &family;
    if (!family.has_help) Say("no help text");
    LintUnits();
    LintCounter();
    LintReservedNames();
    LintReservedLabels();
    LintTypeInName();
    if (family.name.find(':') != std::string::npos) Say("metric names should not contain ':'");
    LintCamelCase();
    const std::string name = ascii::ToLower(family.name);
    for (const std::string_view unit : kUnitAbbreviations) {
      if (HasPart(name, unit)) Say("metric names should not contain abbreviated units");
    }
    LintDuplicates();
  }

  std::vector<LintProblem> Take() {
    std::vector<LintProblem> problems;
    problems.reserve(counts_.size());
    for (const auto& [key, count] : counts_) problems.push_back({key.first, key.second, count});
    return problems;
  }

 private:
  void Say(std::string_view text) { ++counts_[{family_->name, std::string(text)}]; }

  void LintUnits() {
    std::string_view rest = family_->name;
    while (true) {
      const std::size_t end = std::min(rest.find('_'), rest.size());
      const std::string_view word = rest.substr(0, end);
      std::string_view base = BaseUnit(word);
      for (const std::string_view prefix : kUnitPrefixes) {
        if (base.empty() && word.substr(0, prefix.size()) == prefix) base = BaseUnit(word.substr(prefix.size()));
      }
      if (!base.empty()) {
        if (base != word) Say(fmt::format("use base unit {} instead of {}", text::GoQuote(base), text::GoQuote(word)));
        return;
      }
      if (end == rest.size()) return;
      rest.remove_prefix(end + 1);
    }
  }

  void LintCounter() {
    const bool has_suffix = EndsWith(family_->name, "_total");
    if (family_->type == MetricType::kCounter) {
      if (!has_suffix) Say("counter metrics should have \"_total\" suffix");
    } else if (family_->type != MetricType::kUnknown && has_suffix) {
      Say("non-counter metrics should not have \"_total\" suffix");
    }
  }

  void LintReservedNames() {
    // promtool's rule knows histograms only, not gauge histograms.
    const bool is_histogram = family_->type == MetricType::kHistogram;
    const bool is_summary = family_->type == MetricType::kSummary;
    if (family_->type == MetricType::kUnknown || is_histogram) return;
    if (EndsWith(family_->name, "_bucket")) Say("non-histogram metrics should not have \"_bucket\" suffix");
    if (is_summary) return;
    for (const std::string_view suffix : {"_count", "_sum"}) {
      if (!EndsWith(family_->name, suffix)) continue;
      Say(fmt::format("non-histogram and non-summary metrics should not have \"{}\" suffix", suffix));
    }
  }

  void LintReservedLabels() {
    if (family_->type == MetricType::kUnknown) return;
    for (const Labels& metric : family_->metrics) {
      if (family_->type != MetricType::kHistogram && metric.Has("le"))
        Say("non-histogram metrics should not have \"le\" label");
      if (family_->type != MetricType::kSummary && metric.Has("quantile"))
        Say("non-summary metrics should not have \"quantile\" label");
    }
  }

  void LintTypeInName() {
    if (family_->type == MetricType::kUnknown) return;
    const std::string_view type = TypeName(family_->type);
    if (HasPart(ascii::ToLower(family_->name), type))
      Say(fmt::format("metric name should not include type '{}'", type));
  }

  void LintCamelCase() {
    if (IsCamelCase(family_->name)) Say("metric names should be written in 'snake_case' not 'camelCase'");
    for (const Labels& metric : family_->metrics) {
      for (const Label& label : metric) {
        if (label.name != kMetricName && IsCamelCase(label.name))
          Say("label names should be written in 'snake_case' not 'camelCase'");
      }
    }
  }

  void LintDuplicates() {
    std::set<std::string_view> seen;
    for (const Labels& metric : family_->metrics) {
      if (!seen.insert(metric.encoded()).second) Say("metric not unique");
    }
  }

  const LintFamily* family_ = nullptr;
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts_;
};

/// The text format's name and type of a family of another format.
LintFamily InTextFormat(const FamilyRead& family, ExpositionFormat format) {
  LintFamily linted;
  linted.name = family.name;
  linted.type = family.type;
  linted.has_help = !family.help.empty();
  if (format != ExpositionFormat::kOpenMetrics) return linted;
  if (family.type == MetricType::kCounter) linted.name += "_total";
  if (family.type == MetricType::kInfo) linted.name += "_info";
  if (family.type == MetricType::kInfo || family.type == MetricType::kStateset) linted.type = MetricType::kGauge;
  return linted;
}

/// Of the line at the offset; a metadata entry has `unknown` for `untyped`, too.
std::string_view LastWord(std::string_view body, std::size_t offset) {
  std::string_view line = body.substr(offset, std::min(body.find('\n', offset), body.size()) - offset);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  return line.substr(line.find_last_of(" \t") + 1);
}

/// The labels that a metric of promtool's reader has: buckets and quantiles of one histogram or summary are one.
Labels MetricLabels(const Labels& labels, MetricType type) {
  std::vector<Label> kept;
  for (const Label& label : labels) {
    if (label.name == kMetricName) continue;
    if (IsHistogram(type) && label.name == "le") continue;
    if (type == MetricType::kSummary && label.name == "quantile") continue;
    kept.push_back(label);
  }
  return Labels::FromSorted(kept);
}

}  // namespace

std::vector<LintProblem> LintFamilies(const Reading& reading) {
  if (!reading.format) return {};
  std::vector<LintFamily> families;
  families.reserve(reading.families.size());
  for (const FamilyRead& family : reading.families) families.push_back(InTextFormat(family, *reading.format));
  std::vector<std::set<std::string>> merged(families.size());
  for (const SampleRead& sample : reading.samples) {
    LintFamily& family = families[sample.family];
    // Start times of OpenMetrics are no metrics of their own.
    if (*reading.format == ExpositionFormat::kOpenMetrics && EndsWith(sample.labels.Get(kMetricName), "_created") &&
        reading.families[sample.family].name != sample.labels.Get(kMetricName)) {
      continue;
    }
    Labels labels = MetricLabels(sample.labels, family.type);
    const bool is_merged = IsHistogram(family.type) || family.type == MetricType::kSummary;
    if (is_merged && !merged[sample.family].emplace(labels.encoded()).second) continue;
    family.metrics.push_back(std::move(labels));
  }
  Linter linter;
  for (const LintFamily& family : families) {
    if (!family.metrics.empty()) linter.Lint(family);
  }
  return linter.Take();
}

std::vector<PromtoolRefusal> PromtoolRefusals(const Reading& reading, std::string_view body) {
  std::vector<PromtoolRefusal> refusals;
  if (reading.format != ExpositionFormat::kText) return refusals;
  const auto refuse = [&](std::size_t offset, std::string text) {
    if (refusals.size() < kRefusalsMax) {
      refusals.push_back({SpotIn(body, offset, reading.kind).line, std::move(text)});
    }
  };
  struct Seen {
    bool help = false;
    bool type = false;
    bool samples = false;
  };
  std::vector<Seen> seen(reading.families.size());
  std::size_t next_sample = 0;
  for (const MetadataLine& line : reading.metadata) {
    for (; next_sample < line.samples_before; ++next_sample) seen[reading.samples[next_sample].family].samples = true;
    Seen& family = seen[line.family];
    const std::string name = text::GoQuote(reading.families[line.family].name);
    if (line.kind == MetadataLine::Kind::kHelp && !line.text.empty()) {
      if (family.help) refuse(line.offset, fmt::format("second HELP line for metric name {}", name));
      family.help = true;
    } else if (line.kind == MetadataLine::Kind::kType) {
      const std::string_view type = LastWord(body, line.offset);
      if (family.type || family.samples) {
        refuse(line.offset, fmt::format("second TYPE line for metric name {}, or TYPE reported after samples", name));
      } else if (type == "info" || type == "stateset" || type == "unknown") {
        refuse(line.offset, fmt::format("unknown metric type {}", text::GoQuote(type)));
      }
      family.type = true;
    }
  }
  const std::string_view last_line = body.substr(body.rfind('\n') + 1);  // npos + 1 is 0
  if (last_line.find_first_not_of(" \t") != std::string_view::npos) {
    refuse(body.size(), "unexpected end of input stream");
  }
  return refusals;
}

}  // namespace stalemark::exporter_check
