// SPDX-License-Identifier: Apache-2.0
// WebServer: the HTTP/1.1 listener of the live process, on the engine's loop: requests are small and answers whole, so
// that it needs no threads, and a slow client holds nothing but its connection.
//
// Bounded: connections (the one idle for longest makes room), the size of a request, the time it may take to come, the
// time without progress while an answer is sent, the bytes of answers that wait, and the end: two seconds for what is
// being answered. Bodies of requests are thrown away. Everything on the loop's thread; answers come from one handler.
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
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  /// `host:port`, `:port` for all addresses; port 0: any free one. An error says why it cannot listen there.
  Status Listen(const std::string& address);
  /// host:port, once it listens.
  const std::string& address() const { return address_; }
  int port() const { return port_; }
  /// Begins to serve.
  void Start();
  /// Takes no further requests; calls back, never inside Stop, when the last one is answered or its time is over.
  void Stop(std::function<void()> done);

 private:
  class Listener;

  EventLoop& loop_;
  const Handler handler_;
  std::string address_;
  int port_ = 0;
  /// Shared: an answer may come when this is gone.
  std::shared_ptr<Listener> listener_;
};

}  // namespace stalemark
