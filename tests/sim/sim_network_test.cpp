// SPDX-License-Identifier: Apache-2.0
// SimNetwork: the seam's suite, the response script in time, replacing exporters, the request log.
#include "sim/sim_network.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/http/request_headers.h"
#include "sim/virtual_clock.h"
#include "tests/sim/transport_suite.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;

SimFault FaultOf(testing::PeerAnswer::Kind kind) {
  using Kind = testing::PeerAnswer::Kind;
  switch (kind) {
    case Kind::kComplete:
      return SimFault::kNone;
    case Kind::kRefuse:
      return SimFault::kRefuse;
    case Kind::kResetBeforeHead:
      return SimFault::kResetBeforeHead;
    case Kind::kTruncate:
      return SimFault::kTruncate;
    case Kind::kStallInBody:
      return SimFault::kHangBody;
    case Kind::kHang:
      return SimFault::kHang;
  }
  return SimFault::kNone;
}

std::unique_ptr<Exporter> Always(ResponseScript script) {
  std::vector<ScriptedExporter::Step> steps;
  steps.push_back({std::make_shared<const SimResponse>(std::move(script))});
  return std::make_unique<ScriptedExporter>(std::move(steps));
}

class SimNetworkUnderTest final : public testing::TransportUnderTest, private RequestLog {
 public:
  SimNetworkUnderTest() { network_.SetRequestLog(this); }
  Transport& transport() override { return network_; }
  std::string Answer(const testing::PeerAnswer& answer) override {
    ResponseScript script;
    script.status = answer.status;
    script.headers = answer.headers;
    script.body = answer.body;
    script.chunked = answer.chunked;
    script.fault = FaultOf(answer.kind);
    script.after = answer.body.size() / 2;
    network_.SetExporter("peer:80", Always(std::move(script)));
    return "peer:80";
  }
  void Settle() override { clock_.RunUntil(clock_.MonotonicNow() + std::chrono::hours{1}); }
  std::string LastRequest() const override { return last_request_; }

 private:
  void OnRequest(MonotonicTime, std::string_view, const HopRequest& request) override {
    last_request_ = request.target + " " + std::string(HeaderValue(request.headers, "User-Agent"));
  }
  void OnFailedDial(MonotonicTime, std::string_view, DialFailure) override {}

  VirtualClock clock_{WallTime{}};
  SimNetwork network_{clock_, clock_};
  std::string last_request_;
};

/// A network with a log of what reaches exporters and observers, with times in ms.
struct NetworkFixture : RequestLog, TransportObserver {
  NetworkFixture() { network.SetRequestLog(this); }

  std::unique_ptr<Exchange> Get(const std::string& address, std::vector<HttpHeader> headers = {}) {
    HopRequest request;
    request.scheme = "http";
    request.address = address;
    request.host = "h";
    request.target = "/m";
    request.headers = std::move(headers);
    return network.Start(request, *this);
  }
  void Note(const std::string& what) {
    log += std::to_string(clock.MonotonicNow().time_since_epoch() / milliseconds{1}) + " " + what + "\n";
  }
  void OnRequest(MonotonicTime, std::string_view exporter, const HopRequest& request) override {
    Note(std::string(exporter) + " " + RequestUrl(request));
  }
  void OnFailedDial(MonotonicTime, std::string_view exporter, DialFailure failure) override {
    Note(std::string(exporter) + " " + std::string(DialFailureName(failure)));
  }
  void OnHead(const ResponseHead& head) override { Note("head " + head.status_text); }
  void OnBody(std::string_view bytes) override {
    body = bytes;
    Note("body " + std::to_string(bytes.size()));
  }
  void OnEnd(const std::optional<TransportError>& error) override { Note("end " + (error ? error->message : "")); }
  void Settle() { clock.RunUntil(clock.MonotonicNow() + std::chrono::minutes{1}); }

  VirtualClock clock{WallTime{}};
  SimNetwork network{clock, clock};
  std::string log;
  std::string body;
};

