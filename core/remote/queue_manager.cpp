// SPDX-License-Identifier: Apache-2.0
#include "core/remote/queue_manager.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/remote/sample_age.h"

namespace stalemark {
namespace {

std::size_t ShardsMin(const QueueConfig& config) {
  return config.min_shards > 0 ? static_cast<std::size_t>(config.min_shards) : 1;
}

}  // namespace

QueueManager::QueueManager(const WriteEngine& engine, const RemoteWriteConfig& config, QueueOptions options)
    : options_(std::move(options)),
      context_{engine, config, VersionOf(config), options_.type_and_unit_labels, options_.user_agent, options_.log},
      series_(options_.external_labels, config.write_relabel_configs),
      metadata_sender_(context_, [this] { ContinueStop(); }),
      desired_shards_(config.queue) {
  QueueMetrics& metrics = context_.metrics;
  metrics.shard_capacity = config.queue.capacity;
  metrics.shards_max = static_cast<std::size_t>(std::max<std::int64_t>(config.queue.max_shards, 0));
  metrics.shards_min = ShardsMin(config.queue);
  metrics.shards_desired = static_cast<double>(metrics.shards_min);
  metrics.max_samples_per_send = config.queue.max_samples_per_send;
  StartShards(metrics.shards_min);
  ArmShardUpdate();
}

QueueManager::~QueueManager() = default;

void QueueManager::StartShards(std::size_t count) {
  shards_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<Shard>(context_, [this] { OnRoom(); }));
  }
  context_.metrics.shards = count;
}

// ---- records ----

Status QueueManager::Log(std::string_view record) {
  assert(!stopped_);
  const std::optional<RecordType> type = TypeOfRecord(record);
  if (!type) return {};
  // Series are known at once: what waits before this record does not refer to them.
  if (*type == RecordType::kSeries || *type == RecordType::kMetadata) {
    StoreRecord(*type, record);
  } else if (IsSent(*type)) {
    if (nothing_waits()) {
      Decode(*type, record);
      EnqueueWaiting();
    } else if (backlog_bytes_ + record.size() > options_.backlog_bytes_max) {
      DropRecord(*type, record);
    } else {
      backlog_.emplace_back(record);
      backlog_bytes_ += record.size();
    }
  }
  return {};
}

void QueueManager::Forget(const std::vector<SeriesRef>& removed) {
  forgotten_.insert(forgotten_.end(), removed.begin(), removed.end());
  ForgetUnneeded();
}

void QueueManager::ForgetUnneeded() {
  if (!backlog_.empty()) return;
  for (const SeriesRef ref : forgotten_) series_.Forget(ref);
  forgotten_.clear();
}

bool QueueManager::IsSent(RecordType type) const {
  switch (type) {
    case RecordType::kSamples:
    case RecordType::kSamplesV2:
      return true;
    case RecordType::kExemplars:
      return context_.config.send_exemplars;
    case RecordType::kHistogramSamples:
    case RecordType::kHistogramSamplesV2:
    case RecordType::kCustomBucketsHistogramSamples:
    case RecordType::kFloatHistogramSamples:
    case RecordType::kFloatHistogramSamplesV2:
    case RecordType::kCustomBucketsFloatHistogramSamples:
      return context_.config.send_native_histograms;
    default:
      return false;
  }
}

void QueueManager::StoreRecord(RecordType type, std::string_view record) {
  if (type == RecordType::kSeries) {
    std::vector<DecodedSeries> series;
    const Status decoded = DecodeSeriesRecord(record, series);
    if (!decoded)
      context_.Log(QueueLogLevel::kError, "Error decoding series record", {{"err", decoded.error().message}});
    for (const DecodedSeries& one : series) series_.StoreSeries(one.ref, one.labels);
    return;
  }
  if (context_.version == WriteVersion::kV1) return;
  std::vector<MetadataRecord> metadata;
  const Status decoded = DecodeMetadataRecord(record, metadata);
  if (!decoded)
    context_.Log(QueueLogLevel::kError, "Error decoding metadata record", {{"err", decoded.error().message}});
  for (MetadataRecord& one : metadata) series_.StoreMetadata(one.ref, std::move(one.metadata));
}

