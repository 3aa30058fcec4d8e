// SPDX-License-Identifier: Apache-2.0
// Why a name could not be looked up. Texts and names are those of Go 1.26's own resolver, asked with a server that
// answers each name so.
#include "live/http/name_lookup.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <netdb.h>

#include "core/http/hop_client.h"
#include "tests/live/http/http_fixture.h"

namespace stalemark {
namespace {

using std::chrono::seconds;
using testing::HttpFixture;
using testing::Send;
using testing::transport_suite::Recorder;

/// No resolver knows it (RFC 6761), so libcurl fails in any case, and the transport asks `ask`.
constexpr const char* kNowhere = "does-not-exist.invalid:80";

struct LookupFixture : HttpFixture {
  explicit LookupFixture(AskName ask) : asking(loop, OptionsWith(std::move(ask))) {}

  static CurlTransportOptions OptionsWith(AskName ask) {
    CurlTransportOptions options;
    options.ask_name = std::move(ask);
    return options;
  }
  std::string Told(const HopRequest& request) {
    Recorder recorder;
    recorder.exchange = asking.Start(request, recorder);
    RunUntil([&] { return !recorder.calls.empty(); });
    BOOST_REQUIRE(recorder.calls == "e");
    BOOST_TEST((recorder.last_error->kind == TransportErrorKind::kResolve));
    return recorder.last_error->message;
  }
  HopRequest To(const char* address) const {
    HopRequest request = Request();
    request.address = address;
    return request;
  }

  CurlTransport asking;
};

/// Answers nothing until it is told to.
class StuckResolver {
 public:
  AskName ask(int code) {
    return [this, code](const std::string&) {
      std::unique_lock lock(mutex_);
      ++asked_;
      released_.wait(lock, [this] { return is_released_; });
      ++answered_;
      return code;
    };
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    is_released_ = true;
    released_.notify_all();
  }
  ~StuckResolver() {
    Release();
    while (!IsOver()) std::this_thread::yield();
  }

 private:
  bool IsOver() {
    const std::lock_guard lock(mutex_);
    return answered_ == asked_;
  }

