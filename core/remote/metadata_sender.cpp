// SPDX-License-Identifier: Apache-2.0
#include "core/remote/metadata_sender.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/compression/compression.h"
#include "core/remote/write_request.h"

namespace stalemark {

void MetadataSender::Append(std::vector<Metadata> metadata) {
  const std::int64_t configured = context_.config.metadata.max_samples_per_send;
  const std::size_t per_request = configured > 0 ? static_cast<std::size_t>(configured) : 1;
  for (std::size_t begin = 0; begin < metadata.size(); begin += per_request) {
    const std::size_t end = std::min(begin + per_request, metadata.size());
    std::vector<Metadata>& request = waiting_.emplace_back();
    for (std::size_t i = begin; i < end; ++i) request.push_back(std::move(metadata[i]));
  }
  if (!sender_.busy()) SendNext();
}

void MetadataSender::SendNext() {
  if (waiting_.empty()) return;
  sending_ = std::move(waiting_.front());
  waiting_.pop_front();
  message_.clear();
  body_.clear();
  EncodeMetadataRequest(sending_, message_);
  SnappyEncode(message_, body_);
  sender_.Start(*this);
}

void MetadataSender::OnSendDone(const std::optional<std::string>& error) {
  if (error) {
    context_.metrics.metadata_failed += sending_.size();
    context_.Log(QueueLogLevel::kError, "non-recoverable error while sending metadata",
                 {{"count", std::to_string(sending_.size())}, {"err", *error}});
  } else {
    context_.metrics.metadata_total += sending_.size();
    context_.metrics.metadata_bytes += body_.size();
  }
  sending_.clear();
  SendNext();
  if (idle()) on_idle_();
}

void MetadataSender::Abandon() {
  waiting_.clear();
  sender_.Cancel();
}

}  // namespace stalemark
