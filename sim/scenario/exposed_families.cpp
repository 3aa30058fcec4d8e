// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/exposed_families.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"
#include "sim/scenario/exposed_format_checks.h"

namespace stalemark::scenario {
namespace {

/// Which series a family of a type has. The longest suffix that fits is meant.
struct Member {
  MetricType type;
  std::string_view suffix;
  SeriesPart part;
  /// A label that it must have.
  std::string_view label;
};
constexpr Member kMembers[] = {
    {MetricType::kUnknown, "", SeriesPart::kValue, ""},
    {MetricType::kCounter, "", SeriesPart::kValue, ""},
    {MetricType::kGauge, "", SeriesPart::kValue, ""},
    {MetricType::kStateset, "", SeriesPart::kValue, ""},
    {MetricType::kInfo, "_info", SeriesPart::kValue, ""},
    {MetricType::kHistogram, "_bucket", SeriesPart::kBucket, "le"},
    {MetricType::kHistogram, "_sum", SeriesPart::kSum, ""},
    {MetricType::kHistogram, "_count", SeriesPart::kCount, ""},
    {MetricType::kHistogram, "", SeriesPart::kNative, ""},
    {MetricType::kGaugeHistogram, "_bucket", SeriesPart::kBucket, "le"},
    {MetricType::kGaugeHistogram, "_gsum", SeriesPart::kSum, ""},
    {MetricType::kGaugeHistogram, "_gcount", SeriesPart::kCount, ""},
    {MetricType::kGaugeHistogram, "_sum", SeriesPart::kSum, ""},
    {MetricType::kGaugeHistogram, "_count", SeriesPart::kCount, ""},
    {MetricType::kGaugeHistogram, "", SeriesPart::kNative, ""},
    {MetricType::kSummary, "_sum", SeriesPart::kSum, ""},
    {MetricType::kSummary, "_count", SeriesPart::kCount, ""},
    {MetricType::kSummary, "", SeriesPart::kQuantile, "quantile"},
};

std::string_view NameOf(const ListedSeries& entry) {
  return entry.series.labels.Get(kMetricName);
}

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() > suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

/// The place of a series in a family of this type; null: it has none.
const Member* MemberOf(MetricType type, const ListedSeries& entry) {
  for (const Member& member : kMembers) {
    if (member.type != type || !EndsWith(NameOf(entry), member.suffix)) continue;
    if (!member.label.empty() && !entry.series.labels.Has(member.label)) continue;
    if ((member.part == SeriesPart::kNative) == entry.series.values.HasHistogram()) return &member;
  }
  return nullptr;
}

std::string_view FamilyName(const Member& member, const ListedSeries& entry) {
  return NameOf(entry).substr(0, NameOf(entry).size() - member.suffix.size());
}

std::string NamesOf(MetricType type) {
  std::string names;
  for (const Member& member : kMembers) {
    if (member.type != type) continue;
    names += fmt::format("{}NAME{}{}", names.empty() ? "" : ", ", member.suffix,
                         member.label.empty() ? "" : fmt::format("{{{}=...}}", member.label));
    if (member.part == SeriesPart::kNative) names += " with histograms as values";
  }
  return names;
}

/// Labels that the series of one metric share.
std::string MetricKey(const ExposedSeries& series) {
  LabelsBuilder labels(series.labels);
  labels.Del(kMetricName);
  if (series.part == SeriesPart::kBucket) labels.Del("le");
  if (series.part == SeriesPart::kQuantile) labels.Del("quantile");
  return std::string(labels.Build().encoded());
}

std::optional<double> BoundOf(const ExposedSeries& series) {
  const bool is_bucket = series.part == SeriesPart::kBucket;
  if (!is_bucket && series.part != SeriesPart::kQuantile) return std::nullopt;
  const text::ParsedFloat bound = text::ParseGoFloat(series.labels.Get(is_bucket ? "le" : "quantile"));
  if (bound.error != text::FloatError::kNone) return std::nullopt;
  return DoubleOf(bound.bits);
}

class Grouping {
 public:
  Grouping(std::vector<ListedSeries>& list, ExposedFormat format) : list_(list), format_(format) {}

  std::variant<std::vector<ExposedFamily>, FamilyProblem> Run() {
    FindTypes();
    for (std::size_t i = 0; i < list_.size() && !problem_; ++i) Place(i);
    for (const auto& [place, entry] : first_entry_) {
      const ExposedFamily& family = families_[place.first];
      if (problem_) break;
      if (auto problem = MetricProblem(family, family.metrics[place.second], format_)) {
        Fail(entry, problem->key, std::move(problem->found), std::move(problem->expected));
      }
    }
    if (problem_) return std::move(*problem_);
    // A text format shows a native histogram as what follows the buckets.
    for (ExposedFamily& family : families_) {
      for (ExposedMetric& metric : family.metrics) {
        std::stable_partition(metric.series.begin(), metric.series.end(),
                              [](const ExposedSeries& series) { return series.part != SeriesPart::kNative; });
      }
    }
    return std::move(families_);
  }

 private:
  void Fail(std::size_t entry, ListedKey key, std::string found, std::string expected) {
    if (!problem_) problem_ = FamilyProblem{entry, key, std::move(found), std::move(expected)};
  }

