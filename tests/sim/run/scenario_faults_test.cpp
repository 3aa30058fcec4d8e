// SPDX-License-Identifier: Apache-2.0
// Faults of scenarios: what each makes of a scrape, at a request, at a phase of a scrape. The error texts are those of
// Go 1.26's net/http and of Prometheus 3.14. The base scenario's grid: 15.546 s and every 15 s.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

constexpr const char* kM = "m{instance=\"a:80\",job=\"j\"}";

/// Number `scrape`, from 1: `up` or its error.
std::string OutcomeOf(const ScenarioResult& result, std::size_t scrape) {
  if (result.record.scrapes().size() < scrape) return "no scrape: " + Failures(result);
  const RunRecord::Scrape& found = result.record.scrapes()[scrape - 1];
  return found.finished ? (found.error.empty() ? "up" : found.error) : "unfinished";
}

std::string Values(const ScenarioResult& result, std::string_view series) {
  std::string values;
  std::string word;
  for (const char c : Stored(result, series) + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      values += (values.empty() ? "" : " ") + word.substr(word.find('=') + 1);
      word.clear();
    }
  }
  return values;
}

BOOST_AUTO_TEST_SUITE(scenario_faults)

BOOST_AUTO_TEST_CASE(every_fault_at_a_request) {
  struct Row {
    const char* fault;
    const char* outcome;
    /// Of the series, by sample.
    const char* m;
  };
  // Request 3 is scrape 3. Faults that spoil an answer use up its value, the others do not.
  constexpr const char* kLost = "1 2 stale 3 4";
  constexpr const char* kUsed = "1 2 stale 4 5";
  constexpr const char* kDeadline = "context deadline exceeded";
#define GET "Get \"http://a:80/metrics\": "
  const Row rows[] = {
      {"resolve", GET "dial tcp: lookup a on 127.0.0.53:53: no such host", kLost},
      {"refuse", GET "dial tcp a:80: connect: connection refused", kLost},
      {"refuse, delay: 11s", GET "context deadline exceeded", kLost},
      {"dial_timeout", GET "context deadline exceeded", kLost},
      {"tls", "server returned HTTP status 400 Bad Request", kLost},
      {"reset", GET "read tcp 127.0.0.1:40000->a:80: read: connection reset by peer", kLost},
      {"reset_before_head", GET "EOF", kLost},
      {"reset_in_head", GET "net/http: HTTP/1.x transport connection broken: unexpected EOF", kLost},
      {"hang", GET "context deadline exceeded", kLost},
      {"status, status: 418", "server returned HTTP status 418 I'm a teapot", kLost},
      {"redirect, location: /b", "up", "1 2 3 4 5"},
      {"redirect, location: 'http://b:1/'", "Get \"http://b:1/\": dial tcp b:1: connect: connection refused", kLost},
      {"truncate, after: 2", "unexpected EOF", kUsed},
      {"reset_body, after: 2", "read tcp 127.0.0.1:40000->a:80: read: connection reset by peer", kUsed},
      {"hang_body, after: 2", kDeadline, kUsed},
      {"slow, delay: 11s", GET "context deadline exceeded", kUsed},
      {"slow_body, delay: 11s", kDeadline, kUsed},
      {"drip, bytes: 1, delay: 3s", "up", "1 2 3 4 5"},
      {"drip, bytes: 1, delay: 4s", kDeadline, kUsed},
      {"empty", "up", kUsed},
      {"extra_body", "up", "1 2 3 4 5"},
      {"content_type",
       "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target",
       kUsed},
      {"content_type, content_type: text/html",
       "received unsupported Content-Type \"text/html\" and no fallback_scrape_protocol specified for target", kUsed},
      {"bad_gzip", "unexpected EOF", kUsed},
      {"bad_gzip, after: 10", "flate: corrupt input before offset 5", kUsed},
      {"gzip_bomb, bytes: 3000000", "body size limit exceeded", kUsed},
      {"gzip_bomb, bytes: 3000", "up", "1 2 3 4 5"},
      {"oversize, bytes: 2000000", "body size limit exceeded", kUsed},
      {"oversize, bytes: 2", "up", "1 2 3 4 5"},
      {"corrupt, xor: 1", "up", "1 2 stale 4 5"},
      {"non_utf8", "expected a valid start token, got \"\\xff\" (\"INVALID\") while parsing: \"\\xff\"", kUsed},
  };
#undef GET
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.fault) {
      std::string text =
          TextOf({.duration = "1m20s",
                  .events = std::string("  - {request: 3, exporter: 'a:80', fault: ") + row.fault + "}\n"});
      text.replace(text.find("{job_name: j,"), 13, "{job_name: j, body_size_limit: 1MB,");
      const ScenarioResult result = RunText(text);
      BOOST_TEST(OutcomeOf(result, 3) == row.outcome);
      BOOST_TEST(Values(result, kM) == row.m);
      BOOST_TEST(Failures(result) == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_handshake_fails_where_there_is_one) {
  const auto run = [](const std::string& keys) {
    std::string text =
        TextOf({.duration = "1m", .events = "  - {request: 2, exporter: 'a:80', fault: tls" + keys + "}\n"});
    text.replace(text.find("{job_name: j,"), 13, "{job_name: j, scheme: https,");
    return OutcomeOf(RunText(text), 2);
  };
  BOOST_TEST(run("") ==
             "Get \"https://a:80/metrics\": tls: failed to verify certificate: x509: certificate signed by unknown "
             "authority");
  BOOST_TEST(run(", error: 'remote error: tls: handshake failure'") ==
             "Get \"https://a:80/metrics\": remote error: tls: handshake failure");
}

BOOST_AUTO_TEST_CASE(a_redirect_loop_makes_ten_requests) {
  const auto run = [](const std::string& requests) {
    return RunText(TextOf(
        {.duration = "1m20s", .events = "  - {request: " + requests + ", exporter: 'a:80', fault: redirect_loop}\n"}));
  };
  BOOST_TEST(OutcomeOf(run("3-12"), 3) == "Get \"/metrics\": stopped after 10 redirects");
  // The tenth request is answered.
  BOOST_TEST(OutcomeOf(run("3-11"), 3) == "up");
}

BOOST_AUTO_TEST_CASE(faults_meet_the_answer_of_a_response_as_it_is_sent) {
  const auto run = [](const std::string& response, const std::string& fault) {
    return OutcomeOf(RunText(TextOf({.duration = "20s",
                                     .exporter = "responses: [{" + response + "}]",
                                     .events = "  - {request: 1, exporter: 'a:80', fault: " + fault + "}\n"})),
                     1);
  };
  BOOST_TEST(run("body: \"m 1\\n\", gzip: true", "extra_body") == "up");
  BOOST_TEST(run("body: \"m 1\\n\", chunked: true", "extra_body") == "up");
  BOOST_TEST(run("body: \"metric 1\\n# more\\n\", gzip: true", "bad_gzip") == "gzip: invalid header");
  BOOST_TEST(run("body: 'm{a=\"b\"} 1'", "non_utf8") == "invalid UTF-8 label value: \"\\\"\\xffb\\\"\"");
  BOOST_TEST(run("body: \"m 1\\n\", chunked: true", "'truncate', after: 4") == "unexpected EOF");
  BOOST_TEST(run("body: \"m 1\\n\"", "truncate, after: 4") == "up");
}

BOOST_AUTO_TEST_CASE(appends_fail_by_kind) {
  struct Row {
    const char* append;
    const char* outcome;
    const char* up;
  };
  // Out of order and duplicate are left out; out of bounds too, but not of stale markers and report samples. Any other
  // refusal ends the scrape, and all is rolled back.
  const Row rows[] = {
      {"{kind: out_of_order}", "up", "1 1 1 1"},
      {"{kind: duplicate}", "up", "1 1 1 1"},
      {"{kind: out_of_bounds}", "out of bounds", "1 1 1 1"},
      {"{kind: too_old}", "too old sample", "1 1 1 1"},
      {"{kind: other, error: disk}", "disk", "1 1 1 1"},
      {"{error: disk}", "disk", "1 1 1 1"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.append) {
      const ScenarioResult result = RunText(TextOf(
          {.duration = "1m20s", .events = std::string("  - {at: 40s, for: 10s, append: ") + row.append + "}\n"}));
      BOOST_TEST(OutcomeOf(result, 3) == row.outcome);
      BOOST_TEST(Values(result, "up{instance=\"a:80\",job=\"j\"}") == row.up);
      BOOST_TEST(Values(result, kM) == "1 2 4 5");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_drifting_clock_gains_and_keeps_what_it_gained) {
  const ScenarioResult result =
      RunText(TextOf({.duration = "1m20s", .events = "  - {at: 20s, clock: {drift: 10000ppm}, for: 30s}\n"}));
  // 1% of what passed since 20 s: 0.105 s at 30.546 s, 0.255 s at 45.546 s, 0.3 s from 50 s on.
  BOOST_TEST(Stored(result, kM) == "15.546=1 30.652=2 45.802=3 60.846=4 75.846=5");
}

// ---- at a phase of a scrape ----

BOOST_AUTO_TEST_CASE(an_event_happens_at_the_phase_that_it_waits_for) {
  struct Row {
    const char* phase;
    const char* at;
  };
  // Scrape 3 begins at 45.546 s; its head comes after 2 s, its body 3 s later, and its commit takes 4 s.
  const Row rows[] = {{"waiting", "30.546"},
                      {"waiting, after: 5s", "35.546"},
                      {"connecting", "45.546"},
                      {"head", "45.546"},
                      {"body", "47.546"},
                      {"parse", "50.546"},
                      {"append", "50.546"},
                      {"commit", "50.546"},
                      {"commit, after: 1500ms", "52.046"}};
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.phase) {
      RunOptions options;
      options.lines = RunOptions::Lines::kTimeline;
      const ScenarioResult result =
          RunText(TextOf({.duration = "1m20s",
                          .exporter = "responses: [{body: \"m 1\\n\", repeat: 2}, "
                                      "{body: \"m 1\\n\", delay: 2s, body_delay: 3s}]",
                          .events = std::string("  - {during: {exporter: 'a:80', scrape: 3, phase: ") + row.phase +
                                    "}, clock: {step: 1s}}\n  - {at: 44s, commit: {delay: 4s}, for: 10s}\n"}),
                  options);
      BOOST_TEST(Failures(result) == "");
      std::string found;
      for (const TimelineLine& line : result.timeline) {
        if (line.detail.find("steps by 1s") != std::string::npos) found = TimelineText(line);
      }
      BOOST_TEST(found.find(std::string(row.at) + "s  ") != std::string::npos, found);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_event_that_never_happens_is_a_failure) {
  const auto run = [](const std::string& event) {
    return Failures(RunText(TextOf({.events = "  - {" + event + "}\n"})));
  };
  BOOST_TEST(run("during: {exporter: 'a:80', scrape: 9, phase: head}, pause: 1s") ==
             "dir/s.yml:12:5: the process stands still for 1s: never happened: 7 scrapes of a:80 began, and the phase "
             "head of scrape 9 did not\n");
  BOOST_TEST(run("request: 9, exporter: 'a:80', fault: refuse") ==
             "dir/s.yml:12:5: a:80: refuse: never happened: a:80 got 7 requests\n");
  BOOST_TEST(run("request: 7-9, exporter: 'a:80', fault: refuse") == "");
}

BOOST_AUTO_TEST_CASE(targets_and_configurations_go_back_to_those_of_the_start) {
  const ScenarioResult result = RunText(TextOf({.events = "  - {at: 20s, targets: {j: []}}\n"
                                                          "  - {at: 50s, targets: {j: ~}}\n"
                                                          "  - {at: 80s, reload: ~}\n"}));
  BOOST_TEST(Failures(result) == "");
  BOOST_TEST(Stored(result, kM) == "15.546=1 30.546=stale 60.546=2 75.546=3 90.546=4 105.546=5");
}

BOOST_AUTO_TEST_CASE(what_does_not_go_together_is_refused) {
  const auto error = [](const std::string& event) { return LoadError(TextOf({.events = "  - {" + event + "}\n"})); };
  const std::string at = "dir/s.yml:12:";
  BOOST_TEST(error("at: 1s, request: 3, exporter: 'a:80', fault: refuse") ==
             at + "5: found 2 of at, request, during, expected exactly one of at (a time), request (a number), during "
                  "(a phase of a scrape)");
  BOOST_TEST(error("request: 3, pause: 1s") ==
             at + "15: found key request, expected it with a fault of an exporter only");
  BOOST_TEST(error("request: 0, exporter: 'a:80', fault: refuse") ==
             at + "15: found \"0\", expected the number of a request, from 1, or two of them: 5-8");
  BOOST_TEST(error("request: 3, exporter: 'a:80', fault: refuse, for: 1s").find("found key for, expected") !=
             std::string::npos);
  BOOST_TEST(
      error("during: {exporter: 'a:80', phase: head}, jitter: {up_to: 1s}").find("found jitter during a scrape") !=
      std::string::npos);
  BOOST_TEST(error("during: {exporter: 'a:80', phase: heat}, pause: 1s").find("(did you mean \"head\"?)") !=
             std::string::npos);
  BOOST_TEST(error("at: 1s, exporter: 'a:80', fault: refuse, bytes: 3").find("found a key that refuse does not use") !=
             std::string::npos);
  BOOST_TEST(error("at: 1s, exporter: 'a:80', fault: redirect").find("found no location") != std::string::npos);
  BOOST_TEST(error("at: 1s, exporter: 'a:80', fault: drip, delay: 0s").find("found 0, expected more") !=
             std::string::npos);
  BOOST_TEST(error("at: 1s, clock: {drift: 5}").find("found \"5\", expected millionths") != std::string::npos);
  BOOST_TEST(error("at: 1s, append: {kind: other}").find("found no error") != std::string::npos);
  const auto faults = [](const std::string& text) { return LoadError(TextOf({.top = "faults: " + text + "\n"})); };
  BOOST_TEST(faults("{swarm: {enabled: [refuze]}}").find("(did you mean \"refuse\"?)") != std::string::npos);
  BOOST_TEST(faults("{swarm: {rate: 2/1}}") ==
             "dir/s.yml:3:24: found \"2/1\", expected a fraction such as 1/20, at most 1");
  BOOST_TEST(faults("{swarm: {rate: 1/0}}").find("found \"1/0\"") != std::string::npos);
  BOOST_TEST(faults("{swarm: {enabled: [http_x]}}").find("found \"x\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
