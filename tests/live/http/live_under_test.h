// SPDX-License-Identifier: Apache-2.0
// The live transports as the seam's suite wants them.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "core/http/reason_phrase.h"
#include "live/http/io_threads.h"
#include "tests/live/http/scripted_server.h"
#include "tests/sim/transport_suite.h"

namespace stalemark::testing {

inline ServerScript ScriptOf(const PeerAnswer& answer) {
  using Kind = PeerAnswer::Kind;
  if (answer.kind == Kind::kResetBeforeHead) return {Close()};
  if (answer.kind == Kind::kHang) return {Hold()};
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, ReasonPhrase(answer.status));
  for (const HttpHeader& header : answer.headers) head += fmt::format("{}: {}\r\n", header.name, header.value);
  const bool has_body = answer.status != 204 && answer.status != 304;
  if (answer.chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (has_body) {
    head += fmt::format("Content-Length: {}\r\n", answer.body.size());
  }
  const bool is_whole = answer.kind == Kind::kComplete;
  const std::string part = is_whole ? answer.body : answer.body.substr(0, answer.body.size() / 2);
  std::string bytes = part;
  if (answer.chunked) bytes = fmt::format("{:x}\r\n{}\r\n{}", part.size(), part, is_whole ? "0\r\n\r\n" : "");
  ServerScript script{Send(head + "\r\n")};
  if (!bytes.empty()) script.push_back(Send(bytes));
  if (answer.kind == Kind::kTruncate) script.push_back(Close());
  if (answer.kind == Kind::kStallInBody) script.push_back(Hold());
  return script;
}

/// A live transport with a scripted server on the same loop.
class LiveUnderTest final : public TransportUnderTest {
 public:
  /// `quiet`: when nothing has happened for so long, nothing will.
  LiveUnderTest(unsigned threads, std::chrono::milliseconds quiet)
      : quiet_(quiet), transport_(MakeLiveTransport(loop_, threads).transport) {}
  Transport& transport() override { return *transport_; }
  std::string Answer(const PeerAnswer& answer) override {
    std::string address = server_->address();
    if (answer.kind == PeerAnswer::Kind::kRefuse) {
      server_->Stop();
      server_ = std::make_unique<ScriptedServer>(loop_);
    } else {
      server_->Play(ScriptOf(answer));
    }
    return address;
  }
  void Settle() override {
    while (loop_.RunOnce(quiet_)) {
    }
  }
  std::string LastRequest() const override {
    const std::string& request = server_->requests().back();
    const std::size_t target = request.find(' ') + 1;
    const std::size_t agent = request.find("User-Agent: ") + 12;
    return request.substr(target, request.find(' ', target) - target) + " " +
           request.substr(agent, request.find('\r', agent) - agent);
  }

 private:
  const std::chrono::milliseconds quiet_;
  EventLoop loop_;
  std::unique_ptr<ScriptedServer> server_ = std::make_unique<ScriptedServer>(loop_);
  std::unique_ptr<Transport> transport_;
};

}  // namespace stalemark::testing
