// SPDX-License-Identifier: Apache-2.0
#include "live/server/live_server.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/config/error_text.h"
#include "core/model/duration.h"
#include "core/text/go_quote.h"
#include "core/text/metric_key.h"
#include "core/text/nearest.h"
#include "live/server/process_metrics.h"
#include "live/server/unsupported.h"

namespace stalemark {
namespace {

constexpr std::string_view kStopping = "the server is stopping";
/// So that a tiny retention does not keep the engine busy.
constexpr Nanoseconds kCollectionMin = std::chrono::milliseconds(50);
/// As often as upstream truncates its head.
constexpr Nanoseconds kCollectionMax = std::chrono::hours(2);

/// What a configuration says about the head, upon what the process was started with.
HeadOptions HeadOptionsFor(const Config& config, HeadOptions options) {
  options.out_of_order_window_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(config.storage.tsdb.out_of_order_time_window).count();
  if (options.max_exemplars != 0 && config.storage.max_exemplars) {
    options.max_exemplars = static_cast<std::size_t>(std::max<std::int64_t>(*config.storage.max_exemplars, 0));
  }
  return options;
}

double UnixSeconds(WallTime time) {
  return static_cast<double>(UnixMillis(time)) / 1000;
}

void AddSampleStats(const SampleStats& stats, std::string_view type, MetricValues* values) {
  const auto add = [&](std::string_view name, std::uint64_t value) {
    values->emplace(text::MetricKey(name, {{"type", type}}), static_cast<double>(value));
  };
  add("prometheus_tsdb_head_samples_appended_total", stats.appended);
  add("prometheus_tsdb_head_out_of_order_samples_appended_total", stats.out_of_order_appended);
  add("prometheus_tsdb_out_of_bound_samples_total", stats.out_of_bound);
  add("prometheus_tsdb_out_of_order_samples_total", stats.out_of_order);
  add("prometheus_tsdb_too_old_samples_total", stats.too_old);
}

void AddHeadMetrics(const Head& head, MetricValues* values) {
  const HeadStats& stats = head.stats();
  const auto add = [&](const char* name, double value) { values->emplace(name, value); };
  add("prometheus_tsdb_head_series", static_cast<double>(head.series_count()));
  add("prometheus_tsdb_head_series_created_total", static_cast<double>(stats.series_created));
  add("prometheus_tsdb_head_series_removed_total", static_cast<double>(stats.series_removed));
  add("prometheus_tsdb_head_stale_series", static_cast<double>(stats.stale_series));
  add("prometheus_tsdb_head_chunks_created_total", static_cast<double>(stats.chunks_created));
  add("prometheus_tsdb_head_active_appenders", static_cast<double>(stats.active_appenders));
  add("stalemark_head_series_memory_bytes", static_cast<double>(head.series_memory_bytes()));
  if (head.min_t_ms()) add("prometheus_tsdb_head_min_time", static_cast<double>(*head.min_t_ms()));
  if (head.max_t_ms()) add("prometheus_tsdb_head_max_time", static_cast<double>(*head.max_t_ms()));
  AddSampleStats(stats.floats, "float", values);
  AddSampleStats(stats.histograms, "histogram", values);
}

void AddDiscoveryMetrics(const DiscoveryManager& discovery, MetricValues* values) {
  const DiscoveryStats& stats = discovery.stats();
  const auto add = [&](std::string name, std::uint64_t value) {
    values->emplace(std::move(name), static_cast<double>(value));
  };
  add(text::MetricKey("prometheus_sd_received_updates_total", {{"name", "scrape"}}), stats.received_updates);
  add(text::MetricKey("prometheus_sd_updates_total", {{"name", "scrape"}}), stats.updates);
  add("prometheus_sd_file_read_errors_total", stats.file_read_errors);
  add("prometheus_sd_file_watcher_errors_total", stats.file_watcher_errors);
  add("prometheus_sd_http_failures_total", stats.http_failures);
  for (const auto& [job, count] : discovery.TargetCounts()) {
    add(text::MetricKey("prometheus_sd_discovered_targets", {{"config", job}, {"name", "scrape"}}), count);
  }
}

}  // namespace

LiveServer::LiveServer(const LiveSeams& seams, LiveOptions options)
    : seams_(seams), options_([&] {
        options.load.file_name = options.config_file;
        return std::move(options);
      }()) {}

LiveServer::~LiveServer() = default;

void LiveServer::WarnOfDocuments(const std::vector<ScrapeConfig>& jobs) const {
  std::vector<std::string_view> names;
  for (const ScrapeConfig& job : jobs) names.push_back(job.job_name);
  for (const auto& [name, patterns] : options_.documents) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      const std::string_view nearest = text::NearestWord(name, names);
      const std::string hint = nearest.empty() ? "" : fmt::format(" (did you mean {}?)", text::GoQuote(nearest));
      seams_.log.Warn("--targets names a job that the configuration has not" + hint, {{"job", name}});
    }
    for (const std::string& pattern : patterns) {
      if (seams_.files.Glob(pattern).empty()) {
        seams_.log.Warn("--targets names a file that is not there", {{"job", name}, {"file", pattern}});
      }
    }
  }
}

