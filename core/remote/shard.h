// SPDX-License-Identifier: Apache-2.0
// Shard: a part of a remote-write queue, with its own order and one request at a time (RW-03, RW-05, RW-11, RW-18).
// Mirrors queue, runShard and sendSamples of storage/remote/queue_manager.go.
//
// Series gather in a batch. A full batch is sent, or waits behind the one under way; capacity / max_samples_per_send
// batches may wait, then Append says no until `on_room`. A batch that is not full is sent batch_send_deadline after the
// last one. Flush sends what there is; then `on_room` is called with drained() true.
//
// Single-threaded. The context outlives the shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/remote/batch_sender.h"
#include "core/remote/time_series.h"

namespace stalemark {

class Shard final : private SendableBatch {
 public:
  /// `on_room`: a batch is over. It may destroy the shard.
  Shard(QueueContext& context, std::function<void()> on_room);
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  /// False: there is no room, and `series` is as it was.
  bool Append(TimeSeries& series);
  /// Sends everything without waiting for more. Nothing is appended afterwards.
  void Flush();
  /// Nothing waits and nothing is under way.
  bool drained() const { return !sender_.busy() && full_.empty() && batch_.empty(); }
  /// Gives up what waits and what is under way; counts it as failed, and says how much that was.
  SeriesCounts Abandon();

 private:
  std::string_view BodyForAttempt() override;
  std::optional<std::string> OnResponse(const StoreResult& result) override;
  void OnRetry() override;
  void OnSendDone(const std::optional<std::string>& error) override;

  void Send(std::vector<TimeSeries> batch);
  void SendNext();
  void ArmDeadline();
  /// Leaves out what became too old while it waited.
  void DropOld();
  void BuildBody();
  void CountOutcome(const std::optional<std::string>& error);

  QueueContext& context_;
  const std::function<void()> on_room_;
  const std::size_t batch_size_;
  const std::size_t full_max_;
  std::vector<TimeSeries> batch_;
  std::deque<std::vector<TimeSeries>> full_;
  bool flushing_ = false;
  Timer deadline_;

  // Of the batch under way.
  std::vector<TimeSeries> sending_;
  SeriesCounts counts_;
  std::size_t metadata_count_ = 0;
  WriteResponseStats stats_;
  MonotonicTime began_{};
  std::int64_t highest_t_ms_ = 0;
  std::int64_t lowest_t_ms_ = 0;
  std::size_t first_body_bytes_ = 0;
  std::string message_;
  std::string body_;
  BatchSender sender_;
};

}  // namespace stalemark