void QueueManager::Decode(RecordType type, std::string_view record) {
  switch (type) {
    case RecordType::kExemplars:
      return DecodeExemplars(record);
    case RecordType::kHistogramSamples:
    case RecordType::kHistogramSamplesV2:
    case RecordType::kCustomBucketsHistogramSamples:
      return DecodeHistograms<Histogram>(record);
    case RecordType::kFloatHistogramSamples:
    case RecordType::kFloatHistogramSamplesV2:
    case RecordType::kCustomBucketsFloatHistogramSamples:
      return DecodeHistograms<FloatHistogram>(record);
    default:
      break;
  }
  samples_scratch_.clear();
  const Status decoded = DecodeSamplesRecord(record, samples_scratch_);
  if (!decoded)
    context_.Log(QueueLogLevel::kError, "Error decoding samples record", {{"err", decoded.error().message}});
  for (const DecodedSample& sample : samples_scratch_) {
    const SeriesTable::Entry* const entry = FindForSending(SeriesType::kSample, sample.ref, sample.t_ms);
    if (entry == nullptr) continue;
    TimeSeries& series = AddWaiting(sample.ref, *entry, sample.t_ms);
    series.st_ms = sample.st_ms;
    series.value_bits = sample.bits;
  }
}

template <class H>
void QueueManager::DecodeHistograms(std::string_view record) {
  constexpr SeriesType kType = std::is_same_v<H, Histogram> ? SeriesType::kHistogram : SeriesType::kFloatHistogram;
  std::vector<HistogramRecord<H>> histograms;
  const Status decoded = DecodeHistogramsRecord(record, histograms);
  if (!decoded) {
    context_.Log(QueueLogLevel::kError, "Error decoding histogram record", {{"err", decoded.error().message}});
  }
  for (HistogramRecord<H>& one : histograms) {
    const SeriesTable::Entry* const entry = FindForSending(kType, one.ref, one.t_ms, one.histogram.schema);
    if (entry == nullptr) continue;
    TimeSeries& series = AddWaiting(one.ref, *entry, one.t_ms);
    series.st_ms = one.st_ms;
    series.payload = std::make_unique<const H>(std::move(one.histogram));
  }
}

void QueueManager::DecodeExemplars(std::string_view record) {
  std::vector<ExemplarRecord> exemplars;
  const Status decoded = DecodeExemplarsRecord(record, exemplars);
  if (!decoded) {
    context_.Log(QueueLogLevel::kError, "Error decoding exemplars record", {{"err", decoded.error().message}});
  }
  for (ExemplarRecord& one : exemplars) {
    const SeriesTable::Entry* const entry = FindForSending(SeriesType::kExemplar, one.ref, one.exemplar.t_ms);
    if (entry == nullptr) continue;
    TimeSeries& series = AddWaiting(one.ref, *entry, one.exemplar.t_ms);
    series.value_bits = one.exemplar.value_bits;
    series.payload = std::make_unique<const Labels>(std::move(one.exemplar.labels));
  }
}

const SeriesTable::Entry* QueueManager::FindForSending(SeriesType type, SeriesRef ref, std::int64_t t_ms,
                                                       std::int32_t schema) {
  ++items_in_;
  highest_received_ = std::max(highest_received_, t_ms / 1000);
  QueueMetrics& metrics = context_.metrics;
  if (IsSampleOld(context_, t_ms)) {
    metrics.Drop(type, DropReason::kTooOld);
    return nullptr;
  }
  if (context_.version == WriteVersion::kV1 && IsCustomBucketsSchema(schema)) {
    metrics.Drop(type, DropReason::kNhcbNotSupported);
    return nullptr;
  }
  const SeriesTable::Entry& entry = series_.Find(ref);
  if (entry.state == SeriesTable::State::kKnown) return &entry;
  ++items_dropped_;
  metrics.Drop(type, entry.state == SeriesTable::State::kDropped ? DropReason::kDroppedSeries
                                                                 : DropReason::kUnintentionallyDroppedSeries);
  return nullptr;
}