// ---- configuration ----

Result<LiveServer::Loaded> LiveServer::Load() const {
  const auto wrapped = [&](const Error& error) {
    return Error{fmt::format("couldn't load configuration (--config.file={}): {}", text::GoQuote(options_.config_file),
                             error.message)};
  };
  const Files& files = seams_.gate == nullptr ? seams_.files : seams_.gate->config_files();
  Result<std::string> text = files.Read(options_.config_file);
  if (!text.ok()) return wrapped(text.error());
  const auto refused = [&](const Error& error) {
    // Upstream's text says what is wrong; these lines say where, and what was meant.
    for (const ConfigError& one : ExplainConfig(*text, options_.load, files)) {
      seams_.log.Error("Configuration refused", {{"err", ErrorLine(one)}});
    }
    return wrapped(error);
  };
  Result<Config> config = LoadConfig(*text, options_.load);
  if (!config.ok()) return refused(config.error());
  if (const Status supported = CheckSupported(*text, options_.config_file); !supported) {
    return wrapped(supported.error());
  }
  for (const std::string& warning : config->warnings) seams_.log.Warn(warning);
  Result<std::vector<ScrapeConfig>> jobs = ScrapeConfigs(*config, options_.load, files);
  if (!jobs.ok()) return refused(jobs.error());
  for (const std::string& pattern : config->scrape_config_files) {
    for (const std::string& file : files.Glob(pattern)) {
      const Result<std::string> more = files.Read(file);
      const Status supported = more.ok() ? CheckSupported(*more, file) : Status();
      if (!supported.ok()) return wrapped(supported.error());
    }
  }
  WarnOfDocuments(*jobs);
  return Loaded{std::move(text).value(), std::move(config).value(), std::move(jobs).value()};
}

void LiveServer::MakeEngine(const Config& config) {
  chunks_ = std::make_unique<RecentChunks>(options_.retention);
  WriteStorageOptions remote_write = options_.remote_write;
  remote_write.type_and_unit_labels = options_.scrape.type_and_unit_labels;
  WriteStorageSeams remote_seams{{seams_.transport, seams_.loop, seams_.loop, seams_.files}, seams_.log, {}, {}};
  remote_seams.series = [this](const WriteStorageSeams::VisitSeries& visit) {
    for (const SeriesRef ref : head_->SeriesByRef()) visit(ref, head_->LabelsOf(ref), head_->MetadataOf(ref));
  };
  remote_seams.target_metadata = [this] { return TargetMetadata(); };
  remote_write_ = std::make_unique<WriteStorage>(std::move(remote_seams), remote_write);
  wal_ = std::make_unique<WalTee>(seams_.wal, *remote_write_);
  head_ = std::make_unique<Head>(HeadOptionsFor(config, options_.head), HeadSinks{wal_.get(), chunks_.get()});
  // A recording must not hang on what its replay does not do.
  if (seams_.gate == nullptr) CollectGarbage();
  Appendable* storage = head_.get();
  if (options_.write_samples) {
    sample_log_ = std::make_unique<SampleLog>(*head_, options_.write_samples);
    storage = sample_log_.get();
  }
  manager_ = std::make_unique<ScrapeManager>(EngineSeams(*storage), options_.scrape, options_.fqdn);
  discovery_ =
      std::make_unique<DiscoveryManager>(DiscoverySeams{seams_.loop, seams_.transport, seams_.files, seams_.log},
                                         options_.documents, [this](TargetSets targets) {
                                           Enter([&] {
                                             if (seams_.gate != nullptr)
                                               targets = seams_.gate->OnTargets(std::move(targets));
                                             manager_->UpdateTargets(std::move(targets));
                                           });
                                         });
}

