// SPDX-License-Identifier: Apache-2.0
// Engine: a whole scrape engine on a virtual clock, for tests that read like a script: expose a body, scrape, look at
// what is stored. One job `j` with the target a:1 every 10 s unless a test says otherwise. Times in expectations are
// seconds since the first request of the run (`0`, `10`, `20.1`), so that no test depends on the jitter of a target.
//
//   Engine engine;
//   engine.Expose("m 1\n").Scrape();
//   engine.Expose("other 1\n").Scrape();
//   engine.Samples("m")  ==  "0:1 10:stale"
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
#include "core/storage/head.h"
#include "core/text/go_float.h"
#include "core/trace/trace_writer.h"
#include "sim/faulty_storage.h"
#include "sim/simulation.h"
#include "tests/core/scrape/engine_doubles.h"
#include "tests/core/scrape/engine_options.h"

namespace stalemark::testing {

class Engine : public TraceSink, public RequestLog {
 public:
  explicit Engine(EngineOptions options = {})
      : choices_(options.last_choices),
        head_(options.head),
        simulation_(
            SimulationOptionsFrom(options), BundleFiles(),
            [this](VirtualClock& clock) -> Appendable& {
              storage_ = std::make_unique<FaultyStorage>(refusing_, clock, clock);
              return *storage_;
            },
            this, choices_) {
    simulation_.network().SetRequestLog(this);
    Expose("");
    if (options.configured) Configure(JobYaml(options.job));
  }

  // ---- what the world does ----

  /// From now on a target exposes this.
  Engine& Expose(std::string body, const std::string& address = "a:1") {
    ResponseScript script;
    script.body = std::move(body);
    return Answer(std::move(script), address);
  }
  Engine& Answer(ResponseScript script, const std::string& address = "a:1") {
    script.headers.push_back({"Content-Type", "text/plain; version=0.0.4"});
    std::vector<ScriptedExporter::Step> steps = {{std::make_shared<const SimResponse>(std::move(script))}};
    simulation_.network().SetExporter(address, std::make_unique<ScriptedExporter>(std::move(steps)));
    return *this;
  }
  Engine& Fail(SimFault fault, const std::string& address = "a:1") {
    ResponseScript script;
    script.fault = fault;
    return Answer(std::move(script), address);
  }
  /// Applies a configuration with these jobs; returns the error's text. Blocks as upstream's reload does.
  std::string Configure(const std::string& jobs, const std::string& global = "") {
    const Status status = simulation_.ApplyConfig("global: {scrape_interval: 10s, scrape_timeout: 5s" + global +
                                                  "}\nscrape_configs:\n" + jobs);
    return status.ok() ? "" : status.error().message;
  }
  /// What discovery finds for the job from now on.
  Engine& Discover(const std::vector<LabelMap>& targets, const std::string& job = "j") {
    simulation_.SetDiscovered(job, {TargetGroup{"0", targets, {}}});
    simulation_.SendDiscovered();
    return *this;
  }
  Engine& Advance(Nanoseconds length) {
    simulation_.RunUntil(simulation_.clock().MonotonicNow() + length);
    return *this;
  }
  /// Until that many more scrapes have ended, whatever the target.
  Engine& Scrape(std::size_t count = 1) {
    const std::size_t wanted = ended_ + count;
    const MonotonicTime limit = simulation_.clock().MonotonicNow() + 1h;
    while (ended_ < wanted && simulation_.clock().RunNext(limit)) {
    }
    BOOST_REQUIRE_EQUAL(ended_, wanted);
    return Advance(0ns);
  }
  /// What storage answers to an append from now on; it sees every append.
  Engine& Refuse(RefusingStorage::Rule rule) {
    refusing_.SetRule(std::move(rule));
    return *this;
  }
  void Stop() { simulation_.Stop(); }
  void DisableEndOfRun(const std::string& job = "j") {
    simulation_.Await([&](std::function<void()> done) {
      simulation_.manager().DisableEndOfRunStalenessMarkers(
          job, [](const Target&) { return true; }, std::move(done));
    });
  }

  /// A time in an exposition: milliseconds since the epoch, that far from now.
  std::string Ms(Nanoseconds from_now) { return std::to_string(UnixMillis(clock().WallNow() + from_now)); }

