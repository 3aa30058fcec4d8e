// SPDX-License-Identifier: Apache-2.0
// MetadataSender: sends metadata of families in requests of their own, one after the other (RW-12, 1.0 only). Mirrors
// AppendWatcherMetadata and sendMetadataWithBackoff of storage/remote/queue_manager.go.
//
// Single-threaded. The context outlives the sender.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/metadata.h"
#include "core/remote/batch_sender.h"

namespace stalemark {

class MetadataSender final : private SendableBatch {
 public:
  /// `on_idle`: everything was sent or refused.
  MetadataSender(QueueContext& context, std::function<void()> on_idle)
      : context_(context), on_idle_(std::move(on_idle)), sender_(context) {}

  void Append(std::vector<Metadata> metadata);
  bool idle() const { return !sender_.busy() && waiting_.empty(); }
  void Abandon();

 private:
  std::string_view BodyForAttempt() override { return body_; }
  std::optional<std::string> OnResponse(const StoreResult&) override { return std::nullopt; }
  void OnRetry() override { context_.metrics.metadata_retried += sending_.size(); }
  void OnSendDone(const std::optional<std::string>& error) override;
  void SendNext();

  QueueContext& context_;
  const std::function<void()> on_idle_;
  std::deque<std::vector<Metadata>> waiting_;
  std::vector<Metadata> sending_;
  std::string message_;
  std::string body_;
  BatchSender sender_;
};

}  // namespace stalemark
