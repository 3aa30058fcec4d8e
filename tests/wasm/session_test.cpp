// SPDX-License-Identifier: Apache-2.0
// Session: requests and answers of the module, natively.
#include "wasm/session.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "core/config/json_text.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::wasm {
namespace {

using scenario::ScenarioText;
using scenario::TextOf;

std::string BundleOf(const std::string& scenario, const std::string& more = "") {
  std::string out;
  {
    JsonObject object(out);
    {
      JsonObject files(object.Key("files"));
      files.AlwaysText("dir/s.yml", scenario);
    }
    object.AlwaysText("scenario", "dir/s.yml");
    if (!more.empty()) object.AlwaysText("role", more);
  }
  return out;
}

/// The answer, or `error: ` and its text.
std::string TextOfAnswer(const Session::Answer& answer) {
  return answer.ok() ? answer.value() : "error: " + answer.error().message;
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A session that stands at the start.
Session Opened(const std::string& role, const ScenarioText& parts = {}) {
  Session session;
  const std::string answer = TextOfAnswer(session.Create(BundleOf(TextOf(parts), role)));
  BOOST_TEST(!Contains(answer, "error"), answer);
  return session;
}

const ScenarioText kWithExpectations{.events = "  - {at: 40s, exporter: 'a:80', fault: refuse, for: 20s}\n",
                                     .samples =
                                         "  - {series: 'm{instance=\"a:80\",job=\"j\"}', values: '1+1x6'}\n"
                                         "  - {series: 'up{instance=\"a:80\",job=\"j\"}', values: '1x1 0 1x3'}\n"};

BOOST_AUTO_TEST_SUITE(session)

BOOST_AUTO_TEST_CASE(create_tells_what_the_scenario_is) {
  Session session;
  BOOST_TEST(TextOfAnswer(session.Create(BundleOf(TextOf({})))) ==
             R"({"name":"test","start_ms":1767225600000,"duration_ns":"120000000000","seed":1,"notes":[]})");
}

struct BadRequest {
  const char* name;
  Session::Answer (Session::*call)(std::string_view);
  const char* request;
  const char* error;
};

const BadRequest kBadRequests[] = {
    {"no JSON", &Session::RunTo, "{", "no JSON object"},
    {"a list", &Session::RunTo, "[]", "no JSON object"},
    {"a time as a number", &Session::RunTo, R"({"at_ns":5})", "key at_ns of the request: expected a text"},
    {"a time with a sign", &Session::RunTo, R"({"at_ns":"-5"})", "key at_ns of the request: expected nanoseconds"},
    {"a time that is too large", &Session::RunTo, R"({"at_ns":"99999999999999999999"})", "expected nanoseconds"},
    {"a broken selector", &Session::Series, R"({"match":"{a=}"})", ""},
    {"a negative page", &Session::Series, R"({"from":-1})", "key from"},
    {"no number", &Session::Samples, "{}", "key id of the request: expected it to be there"},
    {"a series that is not there", &Session::Samples, R"({"id":77})", "no series has the number 77"},
    {"a verdict before the end", &Session::Verdict, "{}", "the run is not over"},
    {"an explanation before the end", &Session::Explain, R"({"series":"up","at_ns":"5"})", "the run is not over"},
    {"a subject that is none", &Session::Explain, R"({"series":"{","at_ns":"5"})", ""},
};

BOOST_AUTO_TEST_CASE(wrong_requests_are_errors_in_words) {
  for (const BadRequest& c : kBadRequests) {
    BOOST_TEST_CONTEXT(c.name) {
      Session session = Opened("judge");
      const Session::Answer answer = (session.*c.call)(c.request);
      BOOST_REQUIRE(!answer.ok());
      BOOST_TEST(Contains(answer.error().message, c.error), answer.error().message);
      // Nothing was harmed.
      BOOST_TEST(Contains(TextOfAnswer(session.RunTo("{}")), "\"done\":true"));
    }
  }
}

BOOST_AUTO_TEST_CASE(without_a_run_every_call_says_so) {
  Session session;
  for (const auto call : {&Session::RunTo, &Session::Step, &Session::Trace, &Session::Verdict, &Session::Series,
                          &Session::Samples, &Session::Explain}) {
    BOOST_TEST(Contains(TextOfAnswer((session.*call)("{}")), "there is no run"));
  }
}

BOOST_AUTO_TEST_CASE(a_broken_scenario_is_an_error_with_its_place) {
  const std::string bundle = BundleOf("name: x\nduratoin: 5m\n");
  Session session;
  BOOST_TEST(Contains(TextOfAnswer(session.Create(bundle)), "error: dir/s.yml:2:1: found"));
  const std::string problems = TextOfAnswer(session.Check(bundle));
  BOOST_TEST(Contains(problems, R"("file":"dir/s.yml","line":2,"column":1)"), problems);
  BOOST_TEST(TextOfAnswer(session.Check(BundleOf(TextOf({})))) == R"({"problems":[]})");
}

BOOST_AUTO_TEST_CASE(a_broken_bundle_leaves_the_run_that_was_there) {
  Session session = Opened("player");
  BOOST_TEST(Contains(TextOfAnswer(session.Create("{}")), "key files"));
  BOOST_TEST(Contains(TextOfAnswer(session.Step("{}")), "at_ns"));
}

BOOST_AUTO_TEST_CASE(files_may_be_base64) {
  Session session;
  const std::string request = R"({"files":{"s.yml":{"base64":"bmFtZTogeAo="}},"scenario":"s.yml"})";
  BOOST_TEST(Contains(TextOfAnswer(session.Create(request)), "s.yml:1:1: found no duration"));
  BOOST_TEST(Contains(TextOfAnswer(session.Create(R"({"files":{"s.yml":{"base64":"?"}},"scenario":"s.yml"})")),
                      "key s.yml of the request: expected a text, or"));
}

BOOST_AUTO_TEST_CASE(a_run_goes_to_a_time_to_the_next_instant_and_to_the_end) {
  Session session = Opened("player");
  BOOST_TEST(TextOfAnswer(session.RunTo(R"({"at_ns":"15000000000"})")) ==
             R"({"at_ns":"15000000000","done":false,"next_ns":"15546834246"})");
  BOOST_TEST(Contains(TextOfAnswer(session.Step("{}")), R"({"at_ns":"15546834246","done":false)"));
  BOOST_TEST(TextOfAnswer(session.RunTo("{}")) == R"({"at_ns":"120000000000","done":true,"next_ns":null})");
}

BOOST_AUTO_TEST_CASE(the_trace_comes_in_pieces_and_is_that_of_the_run) {
  Session session = Opened("judge");
  std::string trace;
  while (!Contains(TextOfAnswer(session.Step("{}")), "\"done\":true")) trace += TextOfAnswer(session.Trace("{}"));
  trace += TextOfAnswer(session.Trace("{}"));
  BOOST_TEST(TextOfAnswer(session.Trace("{}")) == "");
  const auto result = scenario::RunText(TextOf({}), {scenario::RunOptions::Lines::kNone, trace::Level::kDetail});
  BOOST_TEST((trace == result.trace));
  BOOST_TEST(Contains(TextOfAnswer(Opened("player").Trace("{}")), "a player keeps no trace"));
}

BOOST_AUTO_TEST_CASE(the_verdict_counts_expectations_and_lists_failures) {
  Session session = Opened("judge", kWithExpectations);
  session.RunTo("{}").ok();
  const std::string verdict = TextOfAnswer(session.Verdict("{}"));
  const auto result = scenario::RunText(TextOf(kWithExpectations));
  BOOST_TEST(Contains(verdict, R"("store_digest":")" + result.store_digest), verdict);
  BOOST_TEST(Contains(verdict, R"("trace_digest":")" + result.trace_digest), verdict);
  BOOST_TEST(Contains(verdict, R"("expectations":{"passed":1,"failed":1})"), verdict);
  BOOST_TEST(Contains(verdict, R"("kind":"samples","subject":"m{instance=\"a:80\",job=\"j\"}")"), verdict);
  BOOST_TEST(TextOfAnswer(session.Verdict("{}")) == verdict);
  // The run is over and says so.
  BOOST_TEST(Contains(TextOfAnswer(session.Step("{}")), "\"done\":true"));
}

BOOST_AUTO_TEST_CASE(series_and_samples_are_those_stored_now) {
  Session session = Opened("judge", kWithExpectations);
  session.RunTo(R"({"at_ns":"60000000000"})").ok();
  BOOST_TEST(Contains(TextOfAnswer(session.Series(R"({"limit":1})")), R"({"total":6,"series":[{"id":)"));
  const std::string found = TextOfAnswer(session.Series(R"({"match":"m{job=~\"j|k\"}"})"));
  BOOST_TEST(Contains(found, R"({"total":1,"series":[{"id":1,"series":"m{instance=\"a:80\",job=\"j\"}")"), found);
  BOOST_TEST(Contains(found, R"("samples":3,"first_ms":1767225615546,"last_ms":1767225645546})"), found);
  BOOST_TEST(Contains(TextOfAnswer(session.Series(R"({"match":"scrape_dur"})")), R"("total":1)"));
  const std::string samples = TextOfAnswer(session.Samples(R"({"id":1})"));
  BOOST_TEST(Contains(samples, R"({"t_ms":1767225615546,"bits":"3ff0000000000000","text":"1","stale":false})"),
             samples);
  BOOST_TEST(Contains(samples, R"("bits":"7ff0000000000002","text":"stale","stale":true})"), samples);
}

BOOST_AUTO_TEST_CASE(a_judge_explains) {
  Session session = Opened("judge", kWithExpectations);
  session.RunTo("{}").ok();
  const std::string why = TextOfAnswer(session.Explain(R"({"series":"m","at_ns":"46000000000"})"));
  BOOST_TEST(Contains(why, R"("outcome": "stale_marker")"), why);
  BOOST_TEST(Contains(TextOfAnswer(session.Explain(R"({"series":"m","at_ns":"46000000000","storage":3})")), "error: "));
}

// ---- the player ----

BOOST_AUTO_TEST_CASE(a_player_shows_its_state) {
  Session session = Opened("player");
  session.RunTo(R"({"at_ns":"20000000000"})").ok();
  const std::string state = TextOfAnswer(session.State(R"({"cache":{"loop":1},"chunks":{"id":1}})"));
  BOOST_TEST(Contains(state, R"("at_ns":"20000000000")"), state);
  BOOST_TEST(Contains(state, R"("rows":[{"raw":"m")"), state);
  BOOST_TEST(Contains(state, R"("chunks":[{"encoding":"XOR")"), state);
  BOOST_TEST(Contains(TextOfAnswer(session.State(R"({"cache":{}})")), "key loop of the request"));
  BOOST_TEST(
      Contains(TextOfAnswer(session.Relabel(R"({"loop":1,"series":"m"})")), R"("rules":"metric_relabel_configs")"));
  for (const auto call : {&Session::State, &Session::Relabel, &Session::Inject}) {
    BOOST_TEST(Contains(TextOfAnswer((Opened("judge").*call)("{}")), "ask a player"));
  }
}

/// The file of the scenario as Files gives it, read again and run.
std::string TraceOf(const std::string& bundle) {
  Session judge;
  BOOST_TEST(judge.Create(bundle).ok());
  judge.RunTo("{}").ok();
  return TextOfAnswer(judge.Trace("{}"));
}

struct InjectedCase {
  const char* name;
  const char* event;
  /// Of the file before.
  const char* events;
};

const InjectedCase kInjected[] = {
    {"into a file without events", R"({"exporter":"a:80","fault":"refuse","for":"20s"})", ""},
    {"behind other events", R"({"clock":{"step":"-3s"}})", "  - {at: 60s, targets: {j: []}}\n"},
    {"target groups", R"({"targets":{"j":[{"targets":["a:80"],"labels":{"x":"it's \"y\""}}]}})", ""},
    {"a configuration", R"({"reload":{"scrape_configs":[{"job_name":"other"}]}})", ""},
};

BOOST_AUTO_TEST_CASE(an_injected_event_stands_in_the_file_and_the_file_plays_the_run_again) {
  for (const InjectedCase& c : kInjected) {
    BOOST_TEST_CONTEXT(c.name) {
      Session player = Opened("player", {.events = c.events});
      BOOST_TEST(TextOfAnswer(player.Files("{}")) == R"({"files":{}})");
      player.RunTo(R"({"at_ns":"40123456789"})").ok();
      const std::string answer = TextOfAnswer(player.Inject(R"({"event":)" + std::string(c.event) + "}"));
      BOOST_TEST(Contains(answer, R"({"event":"{at: '2026-01-01T00:00:40.123456789Z', )"), answer);
      player.RunTo(R"({"at_ns":"90000000000"})").ok();
      const std::string files = TextOfAnswer(player.Files("{}"));
      const std::string trace = TraceOf(files.substr(0, files.size() - 1) + R"(,"scenario":"dir/s.yml"})");
      BOOST_TEST(trace != TraceOf(BundleOf(TextOf({.events = c.events}))));
      // The player, in its place, has come to the same state.
      Session again;
      BOOST_TEST(again.Create(files.substr(0, files.size() - 1) + R"(,"scenario":"dir/s.yml","role":"player"})").ok());
      again.RunTo(R"({"at_ns":"90000000000"})").ok();
      BOOST_TEST(TextOfAnswer(again.State("{}")) == TextOfAnswer(player.State("{}")));
    }
  }
}

const BadRequest kBadEvents[] = {
    {"no event", nullptr, "{}", "key event of the request: expected it to be there"},
    {"a text", nullptr, R"({"event":"pause: 1s"})", "key event of the request: expected an object"},
    {"nothing in it", nullptr, R"({"event":{}})", "found an empty mapping"},
    {"with a time", nullptr, R"({"event":{"at":"1s","pause":"1s"}})", "found key at, expected none"},
    {"unknown address", nullptr, R"({"event":{"exporter":"b:80","fault":"refuse"}})", "an address under exporters"},
    {"jitter", nullptr, R"({"event":{"jitter":{"up_to":"1s"}}})", "jitter has to be known before the run begins"},
};

BOOST_AUTO_TEST_CASE(what_is_wrong_with_an_event_is_told_and_nothing_has_happened) {
  Session session = Opened("player");
  session.RunTo(R"({"at_ns":"20000000000"})").ok();
  const std::string before = TextOfAnswer(session.State("{}"));
  for (const BadRequest& c : kBadEvents) {
    BOOST_TEST_CONTEXT(c.name) {
      const std::string answer = TextOfAnswer(session.Inject(c.request));
      BOOST_TEST(Contains(answer, "error: "), answer);
      BOOST_TEST(Contains(answer, c.error), answer);
      BOOST_TEST(TextOfAnswer(session.State("{}")) == before);
      BOOST_TEST(TextOfAnswer(session.Files("{}")) == R"({"files":{}})");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::wasm
