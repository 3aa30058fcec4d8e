// SPDX-License-Identifier: Apache-2.0
// Tokens by client credentials: what is asked, what the answers mean, how long a token is kept, who waits for it.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/http/hop_client.h"
#include "core/http/request_headers.h"
#include "live/http/oauth2_token.h"
#include "live/http/oauth2_transport.h"
#include "live/loop/event_loop.h"
#include "tests/sim/transport_suite.h"

namespace stalemark::testing {
namespace {

using transport_suite::Recorder;

struct Answer {
  int status = 200;
  std::string body;
  std::string type = "application/json";
  std::optional<TransportError> error{};
  std::string location{};
  std::optional<std::uint64_t> content_length{};
  bool ends = true;
};

Answer Redirect(int status, std::string location) {
  return {status, "elsewhere", "text/html", std::nullopt, std::move(location)};
}

/// Answers in turn, through the loop; keeps what was asked.
class ScriptedPeers final : public Transport {
 public:
  explicit ScriptedPeers(EventLoop& loop) : loop_(loop) {}

  std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override {
    std::string asked = request.method + " " + request.address + request.target;
    for (const HttpHeader& header : request.headers) asked += "|" + header.name + ": " + header.value;
    sent.push_back(asked + "|" + std::string(request.body));
    clients.push_back(request.client);
    Answer answer;
    if (!answers.empty()) {
      answer = answers.front();
      answers.pop_front();
    }
    auto exchange = std::make_unique<Answering>();
    exchange->timer = loop_.ArmAt(loop_.MonotonicNow(), [&observer, answer, given_up = exchange->given_up] {
      if (answer.error) return observer.OnEnd(answer.error);
      ResponseHead head;
      head.status = answer.status;
      head.status_text = std::to_string(answer.status) + " Text";
      head.headers = {{"Content-Type", answer.type}};
      if (!answer.location.empty()) head.headers.push_back({"Location", answer.location});
      head.content_length = answer.content_length;
      observer.OnHead(head);
      if (!*given_up && !answer.body.empty()) observer.OnBody(answer.body);
      if (!*given_up && answer.ends) observer.OnEnd(std::nullopt);
    });
    return exchange;
  }

  std::deque<Answer> answers;
  std::vector<std::string> sent;
  std::vector<std::shared_ptr<const HopClient>> clients;

 private:
  struct Answering final : Exchange {
    ~Answering() override { *given_up = true; }
    const std::shared_ptr<bool> given_up = std::make_shared<bool>(false);
    Timer timer;
  };
  EventLoop& loop_;
};

struct OAuth2Fixture {
  OAuth2Fixture() {
    auto scripted = std::make_unique<ScriptedPeers>(loop);
    peers = scripted.get();
    transport = std::make_unique<OAuth2Transport>(loop, loop, std::move(scripted));
    settings.client_id = "me";
    settings.client_secret = "a b";
    settings.token_url = "http://tokens:80/token";
  }

  HopRequest Request() const {
    HopRequest request;
    request.scheme = "http";
    request.address = "target:80";
    request.target = "/metrics";
    request.headers = {{"User-Agent", "agent"}, {"Accept", "text/plain"}, {"X-Later", "1"}};
    HopClient client;
    client.oauth2 = settings;
    request.client = std::make_shared<const HopClient>(client);
    return request;
  }
  std::unique_ptr<Recorder> Start() {
    auto recorder = std::make_unique<Recorder>();
    recorder->exchange = transport->Start(Request(), *recorder);
    BOOST_TEST(recorder->calls == "");
    return recorder;
  }
  void Settle() {
    while (loop.RunOnce(std::chrono::milliseconds(0))) continue;
  }
  /// How one request ends: the text of its error, or of its body.
  std::string Fetch() {
    const std::unique_ptr<Recorder> recorder = Start();
    Settle();
    BOOST_REQUIRE(!recorder->calls.empty());
    return recorder->last_error ? recorder->last_error->message : recorder->body;
  }

