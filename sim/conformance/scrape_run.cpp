// SPDX-License-Identifier: Apache-2.0
#include "sim/conformance/scrape_run.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <variant>

#include "core/storage/head.h"
#include "core/trace/trace_writer.h"
#include "sim/conformance/histogram_json.h"
#include "sim/conformance/scrape_recorder.h"
#include "sim/faulty_storage.h"
#include "sim/final_series.h"
#include "sim/simulation.h"

namespace stalemark::conformance {
namespace {

/// Longer runs and delays are refused: a damaged case must not run for hours. 10 days.
constexpr std::int64_t kMillisMax = 10LL * 24 * 3600 * 1000;

/// Of the exemplar storage, for the same reason.
constexpr std::size_t kExemplarsMax = 1'000'000;

Nanoseconds Millis(const Json& object, const char* key, std::int64_t otherwise = 0) {
  const std::int64_t ms = object.value(key, otherwise);
  if (ms < 0 || ms > kMillisMax) throw std::runtime_error(std::string(key) + " is out of range");
  return std::chrono::milliseconds(ms);
}

SimFault FaultOf(const std::string& name) {
  const std::optional<SimFault> fault = SimFaultFromName(name);
  if (!fault) throw std::runtime_error("unknown fault " + name);
  return *fault;
}

ScriptedExporter::Step StepOf(const Json& response) {
  ResponseScript script;
  script.status = response.value("status", 200);
  const Json no_headers = Json::object();
  const Json& headers = response.contains("headers") ? response.at("headers") : no_headers;
  for (const auto& [name, value] : headers.items()) {
    script.headers.push_back({name, value.get<std::string>()});
  }
  script.body = TextOf(response, "body");
  script.gzip = response.value("gzip", false);
  script.chunked = response.value("chunked", false);
  script.delay = Millis(response, "delay_ms");
  script.body_delay = Millis(response, "body_delay_ms");
  script.fault = FaultOf(response.value("fault", std::string()));
  script.after = response.value("after", std::uint64_t{0});
  const auto repeat = response.value("repeat", std::uint64_t{1});
  return {std::make_shared<const SimResponse>(std::move(script)), std::max<std::uint64_t>(repeat, 1)};
}

LabelMap LabelMapOf(const Json& object) {
  LabelMap labels;
  for (const auto& [name, value] : object.items()) labels[name] = value.get<std::string>();
  return labels;
}

TargetSets TargetSetsOf(const Json& object) {
  TargetSets sets;
  for (const auto& [job, groups] : object.items()) {
    std::vector<TargetGroup>& list = sets[job];
    for (const Json& item : groups) {
      TargetGroup group;
      group.source = item.value("source", std::string());
      if (item.contains("labels") && item.at("labels").is_object()) group.labels = LabelMapOf(item.at("labels"));
      if (item.contains("targets") && item.at("targets").is_array()) {
        for (const Json& target : item.at("targets")) group.targets.push_back(LabelMapOf(target));
      }
      list.push_back(std::move(group));
    }
  }
  return sets;
}

bool AnyTargetsEvent(const Json& test) {
  const Json& events = test.at("events");
  return std::any_of(events.begin(), events.end(), [](const Json& event) { return event.contains("targets"); });
}

SimulationOptions OptionsOf(const Json& test) {
  const Json no_options = Json::object();
  const Json& flags = test.contains("options") ? test.at("options") : no_options;
  SimulationOptions options;
  const auto start_ms = test.at("start_ms").get<std::int64_t>();
  constexpr std::int64_t kStartMillisMax = std::int64_t{1} << 42;  // the year 2109, far from the end of nanoseconds
  if (start_ms < -kStartMillisMax || start_ms > kStartMillisMax) throw std::runtime_error("start_ms is out of range");
  options.start = WallTime(std::chrono::milliseconds(start_ms));
  options.hostname = test.value("hostname", std::string());
  options.scrape.append_metadata = flags.value("append_metadata", false);
  options.scrape.scrape_on_shutdown = flags.value("scrape_on_shutdown", false);
  options.scrape.discovery_reload_on_startup = flags.value("discovery_reload_on_startup", false);
  options.scrape.type_and_unit_labels = flags.value("type_and_unit_labels", false);
  options.scrape.parse_start_timestamps = flags.value("parse_st", false);
  options.scrape.synthesize_start_timestamps = flags.value("synthesize_st", false);
  options.scrape.initial_scrape_offset = Millis(flags, "initial_scrape_offset_ms");
  options.scrape.discovery_reload_interval = Millis(flags, "discovery_reload_interval_ms", 5000);
  if (options.scrape.discovery_reload_interval == Nanoseconds(0)) {
    options.scrape.discovery_reload_interval = std::chrono::seconds(5);
  }
  options.targets =
      AnyTargetsEvent(test) ? SimulationOptions::Targets::kFromCaller : SimulationOptions::Targets::kFromConfig;
  return options;
}

HeadOptions HeadOptionsOf(const Json& test) {
  HeadOptions options;
  if (test.contains("head")) {
    const Json& head = test.at("head");
    options.out_of_order_window_ms = Millis(head, "out_of_order_window_ms").count() / 1'000'000;
    options.max_exemplars = std::min(head.value("max_exemplars", std::size_t{0}), kExemplarsMax);
    options.st_zero_samples = head.value("st_zero_samples", false);
    options.st_storage = head.value("st_storage", false);
  }
  return options;
}

/// Numbers with the microseconds of the recording; what the format leaves out is left out.
Json MetricsOf(const ScrapeManager& manager) {
  Json out = Json::object();
  for (const auto& [name, value] : manager.CollectMetrics()) {
    if (value == 0 && name.find('{') == std::string::npos) continue;
    if (name.find("_length_histogram_seconds") != std::string::npos) continue;
    out[name] = std::floor(value * 1e6 + 0.5) / 1e6;
  }
  return out;
}

/// What differs; null for what is gone.
Json MetricsDifference(const Json& before, const Json& after) {
  Json out = Json::object();
  for (const auto& [name, value] : before.items()) {
    if (!after.contains(name)) out[name] = nullptr;
  }
  for (const auto& [name, value] : after.items()) {
    if (!before.contains(name) || before.at(name) != value) out[name] = value;
  }
  return out;
}

class ScrapeRun {
 public:
  explicit ScrapeRun(const Json& test)
      : test_(test),
        options_(OptionsOf(test)),
        head_(HeadOptionsOf(test)),
        trace_(trace::Level::kDigestsOnly),
        simulation_(
            options_, BundleFiles(), [this](VirtualClock& clock) -> Appendable& { return MakeStorage(clock); },
            &recorder_, choices_) {
    simulation_.network().SetRequestLog(&recorder_);
    simulation_.failure_logs().SetOpenRule(RefuseMissingFolders);
    for (const auto& [address, responses] : test.at("exporters").items()) {
      std::vector<ScriptedExporter::Step> steps;
      for (const Json& response : responses) steps.push_back(StepOf(response));
      if (!steps.empty()) {
        simulation_.network().SetExporter(address, std::make_unique<ScriptedExporter>(std::move(steps)));
      }
    }
  }