  std::mutex mutex_;
  std::condition_variable released_;
  bool is_released_ = false;
  int asked_ = 0, answered_ = 0;
};

std::string Asked(const char* name) {
  const std::string server = ResolvConf::OfSystem().server;
  const bool is_v6 = server.find(':') != std::string::npos;
  return fmt::format("dial tcp: lookup {} on {}:53: ", name, is_v6 ? "[" + server + "]" : server);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(name_lookup)

BOOST_AUTO_TEST_CASE(causes_in_upstreams_words) {
  const ResolvConf conf{"10.0.0.2", seconds(5), 2};
  const struct {
    int code;
    seconds took;
    const char* cause;
  } rows[] = {
      {EAI_NONAME, seconds(0), "no such host"},      {EAI_NONAME, seconds(20), "no such host"},
      {EAI_NODATA, seconds(0), "no such host"},      {EAI_ADDRFAMILY, seconds(0), "no such host"},
      {EAI_AGAIN, seconds(0), "server misbehaving"}, {EAI_AGAIN, seconds(9), "server misbehaving"},
      {EAI_AGAIN, seconds(10), "i/o timeout"},       {EAI_FAIL, seconds(0), "server misbehaving"},
      {0, seconds(0), "server misbehaving"},         {EAI_MEMORY, seconds(0), "memory allocation failure"},
      {EAI_SYSTEM, seconds(0), "system error"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.code << " after " << row.took.count() << " s") {
      const LookupFailure failure = DescribeLookup(row.code, row.took, conf);
      BOOST_TEST(failure.server == "10.0.0.2");
      BOOST_TEST(failure.cause == row.cause);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_resolvers_configuration) {
  const struct {
    const char* text;
    const char* server;
    int patience_s;
  } rows[] = {
      {"", "127.0.0.1", 10},
      {"nameserver 10.0.0.2\nnameserver 10.0.0.3\n", "10.0.0.2", 10},
      {"# nameserver 1.1.1.1\nsearch a b\nnameserver\tfe80::1\n", "fe80::1", 10},
      {"nameserver 10.0.0.2\noptions ndots:5 timeout:1 attempts:3 rotate\n", "10.0.0.2", 3},
      {"options timeout:x attempts:\noptions timeout:0\n", "127.0.0.1", 2},
      {"options timeout:31 attempts:1\n", "127.0.0.1", 30},
      {"options timeout:3600 attempts:6\n", "127.0.0.1", 150},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      std::istringstream file(row.text);
      const ResolvConf conf = ResolvConf::Read(file);
      BOOST_TEST(conf.server == row.server);
      BOOST_TEST(conf.patience().count() == row.patience_s);
    }
  }
}

BOOST_AUTO_TEST_CASE(names_that_no_server_is_asked_for) {
  const std::string label(63, 'a');
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'a');
  for (const std::string& name : {std::string("."), std::string("a"), std::string("a.b."), std::string("_a.b-c.9"),
                                  std::string("1a"), std::string("1-1"), longest, longest + "."}) {
    BOOST_TEST(IsDomainName(name), name);
  }
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a..b"), std::string(".a"),
                                  std::string("-a"), std::string("a-"), std::string("a-.b"), std::string("127.0.0.300"),
                                  std::string("\xc3\xa4"), label + "a", label + "a.b", longest + "a"}) {
    BOOST_TEST(!IsDomainName(name), name);
  }
}

BOOST_AUTO_TEST_CASE(a_failed_look_up_says_why) {
  const struct {
    int code;
    const char* cause;
  } rows[] = {{EAI_NONAME, "no such host"}, {EAI_AGAIN, "server misbehaving"}, {0, "server misbehaving"}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.code) {
      std::string asked;
      LookupFixture fixture([&](const std::string& name) {
        asked = name;
        return row.code;
      });
      BOOST_TEST(fixture.Told(fixture.To(kNowhere)) == Asked("does-not-exist.invalid") + row.cause);
      BOOST_TEST(asked == "does-not-exist.invalid");
    }
  }
}

BOOST_AUTO_TEST_CASE(the_proxys_name_is_the_one_that_is_asked_for) {
  std::string asked;
  LookupFixture fixture([&](const std::string& name) {
    asked = name;
    return EAI_AGAIN;
  });
  HopClient client;
  client.proxy.proxy_url = "http://no-proxy.invalid:3128";
  HopRequest request = fixture.Request();
  request.client = std::make_shared<const HopClient>(client);
  BOOST_TEST(fixture.Told(request) == "proxyconnect tcp: " + Asked("no-proxy.invalid") + "server misbehaving");
  BOOST_TEST(asked == "no-proxy.invalid");
}

BOOST_AUTO_TEST_CASE(what_is_no_name_is_not_asked_for) {
  LookupFixture fixture([](const std::string&) -> int { std::abort(); });
  BOOST_TEST(fixture.Told(fixture.To("a b:80")) == "dial tcp: lookup a b: no such host");
  BOOST_TEST(fixture.Told(fixture.To("a-.invalid:80")) == "dial tcp: lookup a-.invalid: no such host");
}

