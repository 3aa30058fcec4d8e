// SPDX-License-Identifier: Apache-2.0
// WriteStorage: the remote-write queues of a live process, one for each `remote_write` item (RW-12, RW-13). Mirrors
// WriteStorage and MetadataWatcher of storage/remote/{write,metadata_watcher}.go.
//
// It is the log of the head: commit records go to every queue. A reload keeps the queues whose item and external labels
// are the same, flushes and ends the others, and tells new ones the series that exist; these send when the others have
// ended. Everything on the loop's thread; nothing waits for a receiver.
//
// What WriteStorageSeams refers to outlives the storage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/remote/queue_manager.h"
#include "live/api/metrics_text.h"
#include "live/log/log.h"

namespace stalemark {

struct WriteStorageOptions {
  /// The feature of that name.
  bool type_and_unit_labels = false;
  /// `--storage.remote.flush-deadline`.
  Nanoseconds flush_deadline = std::chrono::minutes{1};
  /// Of each queue: records that wait because a receiver does not take them.
  std::size_t backlog_bytes_max = std::size_t{64} << 20;
};

struct WriteStorageSeams {
  WriteEngine engine;
  const stalemark::Log& log;
  /// Calls `visit` for each series that was logged already.
  using VisitSeries = std::function<void(SeriesRef ref, const Labels& labels, const Metadata* metadata)>;
  std::function<void(const VisitSeries& visit)> series;
  /// Metadata of the active targets' families.
  std::function<std::vector<Metadata>()> target_metadata;
};

class WriteStorage final : public WalSink {
 public:
  WriteStorage(WriteStorageSeams seams, const WriteStorageOptions& options);
  ~WriteStorage() override;
  WriteStorage(const WriteStorage&) = delete;
  WriteStorage& operator=(const WriteStorage&) = delete;

  /// An error, and nothing changed: two items are the same.
  Status ApplyConfig(const Config& config);
  /// Always succeeds.
  Status Log(std::string_view record) override;
  /// These were removed from storage. Queues that flush for earlier configurations go with what they know.
  void Forget(const std::vector<SeriesRef>& removed);
  /// A queue that is made later is told the series that exist.
  bool wanted() const override { return !queues_.empty(); }
  /// Flushes all queues, those of earlier configurations too; `done` is called once, perhaps inside.
  void Stop(std::function<void()> done);
  /// `prometheus_remote_storage_*`, with the labels remote_name and url.
  void AddMetrics(MetricValues* values) const;
  std::size_t queue_count() const { return queues_.size(); }

 private:
  struct Queue;

  std::unique_ptr<Queue> MakeQueue(const RemoteWriteConfig& config, const ExternalLabels& external_labels);
  void TellSeries(QueueManager& manager) const;
  void ArmMetadata(Queue& queue);
  void End(std::unique_ptr<Queue> queue);
  /// Lets queues send for which no older one is being flushed any more.
  void ResumeQueues();
  void TellIfStopped();

  const WriteStorageSeams seams_;
  const WriteStorageOptions options_;
  std::vector<std::unique_ptr<Queue>> queues_;
  std::uint64_t made_ = 0;
  /// Being flushed.
  std::list<std::unique_ptr<Queue>> ending_;
  std::function<void()> stopped_;
};

}  // namespace stalemark
