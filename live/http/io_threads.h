// SPDX-License-Identifier: Apache-2.0
// IoThreads: a Transport whose sockets, TLS and HTTP/2 run on threads of their own, each with an EventLoop and a
// CurlTransport. The engine's thread only takes what has arrived.
//
// A peer always belongs to the same thread, so that its connections are found again. What a thread has received waits
// in its queue, whose bytes are bounded: a thread whose queue is full waits for the engine, and its peers with it. The
// engine never waits. Observers are called on the loop given here, in the order of the seam.
//
// Exchanges must not outlive this, and this not the loop. The destructor waits for the threads.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/seams/transport.h"
#include "live/http/curl_transport.h"
#include "live/loop/event_loop.h"

namespace stalemark {

struct IoThreadsOptions {
  /// At least 1.
  unsigned threads = 1;
  /// Body bytes that may wait for the engine, for each thread.
  std::size_t queued_bytes_max = std::size_t{16} << 20;
  CurlTransportOptions transport{};
};

class IoThreads final : public Transport {
 public:
  IoThreads(EventLoop& loop, const IoThreadsOptions& options);
  ~IoThreads() override;
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  [[nodiscard]] std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override;

 private:
  class Worker;
  /// Shared: work that is posted to either loop may be the last to refer to a worker.
  std::vector<std::shared_ptr<Worker>> workers_;
};

/// By the machine's cores: none up to two, where the engine's thread does it all; then one for every two, at most four.
unsigned DefaultIoThreads();

/// A CurlTransport on the loop itself without threads, else IoThreads.
std::unique_ptr<Transport> MakeLiveTransport(EventLoop& loop, unsigned threads,
                                             const CurlTransportOptions& options = {});

}  // namespace stalemark
