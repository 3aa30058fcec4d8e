// SPDX-License-Identifier: Apache-2.0
#include "core/remote/shard.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/compression/compression.h"
#include "core/remote/sample_age.h"
#include "core/remote/write_request.h"

namespace stalemark {
namespace {

std::size_t AtLeastOne(std::int64_t count) {
  return count > 0 ? static_cast<std::size_t>(count) : 1;
}

/// What a response does not say was written.
std::int64_t Missing(std::size_t sent, std::int64_t written) {
  return static_cast<std::int64_t>(sent) - written;
}

}  // namespace

Shard::Shard(QueueContext& context, std::function<void()> on_room)
    : context_(context),
      on_room_(std::move(on_room)),
      batch_size_(AtLeastOne(context.config.queue.max_samples_per_send)),
      full_max_(AtLeastOne(context.config.queue.capacity / static_cast<std::int64_t>(batch_size_))),
      sender_(context) {
  ArmDeadline();
}

bool Shard::Append(TimeSeries& series) {
  assert(!flushing_);
  const bool completes = batch_.size() + 1 == batch_size_;
  if (completes && sender_.busy() && full_.size() >= full_max_) return false;
  batch_.push_back(std::move(series));
  if (!completes) return true;
  std::vector<TimeSeries> full = std::exchange(batch_, {});
  if (sender_.busy()) {
    full_.push_back(std::move(full));
  } else {
    Send(std::move(full));
  }
  return true;
}

void Shard::ArmDeadline() {
  const MonotonicTime when = context_.engine.clock.MonotonicNow() + context_.config.queue.batch_send_deadline;
  deadline_ = context_.engine.scheduler.ArmAt(when, [this] {
    if (batch_.empty()) {
      ArmDeadline();
    } else {
      Send(std::exchange(batch_, {}));
    }
  });
}

void Shard::Flush() {
  flushing_ = true;
  deadline_.Reset();
  if (!sender_.busy()) SendNext();
}

void Shard::SendNext() {
  if (!full_.empty()) {
    std::vector<TimeSeries> next = std::move(full_.front());
    full_.pop_front();
    Send(std::move(next));
  } else if (flushing_) {
    if (!batch_.empty()) Send(std::exchange(batch_, {}));
  } else {
    ArmDeadline();
  }
}

void Shard::Send(std::vector<TimeSeries> batch) {
  deadline_.Reset();
  sending_ = std::move(batch);
  counts_ = {};
  metadata_count_ = 0;
  stats_ = {};
  for (const TimeSeries& series : sending_) {
    ++counts_.Of(series.type());
    if (series.metadata != nullptr && context_.version == WriteVersion::kV2) ++metadata_count_;
  }
  began_ = context_.engine.clock.MonotonicNow();
  BuildBody();
  first_body_bytes_ = body_.size();
  sender_.Start(*this);
}

void Shard::BuildBody() {
  highest_t_ms_ = 0;
  lowest_t_ms_ = std::numeric_limits<std::int64_t>::max();
  for (const TimeSeries& series : sending_) {
    if (series.t_ms <= 0) continue;
    highest_t_ms_ = std::max(highest_t_ms_, series.t_ms);
    lowest_t_ms_ = std::min(lowest_t_ms_, series.t_ms);
  }
  message_.clear();
  body_.clear();
  if (context_.version == WriteVersion::kV1) {
    EncodeWriteRequest(sending_, message_);
  } else {
    EncodeWriteRequestV2(sending_, {.type_and_unit_labels = context_.type_and_unit_labels}, message_);
  }
  SnappyEncode(message_, body_);
}

void Shard::DropOld() {
  const auto is_old = [this](const TimeSeries& series) {
    const bool old = IsSampleOld(context_, series.t_ms);
    if (old) context_.metrics.Drop(series.type(), DropReason::kTooOld);
    return old;
  };
  sending_.erase(std::remove_if(sending_.begin(), sending_.end(), is_old), sending_.end());
}

std::string_view Shard::BodyForAttempt() {
  if (IsSampleOld(context_, lowest_t_ms_)) {
    DropOld();
    BuildBody();
  }
  context_.metrics.samples.total += counts_.samples;
  context_.metrics.exemplars.total += counts_.exemplars;
  context_.metrics.histograms.total += counts_.histograms;
  context_.metrics.metadata_total += metadata_count_;
  return body_;
}

std::optional<std::string> Shard::OnResponse(const StoreResult& result) {
  stats_.Add(result.stats);
  if (result.error || context_.version == WriteVersion::kV1) return std::nullopt;
  if (counts_.total() == 0 || !result.stats.NoDataWritten()) return std::nullopt;
  return fmt::format(
      "sent v2 request with {} samples, {} histograms and {} exemplars; got 2xx, but PRW 2.0 response header "
      "statistics indicate {} samples, {} histograms and {} exemplars were accepted; assumining failure e.g. the "
      "target only supports PRW 1.0 prometheus.WriteRequest, but does not check the Content-Type header correctly",
      counts_.samples, counts_.histograms, counts_.exemplars, result.stats.samples, result.stats.histograms,
      result.stats.exemplars);
}

void Shard::OnRetry() {
  context_.metrics.samples.retried += counts_.samples;
  context_.metrics.exemplars.retried += counts_.exemplars;
  context_.metrics.histograms.retried += counts_.histograms;
}

void Shard::OnSendDone(const std::optional<std::string>& error) {
  const bool canceled = error == "context canceled";
  if (!canceled) {
    context_.metrics.bytes += first_body_bytes_;
    context_.metrics.highest_sent_timestamp = std::max(context_.metrics.highest_sent_timestamp, highest_t_ms_ / 1000);
    // A receiver of 1.0 says nothing, and has taken all.
    if (!error && context_.version == WriteVersion::kV1 && !stats_.confirmed) {
      stats_ = {.samples = static_cast<std::int64_t>(counts_.samples),
                .histograms = static_cast<std::int64_t>(counts_.histograms),
                .exemplars = static_cast<std::int64_t>(counts_.exemplars)};
    }
  }
  CountOutcome(error);
  sending_.clear();
  if (canceled) return;
  SendNext();
  // It may destroy this, and with it itself.
  const std::function<void()> on_room = on_room_;
  on_room();
}

void Shard::CountOutcome(const std::optional<std::string>& error) {
  const std::int64_t samples = Missing(counts_.samples, stats_.samples);
  const std::int64_t histograms = Missing(counts_.histograms, stats_.histograms);
  const std::int64_t exemplars = Missing(counts_.exemplars, stats_.exemplars);
  QueueMetrics& metrics = context_.metrics;
  const auto count_failed = [](KindMetrics& kind, std::int64_t missing, std::size_t sent) {
    if (missing > 0) kind.failed += static_cast<std::uint64_t>(missing);
    kind.pending -= static_cast<std::int64_t>(sent);
  };
  count_failed(metrics.samples, samples, counts_.samples);
  count_failed(metrics.histograms, histograms, counts_.histograms);
  count_failed(metrics.exemplars, exemplars, counts_.exemplars);
  std::vector<std::pair<std::string, std::string>> attributes = {{"failedSampleCount", std::to_string(samples)},
                                                                 {"failedHistogramCount", std::to_string(histograms)},
                                                                 {"failedExemplarCount", std::to_string(exemplars)}};
  if (error) {
    attributes.emplace_back("err", *error);
    context_.Log(QueueLogLevel::kError, "non-recoverable error", std::move(attributes));
  } else if (samples + exemplars + histograms > 0) {
    context_.Log(QueueLogLevel::kError,
                 "we got 2xx status code from the Receiver yet statistics indicate some data was not written; "
                 "investigation needed",
                 std::move(attributes));
  }
  context_.items_out += counts_.total() + metadata_count_;
  context_.time_out += context_.engine.clock.MonotonicNow() - began_;
  context_.last_send_seconds = context_.WallSeconds();
}

SeriesCounts Shard::Abandon() {
  flushing_ = true;
  deadline_.Reset();
  SeriesCounts given_up;
  const auto give_up = [&](const std::vector<TimeSeries>& batch) {
    for (const TimeSeries& series : batch) {
      ++given_up.Of(series.type());
      KindMetrics& kind = context_.metrics.Of(series.type());
      ++kind.failed;
      --kind.pending;
    }
  };
  sender_.Cancel();
  for (const std::vector<TimeSeries>& batch : full_) give_up(batch);
  give_up(batch_);
  full_.clear();
  batch_.clear();
  return given_up;
}

}  // namespace stalemark