void LiveServer::CollectGarbage() {
  const Nanoseconds interval = std::clamp<Nanoseconds>(options_.retention / 4, kCollectionMin, kCollectionMax);
  next_collection_ = seams_.loop.ArmAt(seams_.loop.MonotonicNow() + interval, [this] { CollectGarbage(); });
  const std::optional<std::int64_t> newest_ms = head_->max_t_ms();
  // A series that is only waiting for its next scrape stays.
  const Nanoseconds kept = std::max(options_.retention, 2 * longest_interval_);
  const std::int64_t kept_ms = std::chrono::duration_cast<std::chrono::milliseconds>(kept).count();
  if (!newest_ms || *newest_ms < std::numeric_limits<std::int64_t>::min() + kept_ms) return;
  if (head_->HasPendingAppends()) return;
  const std::vector<SeriesRef> removed = head_->RemoveBefore(*newest_ms - kept_ms);
  if (!removed.empty()) remote_write_->Forget(removed);
}

ScrapeSeams LiveServer::EngineSeams(Appendable& storage) {
  if (seams_.gate == nullptr) {
    return {seams_.loop,         seams_.loop, seams_.transport, storage,        seams_.files,
            seams_.failure_logs, choices_,    seams_.trace,     seams_.unpacker};
  }
  EngineGate& gate = *seams_.gate;
  return {gate.clock(),        gate.scheduler(),    gate.transport(), storage,
          gate.engine_files(), seams_.failure_logs, choices_,         seams_.trace};
}

void LiveServer::Enter(const std::function<void()>& work) {
  if (seams_.gate == nullptr) return work();
  seams_.gate->Enter(work);
}

void LiveServer::Start(Done done) {
  Reload([this, done = std::move(done)](const Status& status) {
    if (status.ok()) {
      manager_->Run();
      readiness_ = Readiness::kReady;
      seams_.log.Info("Server is ready to receive web requests.");
    }
    done(status);
  });
}

void LiveServer::Reload(Done done) {
  if (readiness_ == Readiness::kStopping) return done(Error{std::string(kStopping)});
  reloads_.push_back(std::move(done));
  if (reloads_.size() == 1) StartNextReload();
}

void LiveServer::StartNextReload() {
  const MonotonicTime begin = seams_.loop.MonotonicNow();
  seams_.log.Info("Loading configuration file", {{"filename", options_.config_file}});
  Result<Loaded> loaded = Load();
  if (!loaded.ok()) return EndReload(loaded.error());
  if (manager_ == nullptr) MakeEngine(loaded->config);
  Enter([&] {
    Apply(std::move(loaded).value(), [this, begin](const Status& status) {
      if (status.ok()) {
        const Nanoseconds taken = seams_.loop.MonotonicNow() - begin;
        seams_.log.Info("Completed loading of configuration file",
                        {{"filename", options_.config_file}, {"totalDuration", FormatGoDuration(taken)}});
      }
      EndReload(status);
    });
  });
}

