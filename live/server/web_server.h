// SPDX-License-Identifier: Apache-2.0
// WebServer: the HTTP listener of the live process. Its threads only read requests and write answers: each request is
// posted to the engine's loop and waited for, at most 30 s. Connections wait for a free thread; a client that sends
// nothing holds one for 5 s.
//
// Made and stopped on the loop's thread. Answers come from one handler, called on that thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/model/result.h"
#include "live/api/api.h"
#include "live/loop/event_loop.h"

namespace stalemark {

class WebServer {
 public:
  using Reply = std::function<void(ApiAnswer answer)>;
  using Handler = std::function<void(const ApiRequest& request, Reply reply)>;

  /// The loop outlives it.
  WebServer(EventLoop& loop, Handler handler);
  /// Requires: stopped, or never started.
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  /// `host:port`, `:port` for all addresses; port 0: any free one. An error: it cannot listen there.
  Status Listen(const std::string& address);
  /// host:port, once it listens.
  const std::string& address() const { return address_; }
  int port() const { return port_; }
  /// Begins to serve, on threads of its own.
  void Start();
  /// Takes no further requests; calls back on the loop when the last one is answered.
  void Stop(std::function<void()> done);

 private:
  class Threads;

  EventLoop& loop_;
  const Handler handler_;
  std::string address_;
  int port_ = 0;
  std::unique_ptr<Threads> threads_;
};

}  // namespace stalemark
