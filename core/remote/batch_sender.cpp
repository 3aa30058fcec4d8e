// SPDX-License-Identifier: Apache-2.0
#include "core/remote/batch_sender.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

#include "core/model/duration.h"

namespace stalemark {

void BatchSender::Start(SendableBatch& batch) {
  assert(!busy());
  batch_ = &batch;
  attempt_ = 0;
  backoff_ = context_.config.queue.min_backoff;
  Attempt();
}

void BatchSender::Attempt() {
  const std::string_view body = batch_->BodyForAttempt();
  attempt_began_ = context_.engine.clock.MonotonicNow();
  client_.Store(body, attempt_, [this](const StoreResult& result) { OnStored(result); });
}

void BatchSender::OnStored(const StoreResult& result) {
  const Nanoseconds took = context_.engine.clock.MonotonicNow() - attempt_began_;
  context_.metrics.sent_batch_duration.Observe(std::chrono::duration<double>(took).count());
  const std::optional<std::string> objection = batch_->OnResponse(result);
  if (!result.error || !result.recoverable) {
    Finish(result.error ? result.error : objection);
    return;
  }
  last_error_ = *result.error;
  const Nanoseconds pause = result.retry_after > Nanoseconds(0) ? result.retry_after : backoff_;
  if (result.retry_after > Nanoseconds(0)) {
    context_.Log(QueueLogLevel::kInfo, "Retrying after duration specified by Retry-After header",
                 {{"duration", FormatDuration(pause)}});
  }
  const std::int64_t until =
      context_.WallSeconds() + 2 * std::chrono::duration_cast<std::chrono::seconds>(pause).count();
  context_.reshard_disabled_until = std::max(context_.reshard_disabled_until, until);
  backoff_ = std::min(2 * pause, context_.config.queue.max_backoff);
  pause_ = context_.engine.scheduler.ArmAt(context_.engine.clock.MonotonicNow() + pause, [this] {
    Retry();
    ++attempt_;
    Attempt();
  });
}

void BatchSender::Retry() {
  batch_->OnRetry();
  context_.Log(QueueLogLevel::kWarn, "Failed to send batch, retrying", {{"err", last_error_}});
}

void BatchSender::Cancel() {
  if (!busy()) return;
  client_.Cancel();
  pause_.Reset();
  last_error_ = "context canceled";
  Retry();
  Finish("context canceled");
}

void BatchSender::Finish(const std::optional<std::string>& error) {
  SendableBatch* const batch = std::exchange(batch_, nullptr);
  batch->OnSendDone(error);
}

}  // namespace stalemark
