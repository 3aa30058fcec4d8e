// SPDX-License-Identifier: Apache-2.0
// A server on loopback that does what a script says, byte by byte: what no decent server does. It runs on the loop of
// the test, so nothing waits for another thread.
//
// Each request that is read takes the next script; when they are used up the last one is played again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "live/loop/event_loop.h"

namespace stalemark::testing {

struct ServerStep {
  enum class Do {
    kSend,   ///< `bytes`, `times` times
    kPause,  ///< for `pause`
    kWait,   ///< for GoOn
    kClose,
    kReset,  ///< closes with a TCP reset
    kHold,   ///< nothing more, and reads no more either
  };
  Do what = Do::kSend;
  std::string bytes{};
  std::uint64_t times = 1;
  std::chrono::milliseconds pause{0};
};

using ServerScript = std::vector<ServerStep>;

inline ServerStep Send(std::string bytes, std::uint64_t times = 1) {
  return {ServerStep::Do::kSend, std::move(bytes), times};
}
inline ServerStep Pause(std::chrono::milliseconds pause) {
  return {ServerStep::Do::kPause, {}, 1, pause};
}
inline ServerStep Wait() {
  return {ServerStep::Do::kWait};
}
inline ServerStep Close() {
  return {ServerStep::Do::kClose};
}
inline ServerStep Reset() {
  return {ServerStep::Do::kReset};
}
inline ServerStep Hold() {
  return {ServerStep::Do::kHold};
}

class ScriptedServer {
 public:
  explicit ScriptedServer(EventLoop& loop);
  ~ScriptedServer();

  /// `127.0.0.1:PORT`, the port chosen by the kernel.
  std::string address() const;
  /// Forgets earlier scripts.
  void PlayEach(std::vector<ServerScript> scripts);
  void Play(ServerScript script) { PlayEach({std::move(script)}); }
  /// What is done with a connection before a request is read; one empty script: nothing.
  void PlayOnConnect(ServerScript script) { on_connect_ = std::move(script); }
  /// From now on whatever comes is a request: of a protocol that is not HTTP.
  void TakeAnyBytes() { takes_any_bytes_ = true; }
  /// Connections that wait go on.
  void GoOn();
  /// Whether all that was sent has come to the other end's kernel.
  bool has_delivered() const;
  /// Listens no more: connections are refused. Open ones are closed.
  void Stop();

  /// The requests as they came, with their bodies.
  const std::vector<std::string>& requests() const { return requests_; }
  int connections() const { return connections_; }
  std::size_t open_connections() const { return open_.size(); }
  std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  class Connection;

  void Accept();
  const ServerScript& NextScript();
  void Drop(Connection* connection);

  EventLoop& loop_;
  OwnedFd listener_;
  FdWatch watch_;
  std::vector<ServerScript> scripts_;
  std::size_t next_script_ = 0;
  ServerScript on_connect_;
  bool takes_any_bytes_ = false;
  std::vector<std::unique_ptr<Connection>> open_;
  std::vector<std::unique_ptr<Connection>> dropped_;
  std::vector<std::string> requests_;
  int connections_ = 0;
  std::uint64_t bytes_sent_ = 0;
};

}  // namespace stalemark::testing