void LiveServer::Apply(Loaded loaded, Done done) {
  std::vector<ScrapeConfig> jobs = loaded.jobs;
  longest_interval_ = Nanoseconds(0);
  for (const ScrapeConfig& job : jobs)
    longest_interval_ = std::max<Nanoseconds>(longest_interval_, job.scrape_interval);
  config_ = std::move(loaded.config);
  if (seams_.gate != nullptr) {
    seams_.gate->OnConfig(loaded.text);
    config_.remote_write.clear();
  }
  for (const std::string& note : config_.notes) seams_.log.Info("Configuration without effect here", {{"what", note}});
  // As upstream: what one part refuses, the others apply nevertheless.
  const Status remote_status = remote_write_->ApplyConfig(config_);
  if (!remote_status) seams_.log.Error("Failed to apply configuration", {{"err", remote_status.error().message}});
  is_applying_ = true;
  manager_->ApplyConfig(
      std::move(jobs), config_.global.external_labels,
      [this, jobs = std::move(loaded.jobs), done = std::move(done),
       remote_ok = remote_status.ok()](const Status& status) {
        is_applying_ = false;
        if (readiness_ == Readiness::kStopping) return done(Error{std::string(kStopping)});
        // Upstream's discovery learns of a configuration even if scraping refused it.
        discovery_->ApplyConfig(jobs);
        if (status.ok() && remote_ok) return done(status);
        if (!status.ok()) seams_.log.Error("Failed to apply configuration", {{"err", status.error().message}});
        done(Error{fmt::format("one or more errors occurred while applying the new configuration (--config.file={})",
                               text::GoQuote(options_.config_file))});
      });
}

void LiveServer::EndReload(const Status& status) {
  last_reload_ok_ = status.ok();
  if (status.ok()) last_reload_at_ = seams_.loop.WallNow();
  const Done done = std::move(reloads_.front());
  reloads_.pop_front();
  // Not from here: any number of configurations in a row may fail at once.
  if (!reloads_.empty()) {
    next_reload_ = seams_.loop.ArmAt(seams_.loop.MonotonicNow(), [this] { StartNextReload(); });
  }
  done(status);
}

/// All but the one that the manager is applying: it calls back.
void LiveServer::RefuseWaitingReloads() {
  next_reload_.Reset();
  const std::size_t kept = is_applying_ ? 1 : 0;
  while (reloads_.size() > kept) {
    const Done done = std::move(reloads_.back());
    reloads_.pop_back();
    done(Error{std::string(kStopping)});
  }
}

void LiveServer::Stop(std::function<void()> done) {
  readiness_ = Readiness::kStopping;
  discovery_.reset();
  RefuseWaitingReloads();
  if (manager_ == nullptr) return done();
  seams_.log.Info("Stopping scrape manager...");
  Enter([&] {
    manager_->Stop([this, done = std::move(done)] {
      seams_.log.Info("Scrape manager stopped");
      remote_write_->Stop(done);
    });
  });
}

std::vector<Metadata> LiveServer::TargetMetadata() const {
  // As upstream: a set of what all targets say, whichever family it is about.
  std::map<std::tuple<std::string_view, MetricType, std::string_view, std::string_view>, const Metadata*> known;
  for (const auto& [name, pool] : manager_->pools()) {
    for (const Target* target : pool->ActiveTargets()) {
      const ScrapeLoop* const loop = pool->LoopOf(*target);
      if (loop == nullptr) continue;
      for (const Metadata* one : loop->cache()->MetadataByFamily()) {
        known.emplace(std::tuple(std::string_view(one->family), one->type, std::string_view(one->help),
                                 std::string_view(one->unit)),
                      one);
      }
    }
  }
  std::vector<Metadata> metadata;
  for (const auto& [key, one] : known) metadata.push_back(*one);
  return metadata;
}

// ---- answers ----

MetricValues LiveServer::Metrics() const {
  MetricValues values;
  if (manager_ != nullptr) values = manager_->CollectMetrics();
  if (head_ != nullptr) AddHeadMetrics(*head_, &values);
  if (discovery_ != nullptr) AddDiscoveryMetrics(*discovery_, &values);
  if (remote_write_ != nullptr) remote_write_->AddMetrics(&values);
  values.emplace("prometheus_config_last_reload_successful", last_reload_ok_ ? 1 : 0);
  values.emplace("prometheus_config_last_reload_success_timestamp_seconds", UnixSeconds(last_reload_at_));
  values.emplace("prometheus_ready", readiness_ == Readiness::kReady ? 1 : 0);
  values.emplace(text::MetricKey("stalemark_build_info", {{"version", options_.version}}), 1);
  AddProcessMetrics(&values);
  return values;
}