TimeSeries& QueueManager::AddWaiting(SeriesRef ref, const SeriesTable::Entry& entry, std::int64_t t_ms) {
  Waiting& waiting = waiting_.emplace_back();
  waiting.ref = ref;
  waiting.series.labels = entry.labels;
  waiting.series.metadata = entry.metadata;
  waiting.series.t_ms = t_ms;
  return waiting.series;
}

// ---- shards ----

bool QueueManager::EnqueueWaiting() {
  QueueMetrics& metrics = context_.metrics;
  for (; next_waiting_ < waiting_.size(); ++next_waiting_) {
    Waiting& one = waiting_[next_waiting_];
    const SeriesType type = one.series.type();
    const std::int64_t seconds = one.series.t_ms / 1000;
    const bool accepted =
        !held_ && reshard_to_ == 0 && shards_[static_cast<std::uint64_t>(one.ref) % shards_.size()]->Append(one.series);
    if (!accepted) {
      ++metrics.enqueue_retries;
      return false;
    }
    ++metrics.Of(type).pending;
    metrics.highest_timestamp = std::max(metrics.highest_timestamp, seconds);
  }
  waiting_.clear();
  next_waiting_ = 0;
  return true;
}

void QueueManager::DrainBacklog() {
  while (EnqueueWaiting() && !backlog_.empty()) {
    const std::string record = std::move(backlog_.front());
    backlog_.pop_front();
    backlog_bytes_ -= record.size();
    if (const std::optional<RecordType> type = TypeOfRecord(record)) Decode(*type, record);
  }
  ForgetUnneeded();
}

void QueueManager::DropRecord(RecordType type, std::string_view record) {
  // Decoded for the counts alone: behind what waits already.
  std::vector<Waiting> before = std::exchange(waiting_, {});
  Decode(type, record);
  for (const Waiting& one : waiting_) context_.metrics.Drop(one.series.type(), DropReason::kBacklogFull);
  waiting_ = std::move(before);
}

void QueueManager::Resume() {
  if (!held_) return;
  held_ = false;
  OnRoom();
}

void QueueManager::OnRoom() {
  if (reshard_to_ != 0) {
    ContinueReshard();
  } else if (flushing_) {
    ContinueStop();
  } else {
    DrainBacklog();
    ContinueStop();
  }
}

void QueueManager::ArmShardUpdate() {
  shard_update_ = context_.engine.scheduler.ArmAt(context_.engine.clock.MonotonicNow() + kShardUpdateDuration, [this] {
    ArmShardUpdate();
    UpdateShards();
  });
}

void QueueManager::UpdateShards() {
  ShardFlow flow;
  flow.items_in = std::exchange(items_in_, 0);
  flow.items_dropped = std::exchange(items_dropped_, 0);
  flow.items_out = std::exchange(context_.items_out, 0);
  flow.time_out = std::exchange(context_.time_out, Nanoseconds(0));
  flow.highest_received = highest_received_;
  flow.highest_sent = context_.metrics.highest_sent_timestamp;
  const std::size_t wanted = desired_shards_.Calculate(flow, shards_.size());
  if (desired_shards_.desired() > 0) context_.metrics.shards_desired = desired_shards_.desired();
  if (wanted == shards_.size() || reshard_to_ != 0 || stopped_) return;
  const std::int64_t now = context_.WallSeconds();
  if (context_.last_send_seconds < now - 10) {
    context_.Log(QueueLogLevel::kWarn, "Skipping resharding, last successful send was beyond threshold",
                 {{"lastSendTimestamp", std::to_string(context_.last_send_seconds)},
                  {"minSendTimestamp", std::to_string(now - 10)}});
    return;
  }
  if (now < context_.reshard_disabled_until) {
    context_.Log(QueueLogLevel::kWarn,
                 "Skipping resharding, resharding is disabled while waiting for recoverable errors");
    return;
  }
  context_.Log(QueueLogLevel::kInfo, "Remote storage resharding",
               {{"from", std::to_string(shards_.size())}, {"to", std::to_string(wanted)}});
  reshard_to_ = wanted;
  for (const std::unique_ptr<Shard>& shard : shards_) shard->Flush();
  ContinueReshard();
}

