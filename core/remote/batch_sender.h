// SPDX-License-Identifier: Apache-2.0
// BatchSender: sends one request until it is taken or refused for good (RW-09, RW-10). Mirrors
// sendWriteRequestWithBackoff of storage/remote/queue_manager.go.
//
// The first pause is min_backoff, or what Retry-After says; each further one twice the last, up to max_backoff.
// Single-threaded. The batch and the context outlive the sender, whose destruction ends everything silently.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/remote/queue_context.h"

namespace stalemark {

/// What is sent, and who is told.
class SendableBatch {
 public:
  virtual ~SendableBatch() = default;
  /// Before each attempt: the compressed request, valid until the attempt is over.
  virtual std::string_view BodyForAttempt() = 0;
  /// After each attempt. A text: what is wrong with a response that is a 2xx.
  virtual std::optional<std::string> OnResponse(const StoreResult& result) = 0;
  virtual void OnRetry() = 0;
  /// The end, once; it may start the sender anew.
  virtual void OnSendDone(const std::optional<std::string>& error) = 0;
};

class BatchSender {
 public:
  explicit BatchSender(QueueContext& context)
      : context_(context), client_(context.engine, context.config, context.user_agent) {}

  bool busy() const { return batch_ != nullptr; }
  /// Requires: not busy.
  void Start(SendableBatch& batch);
  /// Gives up at once: the batch's end is the error `context canceled`. Does nothing when not busy.
  void Cancel();

 private:
  void Attempt();
  void OnStored(const StoreResult& result);
  void Retry();
  void Finish(const std::optional<std::string>& error);

  QueueContext& context_;
  WriteClient client_;
  SendableBatch* batch_ = nullptr;
  int attempt_ = 0;
  Nanoseconds backoff_{0};
  MonotonicTime attempt_began_{};
  std::string last_error_;
  Timer pause_;
};

}  // namespace stalemark
