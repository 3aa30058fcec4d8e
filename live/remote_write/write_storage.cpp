// SPDX-License-Identifier: Apache-2.0
#include "live/remote_write/write_storage.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/config/object_writer.h"
#include "core/config/sections.h"
#include "core/text/go_float.h"
#include "core/text/hex.h"
#include "core/text/md5.h"
#include "core/text/metric_key.h"

namespace stalemark {
namespace {

ExternalLabels ExternalLabelsOf(const Config& config) {
  ExternalLabels labels;
  for (const auto& [name, value] : config.global.external_labels) labels.emplace_back(name, value);
  return labels;
}

/// The configured name, else one made of the item.
std::string NameOf(const RemoteWriteConfig& config) {
  if (!config.name.empty()) return config.name;
  std::string dump;
  DumpRemoteWrite(dump, config);
  const auto digest = text::Md5(dump);
  return text::Hex(std::string_view(reinterpret_cast<const char*>(digest.data()), 3));
}

}  // namespace

struct WriteStorage::Queue {
  const RemoteWriteConfig config;
  const ExternalLabels external_labels;
  /// Labels of its metrics, without braces.
  std::string labels;
  std::unique_ptr<QueueManager> manager;
  Timer metadata;
  /// Queues are numbered in the order in which they are made.
  std::uint64_t number = 0;
};

WriteStorage::WriteStorage(WriteStorageSeams seams, const WriteStorageOptions& options)
    : seams_(std::move(seams)), options_(options) {}

WriteStorage::~WriteStorage() = default;

Status WriteStorage::ApplyConfig(const Config& config) {
  const std::vector<RemoteWriteConfig>& wanted = config.remote_write;
  for (auto item = wanted.begin(); item != wanted.end(); ++item) {
    if (std::find(wanted.begin(), item, *item) == item) continue;
    return Error{fmt::format("duplicate remote write configs are not allowed, found duplicate for URL: {}",
                             RedactedUrl(item->url))};
  }
  const ExternalLabels external_labels = ExternalLabelsOf(config);
  std::vector<std::unique_ptr<Queue>> before = std::exchange(queues_, {});
  const std::uint64_t made_before = made_;
  for (const RemoteWriteConfig& item : wanted) {
    const auto same = std::find_if(before.begin(), before.end(), [&](const std::unique_ptr<Queue>& queue) {
      return queue != nullptr && queue->config == item && queue->external_labels == external_labels;
    });
    queues_.push_back(same == before.end() ? MakeQueue(item, external_labels) : std::move(*same));
  }
  // As upstream: new queues begin when the old ones have sent what they have, or a receiver would see samples out of
  // order. What is logged meanwhile waits in their backlog.
  for (const std::unique_ptr<Queue>& queue : queues_) {
    if (queue->number > made_before) queue->manager->Hold();
  }
  for (std::unique_ptr<Queue>& queue : before) {
    if (queue != nullptr) End(std::move(queue));
  }
  ResumeQueues();
  return {};
}

std::unique_ptr<WriteStorage::Queue> WriteStorage::MakeQueue(const RemoteWriteConfig& config,
                                                             const ExternalLabels& external_labels) {
  auto queue = std::unique_ptr<Queue>(new Queue{config, external_labels, {}, nullptr, {}, ++made_});
  const std::string name = NameOf(config);
  const std::string url = RedactedUrl(config.url);
  queue->labels = text::MetricLabels({{"remote_name", name}, {"url", url}});
  QueueOptions options;
  options.external_labels = external_labels;
  options.type_and_unit_labels = options_.type_and_unit_labels;
  options.flush_deadline = options_.flush_deadline;
  options.backlog_bytes_max = options_.backlog_bytes_max;
  options.log = [this, name, url](const QueueLogLine& line) {
    std::vector<stalemark::Log::Field> fields = {{"component", "remote"}, {"remote_name", name}, {"url", url}};
    for (const auto& [key, value] : line.attributes) fields.push_back({key, value});
    seams_.log.Write(static_cast<LogLevel>(line.level), line.message, fields);
  };
  queue->manager = std::make_unique<QueueManager>(seams_.engine, queue->config, std::move(options));
  TellSeries(*queue->manager);
  if (config.metadata.send && VersionOf(config) == WriteVersion::kV1) ArmMetadata(*queue);
  return queue;
}

void WriteStorage::TellSeries(QueueManager& manager) const {
  RecordBuffer buffer;
  seams_.series([&](SeriesRef ref, const Labels& labels, const Metadata* metadata) {
    EncodeSeriesRecord({{ref, &labels}}, buffer);
    static_cast<void>(manager.Log(buffer.view()));
    if (metadata == nullptr) return;
    EncodeMetadataRecord(std::vector<MetadataRecord>{{ref, *metadata}}, buffer);
    static_cast<void>(manager.Log(buffer.view()));
  });
}

void WriteStorage::ArmMetadata(Queue& queue) {
  const MonotonicTime when = seams_.engine.clock.MonotonicNow() + queue.config.metadata.send_interval;
  queue.metadata = seams_.engine.scheduler.ArmAt(when, [this, &queue] {
    ArmMetadata(queue);
    // A receiver that is down gets one collection, not one for each interval.
    if (queue.manager->metadata_idle() && !queue.manager->held())
      queue.manager->AppendWatcherMetadata(seams_.target_metadata());
  });
}

Status WriteStorage::Log(std::string_view record) {
  for (const std::unique_ptr<Queue>& queue : queues_) static_cast<void>(queue->manager->Log(record));
  return {};
}

void WriteStorage::Forget(const std::vector<SeriesRef>& removed) {
  for (const std::unique_ptr<Queue>& queue : queues_) queue->manager->Forget(removed);
}

void WriteStorage::End(std::unique_ptr<Queue> queue) {
  queue->metadata.Reset();
  ending_.push_back(std::move(queue));
  const auto place = std::prev(ending_.end());
  (*place)->manager->Stop([this, place] {
    ending_.erase(place);
    ResumeQueues();
    TellIfStopped();
  });
}

void WriteStorage::ResumeQueues() {
  // Of those that end, only the first may be the oldest one that still holds up others.
  std::uint64_t oldest_ending = made_ + 1;
  for (const std::unique_ptr<Queue>& queue : ending_) oldest_ending = std::min(oldest_ending, queue->number);
  const auto resume = [&](const std::unique_ptr<Queue>& queue) {
    if (queue->number <= oldest_ending) queue->manager->Resume();
  };
  std::for_each(ending_.begin(), ending_.end(), resume);
  std::for_each(queues_.begin(), queues_.end(), resume);
}

void WriteStorage::Stop(std::function<void()> done) {
  stopped_ = std::move(done);
  for (std::unique_ptr<Queue>& queue : std::exchange(queues_, {})) End(std::move(queue));
  TellIfStopped();
}

void WriteStorage::TellIfStopped() {
  if (!stopped_ || !ending_.empty()) return;
  const std::function<void()> stopped = std::exchange(stopped_, nullptr);
  stopped();
}

void WriteStorage::AddMetrics(MetricValues* values) const {
  for (const std::unique_ptr<Queue>& queue : queues_) {
    const QueueMetrics& metrics = queue->manager->metrics();
    const auto add = [&](std::string_view name, std::string_view label, std::string_view text, double value) {
      const std::string own = label.empty() ? std::string() : fmt::format(",{}=\"{}\"", label, text);
      (*values)[fmt::format("prometheus_remote_storage_{}{{{}{}}}", name, queue->labels, own)] = value;
    };
    metrics.Visit([&](const QueueMetrics::Value& value) {
      add(value.name, value.reason.empty() ? "" : "reason", value.reason, value.value);
    });
    const DurationMetric& duration = metrics.sent_batch_duration;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i <= DurationMetric::kBounds.size(); ++i) {
      below += duration.counts[i];
      std::string bound = "+Inf";
      if (i < DurationMetric::kBounds.size()) {
        bound.clear();
        text::AppendShortestG(bound, DurationMetric::kBounds[i]);
      }
      add("sent_batch_duration_seconds_bucket", "le", bound, static_cast<double>(below));
    }
    add("sent_batch_duration_seconds_sum", "", "", duration.sum);
    add("sent_batch_duration_seconds_count", "", "", static_cast<double>(duration.count));
  }
}

}  // namespace stalemark
