// SPDX-License-Identifier: Apache-2.0
// IoThreads: a Transport whose sockets, TLS and HTTP/2 run on threads of their own, each with an EventLoop and a
// CurlTransport, and the Unpacker of what it receives. The engine's thread only takes what has arrived.
//
// A peer always belongs to the same thread, so that its connections are found again; a packed body goes to the thread
// that has the fewest packed bytes to do. What a thread has received or unpacked waits in its queue, whose bytes are
// bounded: a thread whose queue is full waits for the engine, and its peers with it. The engine never waits: where as
// many packed bytes wait for a thread, it unpacks itself. Observers are called on the loop given here, in the order of
// the seam.
//
// Exchanges and unpackings must not outlive this, and this not the loop. The destructor waits for the threads.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/http/unpacker.h"
#include "core/seams/transport.h"
#include "live/http/curl_transport.h"
#include "live/loop/event_loop.h"

namespace stalemark {

struct IoThreadsOptions {
  /// At least 1.
  unsigned threads = 1;
  /// Body bytes that may wait for the engine, for each thread, and as many packed ones that wait for the thread.
  std::size_t queued_bytes_max = std::size_t{16} << 20;
  /// Packed bodies that are smaller, some hundred series, are unpacked by the engine: to wake two threads takes as
  /// long.
  std::size_t handed_over_min = 2048;
  CurlTransportOptions transport{};
};

class IoThreads final : public Transport, public Unpacker {
 public:
  IoThreads(EventLoop& loop, const IoThreadsOptions& options);
  ~IoThreads() override;
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  [[nodiscard]] std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override;
  [[nodiscard]] std::unique_ptr<Unpacking> Start(UnpackJob& job, UnpackObserver& observer) override;

 private:
  class Worker;
  const IoThreadsOptions options_;
  InlineUnpacker inline_unpacker_;
  /// Shared: work that is posted to either loop may be the last to refer to a worker.
  std::vector<std::shared_ptr<Worker>> workers_;
};

/// By the machine's cores: none up to two, where the engine's thread does it all; then one for every two, at most four.
unsigned DefaultIoThreads();

struct LiveTransport {
  std::unique_ptr<Transport> transport;
  /// Lives as long as the transport; null without threads.
  Unpacker* unpacker = nullptr;
};

/// A CurlTransport on the loop itself without threads, else IoThreads.
LiveTransport MakeLiveTransport(EventLoop& loop, unsigned threads, const CurlTransportOptions& options = {});

}  // namespace stalemark
