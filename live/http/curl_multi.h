// SPDX-License-Identifier: Apache-2.0
// CurlMulti: libcurl's transfers on an EventLoop. It watches the sockets and keeps the timer that libcurl asks for
// (CURLMOPT_SOCKETFUNCTION, CURLMOPT_TIMERFUNCTION) and reports transfers that are over.
//
// libcurl forbids to add or remove transfers inside its own callbacks, where observers run. Here both may be called at
// any time: what is asked for inside a callback happens when libcurl has returned. Nothing is reported inside Add.
//
// An idle HTTP/1 connection on which the peer has said something is not used again, as http.Transport's readLoop does
// it: the bytes would be taken for the next response. libcurl does so itself from 8.0 on. The handles are those of
// CurlTransfers. Single-threaded; must not outlive the loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include <curl/curl.h>

#include "live/loop/event_loop.h"

namespace stalemark {

class CurlMultiObserver {
 public:
  virtual ~CurlMultiObserver() = default;
  /// The transfer is over and has been taken out; never inside one of libcurl's callbacks.
  virtual void OnTransferDone(CURL* easy, CURLcode result) = 0;
  /// A transfer that Remove was called for is out: its handle may be used again or freed.
  virtual void OnTransferRemoved(CURL* easy) = 0;
};

struct CurlMultiOptions {
  /// Idle connections that are kept, of all hosts together.
  long idle_connections_max = 20'000;
};

class CurlMulti {
 public:
  CurlMulti(EventLoop& loop, CurlMultiObserver& observer, const CurlMultiOptions& options);
  /// Requires: no transfer is left.
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  void Add(CURL* easy);
  /// Gives the transfer up; its connection is closed unless the transfer was over.
  void Remove(CURL* easy);

 private:
  struct Socket {
    FdWatch watch;
    int wanted = CURL_POLL_NONE;
  };

  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* socket_data);
  static int OnTimer(CURLM* multi, long timeout_ms, void* self);
  static int OnClose(void* self, curl_socket_t socket);
  void Watch(curl_socket_t socket, int what);
  void Unwatch(curl_socket_t socket, std::optional<std::size_t> http1_peer);
  void EndIdle(curl_socket_t socket);
  /// Makes libcurl find the idle connections dead on which something has come, where a new transfer may choose them.
  void EndUnasked();
  /// Lets libcurl act on a socket, or on its timer.
  void Act(curl_socket_t socket, int events);
  /// What was asked for meanwhile, and what is over.
  void Settle();

  EventLoop& loop_;
  CurlMultiObserver& observer_;
  CURLM* const multi_;
  /// Those that transfers use.
  std::unordered_map<curl_socket_t, Socket> sockets_;
  struct IdleSocket {
    curl_socket_t socket;
    std::size_t peer;
  };
  /// Of HTTP/1 connections. Few enough to look through: libcurl does it for each transfer, too.
  std::vector<IdleSocket> idle_;
  Timer timer_;
  /// In one of libcurl's functions, perhaps in a callback from it.
  bool inside_ = false;
  /// Added, and libcurl has not yet chosen their connections.
  std::vector<CURL*> fresh_;
  std::vector<CURL*> to_add_;
  std::vector<CURL*> to_remove_;
};

}  // namespace stalemark