  /// The types of families, from the series that have one, or histograms as values.
  void FindTypes() {
    for (std::size_t i = 0; i < list_.size(); ++i) {
      const ListedSeries& entry = list_[i];
      if (!entry.type && !entry.series.values.HasHistogram()) continue;
      const MetricType type = entry.type.value_or(MetricType::kHistogram);
      const Member* member = MemberOf(type, entry);
      if (member == nullptr) {
        Fail(i, entry.type ? ListedKey::kType : ListedKey::kValues,
             fmt::format("{} {}", MetricTypeText(type), text::GoQuote(NameOf(entry))),
             "a series of one: " + NamesOf(type));
        continue;
      }
      const auto [known, added] = types_.try_emplace(std::string(FamilyName(*member, entry)), type);
      if (added || known->second == type) continue;
      // Histograms as values say no more than histogram.
      if (entry.type)
        Fail(i, ListedKey::kType, Word(type), fmt::format("{}, as before for {}", Word(known->second), known->first));
    }
  }

  static std::string Word(MetricType type) { return std::string(MetricTypeText(type)); }

  /// The family with a type that a series belongs to; its own when there is none.
  std::pair<std::string, const Member*> FamilyOf(const ListedSeries& entry) const {
    for (const Member& member : kMembers) {
      if (!EndsWith(NameOf(entry), member.suffix)) continue;
      const auto found = types_.find(FamilyName(member, entry));
      if (found == types_.end() || found->second != member.type) continue;
      return {found->first, MemberOf(member.type, entry)};
    }
    return {std::string(NameOf(entry)), &kMembers[0]};
  }

  void Place(std::size_t i) {
    ListedSeries& entry = list_[i];
    const auto [name, member] = FamilyOf(entry);
    if (member == nullptr) {
      const MetricType type = types_.at(name);
      Fail(i, ListedKey::kSeries, fmt::format("{} beside {} {}", text::GoQuote(NameOf(entry)), Word(type), name),
           "a series of one: " + NamesOf(type));
      return;
    }
    const auto [index, added] = family_index_.try_emplace(name, families_.size());
    if (added) {
      families_.emplace_back();
      families_.back().name = name;
      families_.back().type = member->type;
      families_.back().has_type = types_.count(name) != 0;
    }
    ExposedFamily& family = families_[index->second];
    entry.series.part = member->part;
    entry.series.bound = BoundOf(entry.series);
    if (auto problem = EntryProblem(entry, family, format_)) {
      Fail(i, problem->key, std::move(problem->found), std::move(problem->expected));
      return;
    }
    TakeOnce(i, ListedKey::kHelp, &entry.help, &family.help);
    TakeOnce(i, ListedKey::kUnit, &entry.unit, &family.unit);
    AddToMetric(i, MetricOf(i, index->second));
  }

  ExposedMetric* MetricOf(std::size_t i, std::size_t family_index) {
    ExposedFamily& family = families_[family_index];
    const ExposedSeries& series = list_[i].series;
    std::size_t index = family.metrics.size();
    // A series that is its own metric may stand there twice, as in the body of a broken exporter.
    if (series.part != SeriesPart::kValue) {
      index = metric_index_.try_emplace({family_index, MetricKey(series)}, index).first->second;
    }
    if (index == family.metrics.size()) {
      family.metrics.emplace_back();
      first_entry_[{family_index, index}] = i;
    }
    return &family.metrics[index];
  }

  void AddToMetric(std::size_t i, ExposedMetric* metric) {
    ListedSeries& entry = list_[i];
    TakeOnce(i, ListedKey::kTimestamps, &entry.timestamps, &metric->timestamps);
    TakeOnce(i, ListedKey::kAge, &entry.age, &metric->age);
    if (metric->age && metric->timestamps) Fail(i, ListedKey::kAge, "age and timestamps", "one of them");
    if (!entry.created.empty()) {
      if (!metric->created.empty()) Fail(i, ListedKey::kCreated, "created a second time", "it once for a metric");
      metric->created = std::move(entry.created);
    }
    for (const ExposedSeries& other : metric->series) {
      if (other.labels == entry.series.labels) Fail(i, ListedKey::kSeries, "a series a second time", "each once");
    }
    metric->series.push_back(std::move(entry.series));
  }

  template <class Value>
  void TakeOnce(std::size_t i, ListedKey key, std::optional<Value>* from, std::optional<Value>* to) {
    if (!*from) return;
    if (*to) {
      Fail(i, key, "it a second time", "it once, at any of the series");
      return;
    }
    *to = std::move(*from);
  }

  std::vector<ListedSeries>& list_;
  const ExposedFormat format_;
  std::map<std::string, MetricType, std::less<>> types_;
  std::map<std::string, std::size_t> family_index_;
  std::map<std::pair<std::size_t, std::string>, std::size_t> metric_index_;
  /// Of each metric, by family and metric.
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> first_entry_;
  std::vector<ExposedFamily> families_;
  std::optional<FamilyProblem> problem_;
};

}  // namespace

std::variant<std::vector<ExposedFamily>, FamilyProblem> GroupFamilies(std::vector<ListedSeries> list,
                                                                      ExposedFormat format) {
  return Grouping(list, format).Run();
}

}  // namespace stalemark::scenario