ResponseScript Script(std::string body) {
  ResponseScript script;
  script.body = std::move(body);
  return script;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sim_network, NetworkFixture)

BOOST_AUTO_TEST_CASE(transport_seam) {
  testing::RunTransportSuite([] { return std::make_unique<SimNetworkUnderTest>(); });
}

BOOST_AUTO_TEST_CASE(delays_of_head_and_body) {
  ResponseScript script = Script("m 1\n");
  script.delay = milliseconds{100};
  script.body_delay = milliseconds{50};
  network.SetExporter("a:1", Always(script));
  const auto exchange = Get("a:1");
  Settle();
  BOOST_TEST(log == "0 a:1 http://h/m\n100 head 200 OK\n150 body 4\n150 end \n");
}

BOOST_AUTO_TEST_CASE(failed_dials_are_logged_when_they_begin) {
  ResponseScript refuse;
  refuse.fault = SimFault::kRefuse;
  refuse.delay = milliseconds{70};
  network.SetExporter("a:1", Always(refuse));
  ResponseScript silent;
  silent.fault = SimFault::kDialTimeout;
  network.SetExporter("b:2", Always(silent));
  const auto a = Get("a:1"), b = Get("b:2"), c = Get("c:3");
  Settle();
  BOOST_TEST(log ==
             "0 a:1 refuse\n0 b:2 dial_timeout\n0 c:3 unknown_exporter\n"
             "0 end dial tcp c:3: connect: connection refused\n70 end dial tcp a:1: connect: connection refused\n");
}

BOOST_AUTO_TEST_CASE(responses_are_used_up_in_order) {
  std::vector<ScriptedExporter::Step> steps;
  steps.push_back({std::make_shared<const SimResponse>(Script("one")), 2});
  steps.push_back({std::make_shared<const SimResponse>(Script("two!"))});
  network.SetExporter("a:1", std::make_unique<ScriptedExporter>(std::move(steps)));
  std::string bodies;
  for (int i = 0; i < 5; ++i) {
    const auto exchange = Get("a:1");
    Settle();
    bodies += body + " ";
  }
  BOOST_TEST(bodies == "one one two! two! two! ");
}

BOOST_AUTO_TEST_CASE(gzip_only_when_accepted) {
  ResponseScript script = Script(std::string(1000, 'x'));
  script.gzip = true;
  const SimResponse response(script);
  BOOST_TEST(response.WireFor({}).body.size() == 1000U);
  BOOST_TEST(response.WireFor({{"Accept-Encoding", "identity"}}).head.headers.empty());
  const SimResponse::Wire& packed = response.WireFor({{"Accept-Encoding", "gzip"}});
  BOOST_TEST(packed.body == Gzip(std::string(1000, 'x')));
  BOOST_TEST(HeaderValue(packed.head.headers, "Content-Encoding") == "gzip");
  BOOST_TEST((packed.head.content_length == packed.body.size()));
  // Compressed once.
  BOOST_TEST(&packed == &response.WireFor({{"Accept-Encoding", "gzip"}}));
}

BOOST_AUTO_TEST_CASE(status_lines) {
  const auto text = [](int status) {
    ResponseScript script;
    script.status = status;
    return SimResponse(script).WireFor({}).head.status_text;
  };
  BOOST_TEST(text(404) == "404 Not Found");
  BOOST_TEST(text(429) == "429 Too Many Requests");
  BOOST_TEST(text(599) == "599 status code 599");
}

BOOST_AUTO_TEST_CASE(an_exchange_in_flight_survives_its_exporter) {
  ResponseScript script = Script("old");
  script.delay = milliseconds{100};
  network.SetExporter("a:1", Always(script));
  const auto before = Get("a:1");
  network.SetExporter("a:1", nullptr);
  const auto after = Get("a:1");
  Settle();
  BOOST_TEST(log ==
             "0 a:1 http://h/m\n0 a:1 unknown_exporter\n0 end dial tcp a:1: connect: connection refused\n"
             "100 head 200 OK\n100 body 3\n100 end \n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