  // ---- what is to be seen ----

  /// All samples of the series with that name, by labels other than job and instance: `0:1 10:stale`, or
  /// `{x="1"} 0:1; {x="2"} 0:2`.
  std::string Samples(std::string_view name) const {
    std::string out;
    head_.ForEachSeries([&](const SeriesView& series) {
      if (series.labels.Get(kMetricName) != name || series.samples.empty()) return;
      if (!out.empty()) out += "; ";
      const std::string labels = ExtraLabels(series.labels);
      if (!labels.empty()) out += labels + ' ';
      for (const Sample& sample : series.samples) out += Text(sample) + ' ';
      out.pop_back();
    });
    return out;
  }
  /// Labels of the series with that name.
  std::string LabelsOf(std::string_view name) const {
    std::string out;
    head_.ForEachSeries([&](const SeriesView& series) {
      if (series.labels.Get(kMetricName) == name) out += series.labels.ToString();
    });
    return out;
  }
  /// Of the last scrape: samples scraped/after relabelling/series added, then the error.
  const std::string& last() const { return last_; }
  double Metric(const std::string& name) const {
    const std::map<std::string, double> metrics = simulation_.manager().CollectMetrics();
    const auto found = metrics.find(name);
    return found == metrics.end() ? -1 : found->second;
  }
  /// A `prometheus_target_scrapes_*_total`.
  double ScrapesTotal(const std::string& what) const { return Metric("prometheus_target_scrapes_" + what + "_total"); }
  /// When requests arrived, at one exporter or at all: `0 10 20`.
  std::string Requests(std::string_view exporter = "") const {
    std::vector<MonotonicTime> times;
    for (const auto& [at, address] : requests_) {
      if (exporter.empty() || address == exporter) times.push_back(at);
    }
    return Times(times);
  }
  /// Lines of a failure log: `second job target message`.
  std::string Failures(const std::string& path) {
    std::string out;
    for (const FailureLine& line : simulation_.failure_logs().lines().at(path)) {
      out += Seconds(UnixMillis(line.at) - (zero_ ? zero_->second : 0)) + ' ' + line.job_name + ' ' + line.target +
             ' ' + line.message + '\n';
    }
    return out;
  }
  /// The active targets of a job: `address health error`, one a line, sorted.
  std::string Targets(const std::string& job = "j") const {
    const auto pool = simulation_.manager().pools().find(job);
    if (pool == simulation_.manager().pools().end()) return "no pool";
    std::set<std::string> lines;
    for (const Target* target : pool->second->ActiveTargets()) {
      const std::optional<ScrapeError>& error = target->outcome().error;
      lines.insert(std::string(target->labels().Get("__address__")) + ' ' +
                   std::string(TargetHealthText(target->outcome().health)) + (error ? ' ' + error->message : ""));
    }
    std::string out;
    for (const std::string& line : lines) out += line + '\n';
    return out;
  }
  const ScrapePool& pool(const std::string& job = "j") const { return *simulation_.manager().pools().at(job); }
  const Head& head() const { return head_; }
  Simulation& simulation() { return simulation_; }
  FaultyStorage& storage() { return *storage_; }
  VirtualClock& clock() { return simulation_.clock(); }
  std::uint64_t trace_digest() const { return digests_.trace_digest(); }
  /// What happened to loops and end-of-run staleness: `start`, `stop`, `end of run`, `abandoned`, with the second.
  std::string loops;
  /// How transactions ended, with the number of appends: `rollback 2, commit 6`. For one target.
  std::string transactions;
  /// `c` for each configuration that was applied or refused, `t` for each target set that came.
  std::string messages;
  /// The last request: `/metrics?q=a within 5`.
  std::string asked;
  /// Why pools could not be made.
  std::string pool_errors;

