// SPDX-License-Identifier: Apache-2.0
// A loop, a scripted server and a CurlTransport, for tests of one exchange after another.
#pragma once

#include <boost/test/unit_test.hpp>

#include "live/http/curl_transport.h"
#include "tests/live/http/scripted_server.h"
#include "tests/sim/transport_suite.h"

namespace stalemark::testing {

/// In the order in which they end.
struct HttpFixture {
  EventLoop loop;
  ScriptedServer server{loop};
  CurlTransport transport{loop};

  HopRequest Request() const {
    HopRequest request;
    request.scheme = "http";
    request.address = server.address();
    request.host = "example.com";
    request.target = "/metrics";
    request.headers = {{"User-Agent", "Prometheus/3.14.0"}, {"Accept", "text/plain"}};
    return request;
  }

  /// Runs the loop until `done`, in 20 s at most.
  template <class Done>
  void RunUntil(const Done& done) {
    const MonotonicTime limit = loop.MonotonicNow() + std::chrono::seconds(20);
    while (!done()) {
      BOOST_REQUIRE((loop.MonotonicNow() < limit));
      loop.RunOnce(std::chrono::milliseconds(100));
    }
  }

  void Fetch(const HopRequest& request, transport_suite::Recorder* recorder) {
    recorder->exchange = transport.Start(request, *recorder);
    RunUntil([&] { return !recorder->calls.empty() && recorder->calls.back() == 'e'; });
  }
};

}  // namespace stalemark::testing
