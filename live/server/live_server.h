// SPDX-License-Identifier: Apache-2.0
// LiveServer: a scraping process without its surroundings: loads the configuration, runs manager, discovery, an
// in-memory head and remote write on the event loop, reloads, stops, and answers the HTTP API. Mirrors
// cmd/prometheus/main.go.
//
// Everything happens on the loop's thread; Start, Reload, Stop and Answer return at once and call back. Made once per
// process: after Stop only Answer and head() may be used. The configuration's out_of_order_time_window and exemplar
// limit are those of the start; a reload does not change the head.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/scrape/scrape_manager.h"
#include "core/storage/head.h"
#include "live/api/api.h"
#include "live/api/metrics_text.h"
#include "live/discovery/discovery_manager.h"
#include "live/log/log.h"
#include "live/loop/event_loop.h"
#include "live/record/engine_gate.h"
#include "live/remote_write/wal_tee.h"
#include "live/remote_write/write_storage.h"
#include "live/storage/recent_chunks.h"
#include "live/storage/sample_log.h"

namespace stalemark {

/// All outlive the server.
struct LiveSeams {
  EventLoop& loop;
  Transport& transport;
  const Files& files;
  FailureLogs& failure_logs;
  const Log& log;
  /// May be null.
  TraceSink* trace = nullptr;
  /// Takes the records of the head's commits; may be null.
  WalSink* wal = nullptr;
  /// Between the process and its engine when what comes in is kept; remote write is then off. May be null.
  EngineGate* gate = nullptr;
  /// Unpacks the bodies of scrapes. Null, or with a gate: the engine does, so that a scrape takes no time that its
  /// replay does not know.
  Unpacker* unpacker = nullptr;
};

struct LiveOptions {
  /// The prometheus.yml; read at the start and at each reload.
  std::string config_file;
  /// `file_name` is set to config_file.
  LoadOptions load;
  ScrapeOptions scrape;
  HeadOptions head;
  /// What stands in for the discovery of jobs.
  TargetDocuments documents;
  /// MGR-13.
  std::string fqdn;
  /// How long full chunks are kept, and series to which nothing is appended.
  Nanoseconds retention = std::chrono::hours(3);
  GlobalUrlOptions global_url;
  enum class Lifecycle : std::uint8_t { kDisabled, kEnabled };
  /// Whether `/-/reload` and `/-/quit` do anything.
  Lifecycle lifecycle = Lifecycle::kDisabled;
  std::string version;
  SelectorParser parse_selector;
  /// Takes what is stored, as JSON lines; may be empty.
  SampleLog::Write write_samples;
  WriteStorageOptions remote_write;
  /// Further paths and who answers them, at any time.
  std::map<std::string, std::function<ApiAnswer(const ApiRequest& request)>> pages;
};

class LiveServer {
 public:
  using Done = std::function<void(const Status& status)>;
  using Reply = std::function<void(ApiAnswer answer)>;

  LiveServer(const LiveSeams& seams, LiveOptions options);
  ~LiveServer();
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  /// Loads the configuration and begins to scrape. An error: there is nothing to run.
  void Start(Done done);
  /// Loads it again. An error says why, and everything goes on as before; calls are served in their order.
  void Reload(Done done);
  /// Ends scraping as upstream's shutdown does, without stale markers (EOR-03), then sends what remote write still has.
  void Stop(std::function<void()> done);
  /// Called when `/-/quit` asks for the end.
  void SetOnQuit(std::function<void()> on_quit) { on_quit_ = std::move(on_quit); }

  /// Replies at once but for a reload, which takes its time.
  void Answer(const ApiRequest& request, Reply reply);
  /// Null before the first configuration was loaded.
  const Head* head() const { return head_.get(); }

 private:
  enum class Readiness : std::uint8_t { kNotReady, kReady, kStopping };
  struct Loaded {
    std::string text;
    Config config;
    std::vector<ScrapeConfig> jobs;
  };
  struct Route;

  Result<Loaded> Load() const;
  /// Whatever calls the engine from outside.
  void Enter(const std::function<void()>& work);
  ScrapeSeams EngineSeams(Appendable& storage);
  /// Of `--targets` that cannot mean anything now; a file may still come.
  void WarnOfDocuments(const std::vector<ScrapeConfig>& jobs) const;
  void MakeEngine(const Config& config);
  /// Removes series without a sample within the retention, or two intervals if those are longer; now and then again.
  void CollectGarbage();
  void Apply(Loaded loaded, Done done);
  void StartNextReload();
  void EndReload(const Status& status);
  void RefuseWaitingReloads();
  std::vector<Metadata> TargetMetadata() const;
  MetricValues Metrics() const;
  ApiAnswer ReadyAnswer() const;
  bool AnswerLifecycle(const ApiRequest& request, const Reply& reply);

  const LiveSeams seams_;
  const LiveOptions options_;
  FirstChoice choices_;
  Config config_;
  std::unique_ptr<RecentChunks> chunks_;
  std::unique_ptr<WriteStorage> remote_write_;
  std::unique_ptr<WalTee> wal_;
  std::unique_ptr<Head> head_;
  Timer next_collection_;
  /// Of the configuration's jobs.
  Nanoseconds longest_interval_{0};
  std::unique_ptr<SampleLog> sample_log_;
  std::unique_ptr<ScrapeManager> manager_;
  std::unique_ptr<DiscoveryManager> discovery_;
  Readiness readiness_ = Readiness::kNotReady;
  /// The first is under way.
  std::deque<Done> reloads_;
  Timer next_reload_;
  /// The manager has a configuration that it has not called back for.
  bool is_applying_ = false;
  bool last_reload_ok_ = false;
  WallTime last_reload_at_{};
  bool quit_asked_ = false;
  std::function<void()> on_quit_;
};

}  // namespace stalemark