  Json Run(std::string* digests) {
    for (const Json& event : test_.at("events")) {
      simulation_.RunUntil(MonotonicTime(Millis(event, "at_ms")));
      Apply(event);
    }
    simulation_.RunUntil(MonotonicTime(Millis(test_, "duration_ms")));
    result_["metrics"] = MetricsOf(simulation_.manager());
    if (test_.value("stop", false)) {
      simulation_.Stop();
      result_["stopped_ns"] = Now();
      result_["metrics_after_stop"] = MetricsDifference(result_["metrics"], MetricsOf(simulation_.manager()));
    }
    AddRequests();
    AddCommits();
    AddFailureLogs();
    AddSeries();
    AddExemplars();
    SortTies(&result_);
    *digests =
        "store " + trace::DigestText(trace_.store_digest()) + " trace " + trace::DigestText(trace_.trace_digest());
    return std::move(result_);
  }

 private:
  Appendable& MakeStorage(VirtualClock& clock) {
    faulty_ = std::make_unique<FaultyStorage>(head_, clock, clock);
    const Json no_faults = Json::array();
    const Json& faults = test_.contains("storage") ? test_.at("storage") : no_faults;
    for (const Json& fault : faults) {
      faulty_->SetFault(fault.at("commit").get<std::uint64_t>(),
                        CommitFault{Millis(fault, "delay_ms"), fault.value("error", std::string())});
    }
    recorder_.SetClock(clock);
    recorder_.SetStorage(*faulty_);
    return recorder_;
  }

