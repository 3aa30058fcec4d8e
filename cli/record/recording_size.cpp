// SPDX-License-Identifier: Apache-2.0
#include "cli/record/recording_size.h"

#include <string_view>

#include <fmt/format.h>

#include "core/seams/recording.h"

namespace stalemark::cli {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// The reader takes 4 million values and 64 MiB of text (docs/formats/recording.md). What a second more may bring, and
/// timers beside the requests, have room.
struct SizeLimit {
  std::size_t RecordingSize::*of;
  std::size_t max;
  std::string_view what;
};
constexpr SizeLimit kLimits[] = {
    {&RecordingSize::requests, 40'000, "requests"},
    {&RecordingSize::nodes, 3'500'000, "values in recording.yml"},
    {&RecordingSize::text_bytes, 56 * kMiB, "bytes in recording.yml"},
    {&RecordingSize::log_bytes, 1024 * kMiB, "bytes of memory for the comparison"},
};

/// An exchange with all its keys, one chunk and two timers.
constexpr std::size_t kExchangeNodes = 64;
constexpr std::size_t kExchangeBytes = 640;
constexpr std::size_t kListNodes = 3;
constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kChunkBytes = 40;

}  // namespace

std::string FullReason(const RecordingSize& size) {
  for (const SizeLimit& limit : kLimits) {
    if (size.*limit.of >= limit.max) return fmt::format("{} of at most {} {}", size.*limit.of, limit.max, limit.what);
  }
  return {};
}

class SizedTransport::SizedHop final : public Exchange, private TransportObserver {
 public:
  SizedHop(SizedTransport& transport, TransportObserver& observer)
      : size_(transport.size_), holds_(transport.holds_), observer_(observer) {}
  void Start(Transport& inner, const HopRequest& request) { inner_ = inner.Start(request, *this); }

 private:
  // The observer may destroy this: it is told last.
  void OnHead(const ResponseHead& head) override {
    for (const HttpHeader& header : head.headers) {
      size_.nodes += kListNodes;
      size_.text_bytes += header.name.size() + header.value.size() + kHeaderBytes;
    }
    is_held_ = holds_ && head.status == 200;
    observer_.OnHead(head);
  }
  void OnBody(std::string_view bytes) override {
    if (!is_held_) {
      size_.nodes += kListNodes;
      size_.text_bytes += kChunkBytes;
    }
    observer_.OnBody(bytes);
  }
  void OnEnd(const std::optional<TransportError>& error) override {
    if (error) size_.text_bytes += error->message.size();
    observer_.OnEnd(error);
  }

  RecordingSize& size_;
  const bool holds_;
  TransportObserver& observer_;
  bool is_held_ = false;
  std::unique_ptr<Exchange> inner_;
};

std::unique_ptr<Exchange> SizedTransport::Start(const HopRequest& request, TransportObserver& observer) {
  ++size_.requests;
  size_.nodes += kExchangeNodes;
  size_.text_bytes += kExchangeBytes + RecordedUrl(request).size();
  auto hop = std::make_unique<SizedHop>(*this, observer);
  hop->Start(inner_, request);
  return hop;
}

}  // namespace stalemark::cli
