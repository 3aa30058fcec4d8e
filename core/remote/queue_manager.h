// SPDX-License-Identifier: Apache-2.0
// QueueManager: a remote-write queue (RW-01 to RW-18). Mirrors QueueManager of storage/remote/queue_manager.go.
//
// It is a WalSink: commit records come in, requests to one receiver go out through the Transport. Series are spread
// over shards by their reference. Upstream waits when a shard is full, and its waiting data stays in the WAL's files;
// here records wait in a backlog in memory, and beyond backlog_bytes_max their data is dropped and counted with the
// reason `backlog_full`. Log therefore never fails and never waits: a receiver cannot disturb a commit.
//
// Single-threaded; what WriteEngine refers to, the configuration and the log outlive the manager. Destroying it without
// Stop gives up what is not sent.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/metadata.h"
#include "core/remote/batch_sender.h"
#include "core/remote/desired_shards.h"
#include "core/remote/metadata_sender.h"
#include "core/remote/series_table.h"
#include "core/remote/shard.h"
#include "core/storage/record_decoder.h"
#include "core/storage/wal.h"

namespace stalemark {

struct QueueOptions {
  ExternalLabels external_labels{};
  /// The feature of that name: type and unit of 2.0 metadata come from labels.
  bool type_and_unit_labels = false;
  std::string user_agent = "Prometheus/3.14.0";
  /// Stop gives up after this (`--storage.remote.flush-deadline`).
  Nanoseconds flush_deadline = std::chrono::minutes{1};
  std::size_t backlog_bytes_max = std::size_t{64} << 20;
  QueueLog log{};
};

class QueueManager final : public WalSink {
 public:
  QueueManager(const WriteEngine& engine, const RemoteWriteConfig& config, QueueOptions options);
  ~QueueManager() override;
  QueueManager(const QueueManager&) = delete;
  QueueManager& operator=(const QueueManager&) = delete;

  /// Always succeeds.
  Status Log(std::string_view record) override;
  /// These were removed from storage. What waits to be sent of them is sent: they are forgotten when nothing waits.
  void Forget(const std::vector<SeriesRef>& removed);
  /// Metadata of the active targets' families; only 1.0 sends it (RW-12). Requests go out one after the other.
  void AppendWatcherMetadata(std::vector<Metadata> metadata);
  /// What was appended before has been sent, or refused. Upstream's watcher waits for that.
  bool metadata_idle() const { return metadata_sender_.idle(); }
  /// Sends nothing until Resume: another queue still flushes to the same receiver. Records wait in the backlog.
  void Hold() { held_ = true; }
  void Resume();
  bool held() const { return held_; }
  /// Sends what there is, then calls `done`, never inside Stop. Nothing may be logged afterwards.
  void Stop(std::function<void()> done);

  const QueueMetrics& metrics() const { return context_.metrics; }
  std::size_t backlog_bytes() const { return backlog_bytes_; }

 private:
  /// Data on its way to its shard.
  struct Waiting {
    SeriesRef ref = kNoSeries;
    TimeSeries series;
  };

  void StartShards(std::size_t count);
  /// A batch is over somewhere.
  void OnRoom();
  void ContinueReshard();

  /// Whether the queue sends what records of that type hold.
  bool IsSent(RecordType type) const;
  void StoreRecord(RecordType type, std::string_view record);
  /// Fills `waiting_`, which is empty, with what is to be sent.
  void Decode(RecordType type, std::string_view record);
  template <class H>
  void DecodeHistograms(std::string_view record);
  void DecodeExemplars(std::string_view record);
  /// The series' entry; null: the data is not sent, which is counted.
  const SeriesTable::Entry* FindForSending(SeriesType type, SeriesRef ref, std::int64_t t_ms, std::int32_t schema = 0);
  TimeSeries& AddWaiting(SeriesRef ref, const SeriesTable::Entry& entry, std::int64_t t_ms);
  /// Moves what waits to the shards. False: one is full.
  bool EnqueueWaiting();
  void DrainBacklog();
  /// Records of the backlog are decoded late: until then they need what is known of their series.
  void ForgetUnneeded();
  void DropRecord(RecordType type, std::string_view record);
  bool nothing_waits() const { return waiting_.empty() && backlog_.empty(); }

  void ArmShardUpdate();
  void UpdateShards();
  void ContinueStop();
  void Abandon();

  const QueueOptions options_;
  QueueContext context_;
  SeriesTable series_;
  std::vector<std::unique_ptr<Shard>> shards_;
  MetadataSender metadata_sender_;

  /// Of one record, before `next_waiting_` moved already.
  std::vector<Waiting> waiting_;
  std::size_t next_waiting_ = 0;
  std::vector<DecodedSample> samples_scratch_;
  /// Records behind it.
  std::deque<std::string> backlog_;
  std::size_t backlog_bytes_ = 0;
  /// Once the backlog is empty.
  std::vector<SeriesRef> forgotten_;

  DesiredShards desired_shards_;
  std::uint64_t items_in_ = 0;
  std::uint64_t items_dropped_ = 0;
  std::int64_t highest_received_ = 0;
  Timer shard_update_;
  /// 0: none is under way.
  std::size_t reshard_to_ = 0;

  /// Set by Stop.
  std::function<void()> stopped_;
  bool flushing_ = false;
  bool held_ = false;
  Timer flush_deadline_;
  Timer stopped_timer_;
};

}  // namespace stalemark