  EventLoop loop;
  ScriptedPeers* peers;
  std::unique_ptr<OAuth2Transport> transport;
  OAuth2 settings;
};

constexpr const char* kToken = R"({"access_token":"t1","token_type":"bearer","expires_in":3600})";

BOOST_FIXTURE_TEST_CASE(HTTP_15_a_token_is_fetched_once_and_sent_with_each_request, OAuth2Fixture) {
  settings.scopes = {"s1", "s2"};
  settings.endpoint_params = {{"audience", "a&b"}};
  peers->answers = {{200, kToken}, {200, "m 1\n"}, {200, "m 2\n"}};
  BOOST_TEST(Fetch() == "m 1\n");
  BOOST_TEST(Fetch() == "m 2\n");
  const std::vector<std::string> expected = {
      "POST tokens:80/token|User-Agent: agent|Authorization: Basic bWU6YSti|Content-Type: "
      "application/x-www-form-urlencoded|audience=a%26b&grant_type=client_credentials&scope=s1+s2",
      "GET target:80/metrics|User-Agent: agent|Accept: text/plain|Authorization: Bearer t1|X-Later: 1|",
      "GET target:80/metrics|User-Agent: agent|Accept: text/plain|Authorization: Bearer t1|X-Later: 1|"};
  BOOST_TEST(peers->sent == expected, boost::test_tools::per_element());
  // The target's connection knows nothing of tokens.
  BOOST_TEST((peers->clients[1] == nullptr));
}

BOOST_FIXTURE_TEST_CASE(HTTP_15_a_token_that_is_about_to_expire_is_fetched_anew, OAuth2Fixture) {
  peers->answers = {{200, R"({"access_token":"t1","expires_in":"10"})"}, {200, "m 1\n"}, {200, kToken}, {200, "m 2\n"}};
  BOOST_TEST(Fetch() == "m 1\n");
  BOOST_TEST(Fetch() == "m 2\n");
  BOOST_TEST(peers->sent.size() == 4U);
}

BOOST_FIXTURE_TEST_CASE(HTTP_15_another_secret_needs_another_token, OAuth2Fixture) {
  peers->answers = {{200, kToken}, {200, "m 1\n"}, {200, R"({"access_token":"t2"})"}, {200, "m 2\n"}};
  BOOST_TEST(Fetch() == "m 1\n");
  settings.client_secret = "rotated";
  BOOST_TEST(Fetch() == "m 2\n");
  BOOST_TEST(peers->sent.back().find("Bearer t2") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(HTTP_15_credentials_in_the_body_are_tried_when_the_header_is_refused, OAuth2Fixture) {
  peers->answers = {{401, "no"}, {200, R"({"access_token":"t1","expires_in":10})"}, {200, "m 1\n"}, {200, kToken}};
  BOOST_TEST(Fetch() == "m 1\n");
  Fetch();
  const std::string in_body =
      "POST tokens:80/token|User-Agent: agent|Content-Type: "
      "application/x-www-form-urlencoded|client_id=me&client_secret=a+b&grant_type=client_credentials";
  BOOST_TEST(peers->sent[1] == in_body);
  // And stays.
  BOOST_TEST(peers->sent[3] == in_body);
}

BOOST_FIXTURE_TEST_CASE(HTTP_15_requests_wait_for_one_token_and_may_be_given_up, OAuth2Fixture) {
  peers->answers = {{200, kToken}, {200, "m\n"}, {200, "m\n"}};
  const std::unique_ptr<Recorder> first = Start();
  std::unique_ptr<Recorder> second = Start();
  const std::unique_ptr<Recorder> third = Start();
  second->exchange.reset();
  Settle();
  BOOST_TEST(first->calls == "hbe");
  BOOST_TEST(second->calls == "");
  BOOST_TEST(third->calls == "hbe");
  BOOST_TEST(peers->sent.size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(HTTP_15_failures_have_upstreams_texts_and_nothing_is_sent_without_a_token, OAuth2Fixture) {
  const struct {
    Answer answer;
    std::string text;
  } rows[] = {
      {{401, "who?"}, "oauth2: cannot fetch token: 401 Text\nResponse: who?"},
      {{400, R"({"error":"invalid_client","error_description":"no \"x\""})"}, R"(oauth2: "invalid_client" "no \"x\"")"},
      {{200, R"({"error":"odd"})"}, R"(oauth2: "odd")"},
      {{200, "{}"}, "oauth2: server response missing access_token"},
      {{200, "["}, "oauth2: cannot parse json: the answer is no JSON object"},
      {{200, "error=e&error_uri=u%2Fv", "text/plain; charset=utf-8"}, R"(oauth2: "e" "u/v")"},
      {{0, "", "", TransportError{TransportErrorKind::kRefused, "dial tcp 1.1.1.1:80: connect: connection refused"}},
       R"(Post "http://tokens:80/token": dial tcp 1.1.1.1:80: connect: connection refused)"},
  };
  for (const auto& row : rows) {
    peers->answers = {row.answer, row.answer};
    BOOST_TEST(Fetch() == row.text);
  }
  for (const std::string& sent : peers->sent) BOOST_TEST(sent.find("target:80") == std::string::npos);
  settings.endpoint_params = {{"scope", "mine"}};
  settings.scopes = {"s"};
  BOOST_TEST(Fetch() == "oauth2: cannot overwrite parameter \"scope\"");
}

// What Go 1.26 sends, with golang.org/x/oauth2 0.36 and the same answers.
BOOST_AUTO_TEST_CASE(HTTP_15_redirects_are_followed_as_by_upstreams_client) {
  const std::string first =
      "POST tokens:80/token|User-Agent: agent|Authorization: Basic bWU6YSti|Content-Type: "
      "application/x-www-form-urlencoded|grant_type=client_credentials";
  const std::string form = "|Content-Type: application/x-www-form-urlencoded";
  const std::string from_token = "|Referer: http://tokens:80/token|";
  const struct {
    const char* name;
    std::deque<Answer> redirects;
    std::vector<std::string> sent;  ///< after the first
  } rows[] = {
      {"308",
       {Redirect(308, "/other?q=1")},
       {"POST tokens:80/other?q=1|User-Agent: agent|Authorization: Basic bWU6YSti" + form + from_token +
        "grant_type=client_credentials"}},
      {"302", {Redirect(302, "/b")}, {"GET tokens:80/b|User-Agent: agent|Authorization: Basic bWU6YSti" + from_token}},
      {"a subdomain",
       {Redirect(301, "http://a.tokens/b")},
       {"GET a.tokens:80/b|User-Agent: agent|Authorization: Basic bWU6YSti" + from_token}},
      {"the header stays at home, the form does not",
       {Redirect(307, "https://other/t")},
       {"POST other:443/t|User-Agent: agent" + form + from_token + "grant_type=client_credentials"}},
      {"and it does not come back",
       {Redirect(303, "http://other/t"), Redirect(307, "http://tokens:80/c")},
       {"GET other:80/t|User-Agent: agent" + from_token, "GET tokens:80/c|User-Agent: agent|Referer: http://other/t|"}},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      OAuth2Fixture fixture;
      fixture.peers->answers = row.redirects;
      fixture.peers->answers.push_back({200, kToken});
      fixture.peers->answers.push_back({200, "m 1\n"});
      BOOST_TEST(fixture.Fetch() == "m 1\n");
      std::vector<std::string> sent = fixture.peers->sent;
      sent.pop_back();
      std::vector<std::string> expected = {first};
      expected.insert(expected.end(), row.sent.begin(), row.sent.end());
      BOOST_TEST(sent == expected, boost::test_tools::per_element());
      // Its own connections, whose settings are those of the endpoint, whatever the host.
      for (std::size_t i = 0; i < sent.size(); ++i) BOOST_TEST(!fixture.peers->clients[i]->enable_http2);
    }
  }
}

// http.Client reads 2 KiB of a redirect's body at most, and nothing when Content-Length says more.
BOOST_AUTO_TEST_CASE(HTTP_15_a_redirect_whose_body_does_not_end_is_followed) {
  const struct {
    std::optional<std::uint64_t> content_length;
    std::size_t sent;
    bool is_followed;
  } rows[] = {{1'000'000'000, 0, true}, {2049, 0, true},   {2048, 0, false}, {2048, 2047, false}, {2048, 2048, true},
              {std::nullopt, 0, false}, {{}, 2047, false}, {{}, 2048, true}, {{}, 3000, true}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.content_length.value_or(0) << ", sent " << row.sent) {
      OAuth2Fixture fixture;
      Answer redirect = Redirect(307, "/other");
      redirect.content_length = row.content_length;
      redirect.body = std::string(row.sent, 'x');
      redirect.ends = false;
      fixture.peers->answers = {redirect, {200, kToken}, {200, "m 1\n"}};
      const std::unique_ptr<Recorder> recorder = fixture.Start();
      fixture.Settle();
      BOOST_TEST(recorder->body == (row.is_followed ? "m 1\n" : ""));
      BOOST_TEST(fixture.peers->sent.size() == (row.is_followed ? 3U : 1U));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(HTTP_15_redirects_that_cannot_be_followed, OAuth2Fixture) {
  const struct {
    Answer answer;
    std::string text;
    std::size_t sent;
  } rows[] = {
      {Redirect(307, "/again"), R"(Post "/again": stopped after 10 redirects)", 20},
      {Redirect(302, "http://["),
       R"(Post "http://tokens:80/token": failed to parse Location header "http://[": parse "http://[": missing ']' in host)",
       2},
      {Redirect(302, "ftp://x/y"), R"(Post "ftp://x/y": unsupported protocol scheme "ftp")", 2},
      {Redirect(302, ""), "oauth2: cannot fetch token: 302 Text\nResponse: elsewhere", 2},
      {Redirect(304, "/b"), "oauth2: cannot fetch token: 304 Text\nResponse: elsewhere", 2},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      peers->sent.clear();
      peers->answers.assign(20, row.answer);
      BOOST_TEST(Fetch() == row.text);
      // Both ways to say who asks.
      BOOST_TEST(peers->sent.size() == row.sent);
    }
  }
  // Where it was led to is what fails.
  const Answer refused{0, "", "", TransportError{TransportErrorKind::kRefused, "connect: connection refused"}};
  peers->answers = {Redirect(302, "http://u:p@other/b"), refused, Redirect(302, "http://u:p@other/b"), refused};
  BOOST_TEST(Fetch() == R"(Post "http://u:***@other/b": connect: connection refused)");
}

BOOST_FIXTURE_TEST_CASE(HTTP_15_a_form_may_carry_the_token, OAuth2Fixture) {
  peers->answers = {{200, "access_token=a%2Bb&token_type=MAC&expires_in=3600", "application/x-www-form-urlencoded"}};
  Fetch();
  BOOST_TEST(peers->sent.back().find("Authorization: MAC a+b|") != std::string::npos);
}

}  // namespace
}  // namespace stalemark::testing
