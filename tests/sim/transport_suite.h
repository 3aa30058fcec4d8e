// SPDX-License-Identifier: Apache-2.0
// What every Transport must do. An implementation's test gives a factory and calls RunTransportSuite. The peer of the
// suite is described, not scripted: a simulated network and a live one with a real server can both be it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/seams/transport.h"

namespace stalemark::testing {

/// What the peer does with the next request.
struct PeerAnswer {
  enum class Kind {
    kComplete,
    kRefuse,           ///< nobody listens
    kResetBeforeHead,  ///< reads the request, closes
    kTruncate,         ///< sends the head and half of the body, closes
    kStallInBody,      ///< sends the head and half of the body, nothing more
    kHang,             ///< reads the request, sends nothing
  };
  Kind kind = Kind::kComplete;
  int status = 200;
  std::vector<HttpHeader> headers{};
  std::string body{};
  bool chunked = false;
};

/// One implementation with one peer, freshly made.
class TransportUnderTest {
 public:
  virtual ~TransportUnderTest() = default;
  virtual Transport& transport() = 0;
  /// Prepares the peer and returns the address it answers at.
  virtual std::string Answer(const PeerAnswer& answer) = 0;
  /// Lets things happen until nothing more can be expected to.
  virtual void Settle() = 0;
  /// Request target and User-Agent of the last request that the peer has read.
  virtual std::string LastRequest() const = 0;
};

using TransportFactory = std::function<std::unique_ptr<TransportUnderTest>()>;

namespace transport_suite {

/// Writes down what it is told; may destroy the exchange at one of the calls.
class Recorder final : public TransportObserver {
 public:
  enum class DestroyAt { kNever, kHead, kBody, kEnd };
  explicit Recorder(DestroyAt destroy_at = DestroyAt::kNever) : destroy_at_(destroy_at) {}

  void OnHead(const ResponseHead& head) override {
    calls += 'h';
    last_head = head;
    DestroyIf(DestroyAt::kHead);
  }
  void OnBody(std::string_view bytes) override {
    if (calls.empty() || calls.back() != 'b') calls += 'b';
    body += bytes;
    DestroyIf(DestroyAt::kBody);
  }
  void OnEnd(const std::optional<TransportError>& error) override {
    calls += 'e';
    last_error = error;
    DestroyIf(DestroyAt::kEnd);
  }

  /// `h`, `b` (for any number of body calls in a row), `e`.
  std::string calls;
  ResponseHead last_head;
  std::string body;
  std::optional<TransportError> last_error;
  std::unique_ptr<Exchange> exchange;

