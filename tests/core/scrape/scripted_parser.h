// SPDX-License-Identifier: Apache-2.0
// ScriptedParser: a parser over entries that a test writes down, and short ways to write them. Says what no text body
// can: native histograms without bytes, any order of exemplars, a histogram entry without histogram. Times are
// milliseconds. Raw bytes of a series are its metric name unless Spelled() says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/exposition/parser.h"
#include "core/model/value.h"

namespace stalemark::testing {

/// An exemplar as exposed.
inline ExemplarEntry ExposedExemplar(std::string_view trace_id, double value, std::optional<std::int64_t> t_ms = {}) {
  return {{{"id", trace_id}}, BitsOf(value), t_ms.has_value(), t_ms.value_or(0)};
}

/// One entry of a body.
struct ScriptedEntry {
  EntryKind kind = EntryKind::kSeries;
  /// Of a series its metric name, and the raw bytes unless `raw` says otherwise; of a metadata line the family.
  std::string name;
  std::string raw;
  std::vector<Label> labels;
  double value = 0;
  std::optional<Histogram> integers;
  std::optional<FloatHistogram> floats;
  std::optional<std::int64_t> t_ms;
  std::int64_t st_ms = 0;
  std::vector<ExemplarEntry> exemplars;
  MetricType type = MetricType::kUnknown;
  std::string text;

  ScriptedEntry At(std::int64_t time) const {
    ScriptedEntry entry = *this;
    entry.t_ms = time;
    return entry;
  }
  ScriptedEntry Since(std::int64_t start) const {
    ScriptedEntry entry = *this;
    entry.st_ms = start;
    return entry;
  }
  ScriptedEntry With(std::vector<ExemplarEntry> exposed) const {
    ScriptedEntry entry = *this;
    entry.exemplars = std::move(exposed);
    return entry;
  }
  ScriptedEntry Labelled(std::vector<Label> more) const {
    ScriptedEntry entry = *this;
    entry.labels = std::move(more);
    return entry;
  }
  ScriptedEntry Spelled(std::string bytes) const {
    ScriptedEntry entry = *this;
    entry.raw = std::move(bytes);
    return entry;
  }
};

inline ScriptedEntry Entry(EntryKind kind, std::string name) {
  ScriptedEntry entry;
  entry.kind = kind;
  entry.name = std::move(name);
  return entry;
}
inline ScriptedEntry Float(std::string name, double value) {
  ScriptedEntry entry = Entry(EntryKind::kSeries, std::move(name));
  entry.value = value;
  return entry;
}
inline ScriptedEntry Native(std::string name, Histogram histogram) {
  ScriptedEntry entry = Entry(EntryKind::kHistogram, std::move(name));
  entry.integers = std::move(histogram);
  return entry;
}
inline ScriptedEntry Native(std::string name, FloatHistogram histogram) {
  ScriptedEntry entry = Entry(EntryKind::kHistogram, std::move(name));
  entry.floats = std::move(histogram);
  return entry;
}
inline ScriptedEntry Type(std::string family, MetricType type) {
  ScriptedEntry entry = Entry(EntryKind::kType, std::move(family));
  entry.type = type;
  return entry;
}
inline ScriptedEntry Help(std::string family, std::string text) {
  ScriptedEntry entry = Entry(EntryKind::kHelp, std::move(family));
  entry.text = std::move(text);
  return entry;
}
/// A body that cannot be read on.
inline ScriptedEntry Broken() {
  return Entry(EntryKind::kError, "");
}

/// A native histogram whose first positive buckets hold these counts.
inline Histogram Buckets(std::int32_t schema, const std::vector<std::int64_t>& counts, double sum = 0) {
  Histogram histogram;
  histogram.schema = schema;
  histogram.sum = sum;
  if (!counts.empty()) histogram.positive_spans = {{0, static_cast<std::uint32_t>(counts.size())}};
  std::int64_t last = 0;
  for (const std::int64_t count : counts) {
    histogram.positive_buckets.push_back(count - last);
    histogram.count += static_cast<std::uint64_t>(count);
    last = count;
  }
  return histogram;
}

class ScriptedParser final : public Parser {
 public:
  explicit ScriptedParser(std::vector<ScriptedEntry> entries) : entries_(std::move(entries)) {
    for (ScriptedEntry& entry : entries_) {
      if (entry.raw.empty()) entry.raw = entry.name;
      has_extras_ = has_extras_ || !entry.exemplars.empty() || entry.st_ms != 0;
    }
  }

  EntryKind Next() override {
    if (next_ == entries_.size()) return EntryKind::kEnd;
    const ScriptedEntry& entry = entries_[next_++];
    exemplar_ = 0;
    sample_ = {entry.raw, BitsOf(entry.value), entry.t_ms.has_value(), entry.t_ms.value_or(0)};
    metadata_ = {entry.name, entry.text, entry.type};
    return entry.kind;
  }
  bool NextIfSeries(std::string_view series, EntryKind* kind) override {
    if (next_ == entries_.size() || entries_[next_].raw != series) return false;
    if (entries_[next_].kind != EntryKind::kSeries && entries_[next_].kind != EntryKind::kHistogram) return false;
    *kind = Next();
    return true;
  }
  const SampleEntry& sample() const override { return sample_; }
  HistogramEntry histogram() const override {
    const ScriptedEntry& entry = entries_[next_ - 1];
    return {entry.integers ? &*entry.integers : nullptr, entry.floats ? &*entry.floats : nullptr};
  }
  void SampleLabels(std::vector<Label>* labels) override {
    const ScriptedEntry& entry = entries_[next_ - 1];
    *labels = {{kMetricName, entry.name}};
    labels->insert(labels->end(), entry.labels.begin(), entry.labels.end());
  }
  bool NextExemplar(ExemplarEntry* exemplar) override {
    const ScriptedEntry& entry = entries_[next_ - 1];
    if (exemplar_ == entry.exemplars.size()) return false;
    *exemplar = entry.exemplars[exemplar_++];
    ++exemplars_read;
    return true;
  }
  std::int64_t StartTimestamp() override { return entries_[next_ - 1].st_ms; }
  const MetadataEntry& metadata() const override { return metadata_; }
  bool HasExtras() const override { return has_extras_; }
  std::size_t offset() const override { return next_; }
  const Error& error() const override { return error_; }

  std::size_t exemplars_read = 0;

 private:
  std::vector<ScriptedEntry> entries_;
  std::size_t next_ = 0;
  std::size_t exemplar_ = 0;
  bool has_extras_ = false;
  SampleEntry sample_;
  MetadataEntry metadata_;
  Error error_{"broken"};
};

}  // namespace stalemark::testing