  void OnEvent(MonotonicTime at, const trace::Event& event) override {
    digests_.OnEvent(at, event);
    if (const auto* finished = std::get_if<trace::ScrapeFinished>(&event)) {
      last_ = std::to_string(finished->samples_scraped) + '/' + std::to_string(finished->samples_post_relabel) + '/' +
              std::to_string(finished->series_added);
      if (!finished->error.empty()) last_ += ' ' + std::string(finished->error);
      in_scrape_ = true;
    } else if (std::get_if<trace::TransactionEnded>(&event) != nullptr) {
      if (std::exchange(in_scrape_, false)) ++ended_;
      const bool committed = std::get<trace::TransactionEnded>(event).committed;
      transactions += (transactions.empty() ? "" : ", ") + std::string(committed ? "commit " : "rollback ") +
                      std::to_string(std::exchange(appends_, 0));
    } else if (std::get_if<trace::SampleAppended>(&event) != nullptr) {
      ++appends_;
    } else if (const auto* pool = std::get_if<trace::PoolCreated>(&event)) {
      pool_errors += pool->error;
    } else if (std::get_if<trace::ConfigApplied>(&event) != nullptr) {
      messages += 'c';
    } else if (std::get_if<trace::TargetsReceived>(&event) != nullptr) {
      messages += 't';
    } else if (std::get_if<trace::LoopStarted>(&event) != nullptr) {
      Note("start", at);
    } else if (std::get_if<trace::LoopStopped>(&event) != nullptr) {
      Note("stop", at);
    } else if (const auto* end = std::get_if<trace::EndOfRun>(&event)) {
      Note(end->abandoned ? "abandoned" : "end of run", at);
    }
  }
  void OnRequest(MonotonicTime at, std::string_view address, const HopRequest& request) override {
    NoteRequest(at, address);
    asked = request.target;
    for (const HttpHeader& header : request.headers) {
      if (header.name == "X-Prometheus-Scrape-Timeout-Seconds") asked += " within " + header.value;
    }
  }
  void OnFailedDial(MonotonicTime at, std::string_view address, DialFailure) override { NoteRequest(at, address); }

 private:
  static SimulationOptions SimulationOptionsFrom(const EngineOptions& options) {
    SimulationOptions out;
    out.start = WallTime(std::chrono::seconds(1'700'000'000));
    out.hostname = options.hostname;
    out.scrape = options.scrape;
    out.targets = SimulationOptions::Targets::kFromConfig;
    return out;
  }

  void NoteRequest(MonotonicTime at, std::string_view address) {
    if (!zero_) zero_ = {at, UnixMillis(clock().WallNow())};
    requests_.emplace_back(at, address);
  }
  void Note(const char* what, MonotonicTime at) {
    if (!loops.empty()) loops += ", ";
    loops += what;
    if (zero_) loops += ' ' + Times({at});
  }
  std::string Times(const std::vector<MonotonicTime>& times) const {
    std::string out;
    for (const MonotonicTime time : times) {
      if (!out.empty()) out += ' ';
      const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time - zero_->first);
      out += Seconds(since.count());
    }
    return out;
  }
  static std::string Seconds(std::int64_t ms) {
    std::string out;
    text::AppendShortestG(out, static_cast<double>(ms) / 1000);
    return out;
  }
  std::string Text(const Sample& sample) const {
    std::string out = Seconds(sample.t_ms - (zero_ ? zero_->second : 0)) + ':';
    if (IsStaleNaN(sample.bits)) return out + "stale";
    text::AppendShortestG(out, DoubleOf(sample.bits));
    return out;
  }
  static std::string ExtraLabels(const Labels& labels) {
    std::vector<Label> extra;
    for (const Label label : labels) {
      if (label.name != kMetricName && label.name != "job" && label.name != "instance") extra.push_back(label);
    }
    return extra.empty() ? "" : Labels::FromSorted(extra).ToString();
  }

  LastChoices choices_;
  Head head_;
  RefusingStorage refusing_{head_};
  std::unique_ptr<FaultyStorage> storage_;
  trace::TraceWriter digests_{trace::Level::kDigestsOnly};
  std::size_t ended_ = 0;
  bool in_scrape_ = false;
  std::size_t appends_ = 0;
  std::string last_;
  /// The first request, and the wall time of its sample.
  std::optional<std::pair<MonotonicTime, std::int64_t>> zero_;
  std::vector<std::pair<MonotonicTime, std::string>> requests_;
  Simulation simulation_;
};

}  // namespace stalemark::testing