  /// The recordings were made in an empty folder.
  static std::optional<Error> RefuseMissingFolders(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos || slash == 0) return std::nullopt;
    return Error{"open " + std::string(path) + ": no such file or directory"};
  }

  std::int64_t Now() { return simulation_.clock().MonotonicNow().time_since_epoch().count(); }

  void Apply(const Json& event) {
    if (event.contains("config")) {
      Json applied = {{"at_ns", Now()}};
      const Status status = simulation_.ApplyConfig(event.at("config").get_ref<const std::string&>());
      applied["done_ns"] = Now();
      if (!status.ok()) applied["error"] = WithoutFileName(status.error().message, kConfigFile);
      result_["configs"].push_back(std::move(applied));
    }
    if (event.contains("targets")) simulation_.SendTargets(TargetSetsOf(event.at("targets")));
    if (event.value("observe", false)) {
      result_["snapshots"].push_back(SnapshotOf(simulation_.manager(), Now(), options_.start));
    }
    if (event.contains("disable_end_of_run")) DisableEndOfRun(event.at("disable_end_of_run"));
  }

  void DisableEndOfRun(const Json& request) {
    const std::string pool = request.at("pool");
    const auto instances = request.at("instances").get<std::vector<std::string>>();
    // The harness looks the targets up first; the call concerns those.
    std::vector<std::uint64_t> hashes;
    const auto found = simulation_.manager().pools().find(pool);
    if (found != simulation_.manager().pools().end()) {
      for (const Target* target : found->second->ActiveTargets()) {
        const std::string instance(target->labels().Get("instance"));
        if (std::find(instances.begin(), instances.end(), instance) != instances.end())
          hashes.push_back(target->Hash());
      }
    }
    const auto selected = [hashes](const Target& target) {
      return std::find(hashes.begin(), hashes.end(), target.Hash()) != hashes.end();
    };
    simulation_.Await([&](std::function<void()> done) {
      simulation_.manager().DisableEndOfRunStalenessMarkers(pool, selected, std::move(done));
    });
  }

  void AddRequests() {
    Json& out = result_["requests"] = Json::array();
    for (const RecordedRequest& request : recorder_.requests()) {
      Json item = {{"at_ns", request.at_ns}, {"exporter", request.exporter}};
      if (!request.fault.empty()) {
        item["fault"] = request.fault;
      } else {
        item["method"] = request.method;
        item["url"] = request.url;
        Json& headers = item["headers"] = Json::object();
        for (const HttpHeader& header : request.headers) {
          std::string value = header.value;
          if (headers.contains(header.name)) value = headers[header.name].get<std::string>() + ", " + value;
          headers[header.name] = value;
        }
      }
      out.push_back(std::move(item));
    }
  }

  static Json ValueJson(const RecordedAppend& append) {
    if (append.histogram) return {{"h", HistogramJson(*append.histogram, HistogramShape::kScrape)}};
    if (append.float_histogram) return {{"fh", HistogramJson(*append.float_histogram, HistogramShape::kScrape)}};
    return Hex16(append.value_bits);
  }

  static Json ValueJson(const Sample& sample) {
    if (sample.histogram == nullptr) return Hex16(sample.bits);
    const HistogramValue& value = *sample.histogram;
    const char* kind = std::holds_alternative<Histogram>(value) ? "h" : "fh";
    return {{kind, std::visit([](const auto& h) { return HistogramJson(h, HistogramShape::kScrape); }, value)}};
  }

  static Json ExemplarJson(const Exemplar& exemplar) {
    return {{"labels", LabelsJson(exemplar.labels)}, {"v", Hex16(exemplar.value_bits)}, {"t", exemplar.t_ms}};
  }

  Json AppendJson(const RecordedAppend& append) const {
    Json item = {LabelsJson(append.labels), append.t_ms, ValueJson(append)};
    Json more = Json::object();
    if (append.st_ms != 0) more["st"] = append.st_ms;
    const bool scraped = append.kind == RecordedAppend::Kind::kScraped;
    if (append.has_metadata && options_.scrape.append_metadata) {
      const Metadata& metadata = append.metadata;
      // The recordings leave out the byte that keeps report series apart (REP-11).
      const std::string family = metadata.family.substr(0, metadata.family.find('\xff'));
      Json meta = {{"family", family},
                   {"type", MetricTypeText(metadata.type)},
                   {"unit", metadata.unit},
                   {"help", metadata.help}};
      more["meta"] = std::move(meta);
    }
    if (scraped && append.reject_out_of_order) more["reject_ooo"] = true;
    for (const Exemplar& exemplar : append.exemplars) more["exemplars"].push_back(ExemplarJson(exemplar));
    if (!append.error.empty()) more["err"] = append.error;
    if (!more.empty()) item.push_back(std::move(more));
    return item;
  }