void QueueManager::ContinueReshard() {
  // The old shards are flushed completely first: a series' samples stay in order.
  for (const std::unique_ptr<Shard>& shard : shards_) {
    if (!shard->drained()) return;
  }
  StartShards(std::exchange(reshard_to_, 0));
  DrainBacklog();
  ContinueStop();
}

// ---- metadata and the end ----

void QueueManager::AppendWatcherMetadata(std::vector<Metadata> metadata) {
  if (context_.version == WriteVersion::kV1) metadata_sender_.Append(std::move(metadata));
}

void QueueManager::Stop(std::function<void()> done) {
  assert(!stopped_);
  context_.Log(QueueLogLevel::kInfo, "Stopping remote storage...");
  stopped_ = std::move(done);
  shard_update_.Reset();
  const MonotonicTime now = context_.engine.clock.MonotonicNow();
  flush_deadline_ = context_.engine.scheduler.ArmAt(now + options_.flush_deadline, [this] { Abandon(); });
  ContinueStop();
}

void QueueManager::ContinueStop() {
  if (!stopped_ || reshard_to_ != 0 || !nothing_waits()) return;
  if (!flushing_) {
    flushing_ = true;
    for (const std::unique_ptr<Shard>& shard : shards_) shard->Flush();
  }
  for (const std::unique_ptr<Shard>& shard : shards_) {
    if (!shard->drained()) return;
  }
  if (!metadata_sender_.idle()) return;
  flush_deadline_.Reset();
  stopped_timer_ = context_.engine.scheduler.ArmAt(context_.engine.clock.MonotonicNow(), [this] {
    context_.Log(QueueLogLevel::kInfo, "Remote storage stopped.");
    const std::function<void()> stopped = stopped_;
    stopped();
  });
}

void QueueManager::Abandon() {
  reshard_to_ = 0;
  // Behind the shards: never counted as pending.
  SeriesCounts given_up;
  const auto give_up_waiting = [&] {
    for (std::size_t i = next_waiting_; i < waiting_.size(); ++i) {
      ++given_up.Of(waiting_[i].series.type());
      ++context_.metrics.Of(waiting_[i].series.type()).failed;
    }
    waiting_.clear();
    next_waiting_ = 0;
  };
  give_up_waiting();
  for (const std::string& record : std::exchange(backlog_, {})) {
    if (const std::optional<RecordType> type = TypeOfRecord(record)) Decode(*type, record);
    give_up_waiting();
  }
  backlog_bytes_ = 0;
  for (const std::unique_ptr<Shard>& shard : shards_) {
    const SeriesCounts counts = shard->Abandon();
    given_up.samples += counts.samples;
    given_up.exemplars += counts.exemplars;
    given_up.histograms += counts.histograms;
  }
  const auto report = [this](const char* what, std::size_t count) {
    if (count == 0) return;
    context_.Log(QueueLogLevel::kError, std::string("Failed to flush all ") + what + " on shutdown",
                 {{"count", std::to_string(count)}});
  };
  report("samples", given_up.samples);
  report("exemplars", given_up.exemplars);
  report("histograms", given_up.histograms);
  flushing_ = true;
  metadata_sender_.Abandon();
  ContinueStop();
}

}  // namespace stalemark