 private:
  void DestroyIf(DestroyAt at) {
    if (destroy_at_ == at) exchange.reset();
  }
  DestroyAt destroy_at_;
};

inline void Run(TransportUnderTest& under_test, const PeerAnswer& answer, Recorder* recorder) {
  HopRequest request;
  request.scheme = "http";
  request.address = under_test.Answer(answer);
  request.host = request.address;
  request.target = "/metrics?a=b";
  request.headers = {{"User-Agent", "suite"}};
  recorder->exchange = under_test.transport().Start(request, *recorder);
  BOOST_TEST(recorder->calls == "");
  under_test.Settle();
}

inline void DeliversHeadBodyEnd(TransportUnderTest& under_test) {
  for (const bool chunked : {false, true}) {
    Recorder recorder;
    PeerAnswer answer;
    answer.status = 404;
    answer.headers = {{"Content-Type", "text/plain"}, {"X-Other", "1"}};
    answer.body = "not here\n";
    answer.chunked = chunked;
    Run(under_test, answer, &recorder);
    BOOST_TEST(recorder.calls == "hbe");
    BOOST_TEST(recorder.last_head.status == 404);
    BOOST_TEST(recorder.last_head.status_text == "404 Not Found");
    BOOST_TEST((recorder.last_head.content_length == std::optional<std::uint64_t>(9)) == !chunked);
    BOOST_TEST(recorder.last_head.content_length.has_value() == !chunked);
    BOOST_TEST(recorder.body == "not here\n");
    BOOST_TEST(!recorder.last_error.has_value());
    BOOST_TEST(under_test.LastRequest() == "/metrics?a=b suite");
  }
}

inline void EmptyAndBodilessResponsesEnd(TransportUnderTest& under_test) {
  for (const int status : {200, 204, 304}) {
    Recorder recorder;
    PeerAnswer answer;
    answer.status = status;
    Run(under_test, answer, &recorder);
    BOOST_TEST(recorder.calls == "he");
    BOOST_TEST(!recorder.last_error.has_value());
  }
}

inline void DecodesNothing(TransportUnderTest& under_test) {
  Recorder recorder;
  PeerAnswer answer;
  answer.headers = {{"Content-Encoding", "gzip"}};
  answer.body = "\x1f\x8b these bytes are no gzip";
  Run(under_test, answer, &recorder);
  BOOST_TEST(recorder.calls == "hbe");
  BOOST_TEST(recorder.body == answer.body);
}

inline void FollowsNothing(TransportUnderTest& under_test) {
  Recorder recorder;
  PeerAnswer answer;
  answer.status = 302;
  answer.headers = {{"Location", "/elsewhere"}};
  answer.body = "moved\n";
  Run(under_test, answer, &recorder);
  BOOST_TEST(recorder.calls == "hbe");
  BOOST_TEST(recorder.last_head.status == 302);
  BOOST_TEST(under_test.LastRequest() == "/metrics?a=b suite");
}

inline void ReportsErrorsOnce(TransportUnderTest& under_test) {
  const struct {
    PeerAnswer::Kind kind;
    TransportErrorKind want;
    const char* calls;
    const char* message;  ///< null: depends on the address
  } rows[] = {{PeerAnswer::Kind::kRefuse, TransportErrorKind::kRefused, "e", nullptr},
              {PeerAnswer::Kind::kResetBeforeHead, TransportErrorKind::kResetBeforeHead, "e", "EOF"},
              {PeerAnswer::Kind::kTruncate, TransportErrorKind::kTruncated, "hbe", "unexpected EOF"}};
  for (const auto& row : rows) {
    for (const bool chunked : {false, true}) {
      Recorder recorder;
      PeerAnswer answer;
      answer.kind = row.kind;
      answer.body = "m_a 1\nm_b 2\n";
      answer.chunked = chunked;
      Run(under_test, answer, &recorder);
      BOOST_TEST(recorder.calls == row.calls);
      BOOST_REQUIRE(recorder.last_error.has_value());
      BOOST_TEST((recorder.last_error->kind == row.want));
      if (row.message != nullptr) {
        BOOST_TEST(recorder.last_error->message == row.message);
      } else {
        BOOST_TEST(recorder.last_error->message.find(": connect: connection refused") != std::string::npos);
      }
    }
  }
}

inline void WaitsForASilentPeer(TransportUnderTest& under_test) {
  Recorder hang, stall;
  PeerAnswer answer;
  answer.kind = PeerAnswer::Kind::kHang;
  Run(under_test, answer, &hang);
  BOOST_TEST(hang.calls == "");
  answer.kind = PeerAnswer::Kind::kStallInBody;
  answer.body = "m_a 1\nm_b 2\n";
  Run(under_test, answer, &stall);
  BOOST_TEST(stall.calls == "hb");
  // Destroying an exchange in any state is how a deadline ends it.
  hang.exchange.reset();
  stall.exchange.reset();
  under_test.Settle();
  BOOST_TEST(hang.calls == "");
  BOOST_TEST(stall.calls == "hb");
}

inline void TellsNothingAfterDestruction(TransportUnderTest& under_test) {
  using DestroyAt = Recorder::DestroyAt;
  const struct {
    DestroyAt at;
    const char* calls;
  } rows[] = {{DestroyAt::kHead, "h"}, {DestroyAt::kBody, "hb"}, {DestroyAt::kEnd, "hbe"}};
  for (const auto& row : rows) {
    Recorder recorder(row.at);
    PeerAnswer answer;
    answer.body = "m_a 1\n";
    Run(under_test, answer, &recorder);
    BOOST_TEST(recorder.calls == row.calls);
    BOOST_TEST((recorder.exchange == nullptr));
  }
}

}  // namespace transport_suite

inline void RunTransportSuite(const TransportFactory& make) {
  using Check = void (*)(TransportUnderTest&);
  const struct {
    const char* name;
    Check check;
  } checks[] = {
      {"delivers head, body, end", transport_suite::DeliversHeadBodyEnd},
      {"empty and bodiless responses end", transport_suite::EmptyAndBodilessResponsesEnd},
      {"decodes nothing", transport_suite::DecodesNothing},
      {"follows nothing", transport_suite::FollowsNothing},
      {"reports errors once", transport_suite::ReportsErrorsOnce},
      {"waits for a silent peer", transport_suite::WaitsForASilentPeer},
      {"tells nothing after destruction", transport_suite::TellsNothingAfterDestruction},
  };
  for (const auto& row : checks) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::unique_ptr<TransportUnderTest> under_test = make();
      row.check(*under_test);
    }
  }
}

}  // namespace stalemark::testing