  void AddCommits() {
    Json& out = result_["commits"] = Json::array();
    for (const RecordedTransaction& transaction : recorder_.transactions()) {
      std::vector<RecordedAppend> appends = transaction.appends;
      // Markers sorted by labels: their order is a map's upstream.
      std::stable_sort(appends.begin(), appends.end(), [](const RecordedAppend& a, const RecordedAppend& b) {
        if (a.kind != b.kind) return a.kind < b.kind;
        return a.kind == RecordedAppend::Kind::kStaleMarker && Compare(a.labels, b.labels) < 0;
      });
      Json list = Json::array();
      for (const RecordedAppend& append : appends) list.push_back(AppendJson(append));
      Json item = {{"at_ns", transaction.at_ns},
                   {"job", transaction.job},
                   {"instance", transaction.instance},
                   {"outcome", transaction.committed ? "commit" : "rollback"},
                   {"appends", std::move(list)}};
      if (!transaction.error.empty()) item["error"] = transaction.error;
      out.push_back(std::move(item));
    }
  }

  void AddFailureLogs() {
    for (const auto& [name, lines] : simulation_.failure_logs().lines()) {
      Json& list = result_["failure_logs"][name] = Json::array();
      for (const FailureLine& line : lines) {
        list.push_back({{"at_ns", (line.at - options_.start).count()},
                        {"level", "ERROR"},
                        {"msg", line.message},
                        {"job_name", line.job_name},
                        {"target", line.target}});
      }
    }
  }

  void AddExemplars() {
    Json& out = result_["exemplars"] = Json::array();
    for (const SeriesRef ref : head_.SeriesByLabels()) {
      Json list = Json::array();
      for (const Exemplar* exemplar : head_.Exemplars(ref)) list.push_back(ExemplarJson(*exemplar));
      if (!list.empty()) out.push_back({{"l", LabelsJson(head_.LabelsOf(ref))}, {"exemplars", std::move(list)}});
    }
  }

  void AddSeries() {
    Json& out = result_["series"] = Json::array();
    head_.ForEachSeries([&](const SeriesView& series) {
      if (series.samples.empty()) return;
      Json samples = Json::array();
      for (const Sample& sample : series.samples) samples.push_back({sample.t_ms, ValueJson(sample)});
      AddFinalSeries(series, &trace_);
      out.push_back({{"l", LabelsJson(series.labels)}, {"samples", std::move(samples)}});
    });
  }

  const Json& test_;
  const SimulationOptions options_;
  Json result_ = {{"configs", Json::array()}, {"snapshots", Json::array()}, {"failure_logs", Json::object()}};
  FirstChoice choices_;
  Head head_;
  trace::TraceWriter trace_;
  std::unique_ptr<FaultyStorage> faulty_;
  ScrapeRecorder recorder_{trace_};
  Simulation simulation_;
};

}  // namespace

void SortTies(Json* result) {
  const auto text = [](const Json& item, const char* key) { return item.value(key, std::string()); };
  std::stable_sort((*result)["requests"].begin(), (*result)["requests"].end(), [&](const Json& a, const Json& b) {
    return std::make_tuple(a.at("at_ns").get<std::int64_t>(), text(a, "exporter"), text(a, "url")) <
           std::make_tuple(b.at("at_ns").get<std::int64_t>(), text(b, "exporter"), text(b, "url"));
  });
  std::stable_sort((*result)["commits"].begin(), (*result)["commits"].end(), [&](const Json& a, const Json& b) {
    return std::make_tuple(a.at("at_ns").get<std::int64_t>(), text(a, "job"), text(a, "instance")) <
           std::make_tuple(b.at("at_ns").get<std::int64_t>(), text(b, "job"), text(b, "instance"));
  });
}

Json RunScrape(const Json& test, std::string* digests) {
  return ScrapeRun(test).Run(digests);
}

}  // namespace stalemark::conformance
