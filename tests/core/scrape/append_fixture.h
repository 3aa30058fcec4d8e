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
#include <cstdint>
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
#include "tests/core/scrape/scripted_parser.h"

namespace stalemark::testing {

inline std::string NumberText(std::uint64_t bits) {
  if (IsStaleNaN(bits)) return "stale";
  std::string out;
  text::AppendShortestG(out, DoubleOf(bits));
  return out;
}

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
    SeriesRef& ref = refs_[std::string(request.labels->encoded())];
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