ApiAnswer LiveServer::ReadyAnswer() const {
  if (readiness_ == Readiness::kReady) return TextAnswer(200, "stalemark is Ready.\n");
  ApiAnswer answer = TextAnswer(503, "Service Unavailable");
  answer.headers.emplace_back("X-Prometheus-Stopping", readiness_ == Readiness::kStopping ? "true" : "false");
  return answer;
}

/// A path that is answered at once. Requires of those that are `kWhenReady`: there is a manager.
struct LiveServer::Route {
  std::string_view path;
  enum class When : std::uint8_t { kAlways, kWhenReady };
  When when;
  ApiAnswer (*answer)(const LiveServer& server, const ApiRequest& request);
};

bool LiveServer::AnswerLifecycle(const ApiRequest& request, const Reply& reply) {
  if (request.path != "/-/reload" && request.path != "/-/quit") return false;
  if (request.method != "POST" && request.method != "PUT") {
    reply(TextAnswer(405, "Only POST or PUT requests allowed"));
  } else if (options_.lifecycle == LiveOptions::Lifecycle::kDisabled) {
    reply(TextAnswer(403, "Lifecycle API is not enabled."));
  } else if (request.path == "/-/quit") {
    reply(TextAnswer(200, quit_asked_ ? "Termination already in progress." : "Requesting termination... Goodbye!"));
    if (!std::exchange(quit_asked_, true) && on_quit_) on_quit_();
  } else if (readiness_ != Readiness::kReady) {
    reply(ReadyAnswer());
  } else {
    Reload([this, reply](const Status& status) {
      if (status.ok()) return reply(TextAnswer(200, ""));
      seams_.log.Error("Error reloading config", {{"err", status.error().message}});
      reply(TextAnswer(500, fmt::format("failed to reload config: {}\n", status.error().message)));
    });
  }
  return true;
}

void LiveServer::Answer(const ApiRequest& request, Reply reply) {
  static constexpr Route kRoutes[] = {
      {"/-/healthy", Route::When::kAlways,
       [](const LiveServer&, const ApiRequest&) { return TextAnswer(200, "stalemark is Healthy.\n"); }},
      {"/-/ready", Route::When::kAlways,
       [](const LiveServer& server, const ApiRequest&) { return server.ReadyAnswer(); }},
      {"/metrics", Route::When::kAlways,
       [](const LiveServer& server, const ApiRequest&) {
         ApiAnswer answer = TextAnswer(200, MetricsText(server.Metrics()));
         answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
         return answer;
       }},
      {"/api/v1/targets", Route::When::kWhenReady,
       [](const LiveServer& server, const ApiRequest& asked) {
         return TargetsAnswer(*server.manager_, server.options_.global_url, asked);
       }},
      {"/api/v1/targets/metadata", Route::When::kWhenReady,
       [](const LiveServer& server, const ApiRequest& asked) {
         return TargetMetadataAnswer(*server.manager_, server.options_.parse_selector, asked);
       }},
      {"/api/v1/scrape_pools", Route::When::kWhenReady,
       [](const LiveServer& server, const ApiRequest&) { return ScrapePoolsAnswer(*server.manager_); }},
      {"/api/v1/status/config", Route::When::kWhenReady,
       [](const LiveServer& server, const ApiRequest&) { return ConfigAnswer(server.config_); }},
  };
  if (AnswerLifecycle(request, reply)) return;
  const auto route = std::find_if(std::begin(kRoutes), std::end(kRoutes),
                                  [&](const Route& candidate) { return candidate.path == request.path; });
  const auto page = options_.pages.find(request.path);
  if (route == std::end(kRoutes) && page == options_.pages.end()) {
    return reply(TextAnswer(404, "404 page not found\n"));
  }
  if (request.method != "GET" && request.method != "HEAD") return reply(TextAnswer(405, "Method Not Allowed\n"));
  if (route == std::end(kRoutes)) return reply(page->second(request));
  if (route->when == Route::When::kWhenReady && readiness_ != Readiness::kReady) return reply(ReadyAnswer());
  reply(route->answer(*this, request));
}

}  // namespace stalemark