BOOST_AUTO_TEST_CASE(giving_up_meanwhile_and_the_end_of_all_do_not_wait_for_the_resolver) {
  std::mutex resolver;
  std::unique_lock stuck(resolver);
  std::atomic<int> asked{0}, answered{0};
  {
    LookupFixture fixture([&](const std::string&) {
      ++asked;
      { const std::lock_guard lock(resolver); }
      ++answered;
      return EAI_AGAIN;
    });
    Recorder given_up;
    given_up.exchange = fixture.asking.Start(fixture.To(kNowhere), given_up);
    fixture.RunUntil([&] { return asked == 1; });
    given_up.exchange.reset();
    // The handle is free for the next request.
    fixture.server.Play({Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n")});
    Recorder next;
    next.exchange = fixture.asking.Start(fixture.Request(), next);
    fixture.RunUntil([&] { return !next.calls.empty() && next.calls.back() == 'e'; });
    BOOST_TEST(next.calls == "hbe");
    BOOST_TEST(given_up.calls.empty());
  }
  BOOST_TEST(answered == 0);
  stuck.unlock();
  while (answered == 0) std::this_thread::yield();
}

BOOST_AUTO_TEST_CASE(one_question_answers_all_who_wait_for_its_name) {
  StuckResolver resolver;
  HttpFixture fixture;
  NameLookups lookups(fixture.loop, resolver.ask(EAI_NONAME));
  std::string told;
  std::array<NameLookups::Question, 4> questions;
  const auto ask = [&](std::size_t i, const char* name) {
    questions[i] = lookups.Ask(name, [&, i](int code, Nanoseconds took) {
      BOOST_TEST(code == EAI_NONAME);
      BOOST_TEST(took.count() > 0);
      told += static_cast<char>('0' + i);
      // Who is told releases another one that waits, and asks again.
      if (i == 0) questions[3].reset();
      if (i == 2) questions[i] = lookups.Ask("a", [&](int, Nanoseconds) { told += "again"; });
    });
    BOOST_TEST(questions[i] != nullptr);
  };
  for (std::size_t i = 0; i < questions.size(); ++i) ask(i, "a");
  fixture.RunUntil([&] { return resolver.asked() == 1; });
  questions[1].reset();
  resolver.Release();
  fixture.RunUntil([&] { return told.size() > 2; });
  BOOST_TEST(told == "02again");
  BOOST_TEST(resolver.asked() == 2);
}

BOOST_AUTO_TEST_CASE(a_question_without_waiters_is_joined_by_the_next) {
  StuckResolver resolver;
  HttpFixture fixture;
  NameLookups lookups(fixture.loop, resolver.ask(EAI_AGAIN));
  bool first_told = false, next_told = false;
  NameLookups::Question first = lookups.Ask("a", [&](int, Nanoseconds) { first_told = true; });
  first.reset();
  const NameLookups::Question next = lookups.Ask("a", [&](int, Nanoseconds) { next_told = true; });
  resolver.Release();
  fixture.RunUntil([&] { return next_told; });
  BOOST_TEST(!first_told);
  BOOST_TEST(resolver.asked() == 1);
}

BOOST_AUTO_TEST_CASE(names_beyond_the_threads_are_answered_at_once) {
  constexpr std::size_t kMax = NameLookups::kThreadsMax;
  StuckResolver resolver;
  LookupFixture fixture(resolver.ask(EAI_NONAME));
  std::array<Recorder, kMax + 2> recorders;
  const auto start = [&](std::size_t i, const std::string& name) {
    recorders[i].exchange = fixture.asking.Start(fixture.To((name + ".invalid:80").c_str()), recorders[i]);
  };
  for (std::size_t i = 0; i < kMax; ++i) start(i, fmt::format("n{}", i));
  fixture.RunUntil([&] { return resolver.asked() == static_cast<int>(kMax); });
  start(kMax, "n0");
  start(kMax + 1, "late");
  fixture.RunUntil([&] { return !recorders[kMax + 1].calls.empty(); });
  BOOST_TEST(recorders[kMax + 1].last_error->message == Asked("late.invalid") + "server misbehaving");
  BOOST_TEST(resolver.asked() == static_cast<int>(kMax));
  for (std::size_t i = 0; i <= kMax; ++i) BOOST_TEST(recorders[i].calls.empty());

  resolver.Release();
  const auto is_told = [](const Recorder& recorder) { return recorder.calls == "e"; };
  fixture.RunUntil([&] { return std::all_of(recorders.begin(), recorders.end(), is_told); });
  BOOST_TEST(recorders[0].last_error->message == Asked("n0.invalid") + "no such host");
  BOOST_TEST(recorders[kMax].last_error->message == Asked("n0.invalid") + "no such host");
  // The threads are free again.
  Recorder next;
  next.exchange = fixture.asking.Start(fixture.To("late.invalid:80"), next);
  fixture.RunUntil([&] { return is_told(next); });
  BOOST_TEST(next.last_error->message == Asked("late.invalid") + "no such host");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
