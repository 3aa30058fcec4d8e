// SPDX-License-Identifier: Apache-2.0
// Appending: a ScrapeAppender between a scripted body and a storage that writes down what it is asked, for what no text
// body can say: native histograms, exemplars, start times, answers of a storage. Times are milliseconds.
//
//   Appending a;
//   a.Scrape(1000, {Float("m", 1)});
//   a.last   ==  "1/1/1"          scraped/after relabelling/series added, then the error
//   a.log()  ==  "m=1@1000"       then, where they are not zero: ` st 5`, ` ref 1`, ` [exemplars]`, ` family`, `
//   reject`
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/histogram_text.h"
#include "core/scrape/scrape_appender.h"
#include "core/text/go_float.h"
#include "sim/virtual_clock.h"

namespace stalemark::testing {

inline std::string NumberText(std::uint64_t bits) {
  if (IsStaleNaN(bits)) return "stale";
  std::string out;
  text::AppendShortestG(out, DoubleOf(bits));
  return out;
}

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

/// Answers as told, else kOk with a reference of its own for each set of labels; counts from 1.
class RecordingAppender final : public Appender {
 public:
  AppendResult Append(const AppendRequest& request) override {
    const std::string name(request.labels->Get(kMetricName));
    if (!log.empty()) log += "; ";
    log += Text(name, request);
    labels = request.labels->ToString();
    AppendResult result;
    const auto answer = answers.find(name);
    if (answer != answers.end()) result = answer->second;
    SeriesRef& ref = refs_[request.labels->encoded()];
    if (ref == kNoSeries) ref = SeriesRef{refs_.size()};
    if (result.code == AppendCode::kOk && result.ref == kNoSeries && knows_refs) result.ref = ref;
    return result;
  }
  std::string ErrorText() const override { return error; }
  void Commit(CommitDone done) override { done(std::nullopt); }
  void Rollback() override {}

  /// By metric name.
  std::map<std::string, AppendResult> answers;
  bool knows_refs = true;
  std::string error = "storage says no";
  std::string log;
  /// Of the last append.
  std::string labels;

 private:
  static std::string Text(const std::string& name, const AppendRequest& request) {
    std::string out = name + '=';
    if (request.histogram != nullptr) {
      out += HistogramText(*request.histogram);
    } else if (request.float_histogram != nullptr) {
      out += HistogramText(*request.float_histogram);
    } else {
      out += NumberText(request.value_bits);
    }
    out += '@' + std::to_string(request.t_ms);
    if (request.st_ms != 0) out += " st " + std::to_string(request.st_ms);
    if (request.ref != kNoSeries) out += " ref " + std::to_string(static_cast<std::uint64_t>(request.ref));
    for (const Exemplar& exemplar : request.exemplars) {
      out += " [" + std::string(exemplar.labels.Get("id")) + ' ' + NumberText(exemplar.value_bits) + '@' +
             std::to_string(exemplar.t_ms) + ']';
    }
    if (request.metadata != nullptr) {
      out += ' ' + request.metadata->family + '/' + std::string(MetricTypeText(request.metadata->type));
    }
    if (request.reject_out_of_order) out += " reject";
    return out;
  }

  std::map<std::string, SeriesRef> refs_;
};

class Appending {
 public:
  /// The wall clock of the limit of time (APP-02) stands here.
  static constexpr std::int64_t kNowMs = 10'000;

  explicit Appending(const ScrapeAppendOptions& options = {})
      : engine_(options, config, target_labels, std::make_shared<ScrapeCache>(), metrics_, clock_, choices_, tracer_) {}

  /// One attempt with a body; no empty append follows a failed one.
  Appending& Scrape(std::int64_t t_ms, std::vector<ScriptedEntry> body) {
    ScriptedParser parser(std::move(body));
    return Scrape(t_ms, parser, storage);
  }
  Appending& Scrape(std::int64_t t_ms, ScriptedParser& parser, Appender& into) {
    storage.log.clear();
    ScrapeCounts counts;
    const std::optional<ScrapeError> error = engine_.AppendBody(into, parser, 1, t_ms, &counts);
    last = std::to_string(counts.total) + '/' + std::to_string(counts.added) + '/' +
           std::to_string(counts.series_added) + (error ? ' ' + error->message : "");
    return *this;
  }
  Appending& Empty(std::int64_t t_ms) {
    storage.log.clear();
    return Note(engine_.AppendEmpty(storage, t_ms));
  }
  Appending& Report(std::int64_t t_ms, const ScrapeReport& report = {}) { return Report(t_ms, report, storage); }
  Appending& Report(std::int64_t t_ms, const ScrapeReport& report, Appender& into) {
    storage.log.clear();
    return Note(engine_.AppendReport(into, report, t_ms));
  }

  const std::string& log() const { return storage.log; }
  /// A `prometheus_target_scrapes_*_total`.
  double ScrapesTotal(const std::string& what) const {
    return metrics_.Collect().at("prometheus_target_scrapes_" + what + "_total");
  }
  ScrapeCache& cache() { return *engine_.cache(); }

  Labels target_labels = Labels::FromSorted({{"instance", "i"}, {"job", "j"}});
  CurrentConfig config = std::make_shared<ScrapeConfig>();
  RecordingAppender storage;
  std::string last;

 private:
  Appending& Note(const std::optional<ScrapeError>& error) {
    last = error ? error->message : "";
    return *this;
  }

  VirtualClock clock_{WallTime(std::chrono::milliseconds(kNowMs))};
  SelfMetrics metrics_;
  FirstChoice choices_;
  Tracer tracer_{clock_, nullptr};
  ScrapeAppender engine_;
};

}  // namespace stalemark::testing
