// SPDX-License-Identifier: Apache-2.0
// Explanations of what events of a scenario did, by time, by request, by phase; of steps of the clock; of what the seed
// answered where upstream leaves an outcome to chance.
#include <string>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "tests/sim/explain/explain_fixture.h"

namespace stalemark::scenario {
namespace {

BOOST_AUTO_TEST_SUITE(explain_events)

BOOST_AUTO_TEST_CASE(by_request) {
  const std::string refused =
      R"(scrape 3 failed: Get "http://a:80/metrics": dial tcp a:80: connect: connection refused)";
  const Parts third{.events = "  - {request: 3, exporter: 'a:80', fault: refuse}\n"};
  Check({
      {"its own",
       third,
       "m",
       "46s",
       Outcome::kStaleMarker,
       "scrape_failed",
       "a stale marker, because " + refused,
       {"fault: refuse on a:80 for request 3", refused}},
      {"one behind it", third, "up", "1m1s", Outcome::kSample, "report", "1: scrape 4 succeeded", {}, "fault"},
      {"one of several",
       {.events = "  - {request: 3-5, exporter: 'a:80', fault: status, status: 503}\n"},
       "up",
       "1m1s",
       Outcome::kSample,
       "report",
       "0: scrape 4 failed: server returned HTTP status 503 Service Unavailable",
       {"fault: status 503 on a:80 for requests 3 to 5"}},
      {"the second hop of a scrape",
       {.events = "  - {request: 3, exporter: 'a:80', fault: redirect, location: /x}\n"
                  "  - {request: 4, exporter: 'a:80', fault: refuse}\n"},
       "up",
       "46s",
       Outcome::kSample,
       "report",
       R"(0: scrape 3 failed: Get "http://a:80/x": dial tcp a:80: connect: connection refused)",
       {"fault: redirect 302: /x on a:80 for request 3", "fault: refuse on a:80 for request 4"}},
  });
}

BOOST_AUTO_TEST_CASE(by_phase) {
  const auto during = [](const std::string& phase, const std::string& what) {
    return "  - {during: {exporter: 'a:80', scrape: 3, phase: " + phase + "}, " + what + "}\n";
  };
  const std::string slow = "series: [{series: m, values: '1+1x9'}], latency: 2s";
  Check({
      {"while the head is awaited",
       {.exporter = slow, .events = during("head", "commit: {error: disk full}, for: 5s")},
       "m",
       "46s",
       Outcome::kNone,
       "commit_failed",
       "no sample: the commit of scrape 3 failed: disk full",
       {"event since 45.546s, for 5s: commits to primary fail: disk full", "commit failed: disk full"}},
      {"behind a commit that takes no time",
       {.events = during("commit", "commit: {error: disk full}, for: 1s")},
       "m",
       "46s",
       Outcome::kSample,
       "scraped",
       "3, stored by scrape 3 from body 1:1",
       {},
       "event"},
      {"some time after a phase has begun",
       {.exporter = slow, .events = during("head, after: 1s", "pause: 20s")},
       "m",
       "46s",
       Outcome::kSample,
       "scraped",
       "3, stored by scrape 3 from body 1:1",
       {"event since 46.546s: the process stands still for 20s"}},
      {"the scrape behind it",
       {.events = during("connecting", "exporter: 'a:80', fault: hang, for: 15s")},
       "m",
       "1m1s",
       Outcome::kStaleMarker,
       "timeout",
       "a stale marker, because scrape 4 was given up at 70.546s: timeout 10s, the exporter never answers",
       {"fault: hang on a:80 since 45.546s, for 15s", "last seen by scrape 3: body 1:1: m 3"}},
      {"the end of a target",
       {.exporter = slow, .events = during("head", "targets: {j: [{targets: ['b:80']}]}")},
       "m",
       "1m1s",
       Outcome::kStaleMarker,
       "target_gone",
       "a stale marker, because discovery does not find a:80 any more, since the change of targets at 45.546s",
       {"j/a:80 is no longer scraped: discovery does not find a:80 any more"}},
  });
}

BOOST_AUTO_TEST_CASE(restarts) {
  const Parts slow{.exporter = "template: \"m ${counter step=1}\\n\"",
                   .events = "  - {at: 40s, exporter: 'a:80', restart: 10s}\n"};
  const std::string restart = "restart of a:80 since 40s, for 10s";
  Check({
      {"while it is down",
       slow,
       "m",
       "46s",
       Outcome::kStaleMarker,
       "scrape_failed",
       R"(a stale marker, because scrape 3 failed: Get "http://a:80/metrics": dial tcp a:80: connect: connection refused)",
       {restart}},
      {"the first scrape of the new process",
       slow,
       "m",
       "61s",
       Outcome::kSample,
       "scraped",
       "0, stored by scrape 4 from body 1:1",
       {restart}},
      {"the second one",
       slow,
       "m",
       "76s",
       Outcome::kSample,
       "scraped",
       "1, stored by scrape 5 from body 1:1",
       {},
       "restart"},
      {"at once",
       {.exporter = slow.exporter, .events = "  - {at: 40s, exporter: 'a:80', restart: true}\n"},
       "m",
       "46s",
       Outcome::kSample,
       "scraped",
       "0, stored by scrape 3 from body 1:1",
       {"restart of a:80 at 40s"}},
  });
}

BOOST_AUTO_TEST_CASE(too_old) {
  const std::string window = "storage: {tsdb: {out_of_order_time_window: 10s}}";
  Check({
      {"behind the window",
       {.exporter = Bodies({"m 1 1767225620000\\n", "m 2 1767225605000\\n"}), .config = window},
       "m",
       "31s",
       Outcome::kNone,
       "append_failed",
       "no sample: scrape 2 failed: too old sample",
       {"the storage refused 2 of 5.000s: too old sample", "the series had 1 of 20.000s already, from scrape 1"}},
      {"in the window",
       {.exporter = Bodies({"m 1 1767225620000\\n", "m 2 1767225615000\\n"}), .config = window},
       "m",
       "15s",
       Outcome::kSample,
       "scraped",
       "2, stored by scrape 2 from body 1:1",
       {"the body gives the time: 15.000s", "among the out-of-order samples of the series"}},
      {"a storage that says so",
       {.events = Trouble("append: {kind: too_old}")},
       "m",
       "46s",
       Outcome::kNone,
       "append_failed",
       "no sample: scrape 3 failed: too old sample",
       {"event since 40s, for 10s: appends to primary fail: too old sample",
        "the storage refused 3 of 45.546s: too old sample"}},
  });
}

BOOST_AUTO_TEST_CASE(clock_steps) {
  const auto step = [](const std::string& by) { return Parts{.events = "  - {at: 40s, clock: {step: " + by + "}}\n"}; };
  const std::string stepped = "event at 40s: the wall clock steps by ";
  Check({
      {"forward: a slot without a scrape",
       step("20s"),
       "m",
       "46s",
       Outcome::kNone,
       "other_time",
       "no sample of that time: those of scrape 3 have the time 65.546s",
       {"the wall clock was set: its samples have the time 65.546s", stepped + "20s; at this scrape it is 20s fast"}},
      {"forward: the first scrape behind it",
       step("20s"),
       "m",
       "1m6s",
       Outcome::kSample,
       "scraped",
       "3, stored by scrape 3 from body 1:1",
       {stepped + "20s; at this scrape it is 20s fast",
        "the body gives no time: the sample gets the scrape's, 65.546s"}},
      {"back: the grid stays ahead",
       step("-20s"),
       "{instance=\"a:80\"}",
       "46s",
       Outcome::kTargetActive,
       "up",
       "scraped, and up: scrape 3 at 30.546s succeeded",
       {stepped + "-20s; at this scrape it is 20s slow"}},
      {"back: a slot that comes later",
       step("-20s"),
       "m",
       "46s",
       Outcome::kSample,
       "scraped",
       "5, stored by scrape 5 from body 1:1",
       {stepped + "-20s; at this scrape it is 20s slow"}},
      {"before the step",
       step("-20s"),
       "m",
       "26s",
       Outcome::kSample,
       "scraped",
       "1, stored by scrape 1 from body 1:1",
       {},
       "event"},
      {"drift",
       {.events = "  - {at: 40s, clock: {drift: 1000ppm}}\n"},
       "m",
       "1m46s",
       Outcome::kSample,
       "scraped",
       "7, stored by scrape 7 from body 1:1",
       {"event since 40s: the wall clock drifts by 1000ppm; at this scrape it is 66ms fast"}},
  });
}

BOOST_AUTO_TEST_CASE(chance) {
  const std::string text = "this hung on chance: a tick and a cancellation that are both ready; the seed took number ";
  const auto gone = [](const std::string& seed) {
    return Parts{.events = Trouble("commit: {delay: 40s}") + "  - {at: 50s, targets: {j: [{targets: ['b:80']}]}}\n",
                 .top = "seed: " + seed + "\nfaults: {choices: seeded}\n",
                 .duration = "3m"};
  };
  const std::string headline =
      "no sample: j/a:80 is not scraped since 85.546s: discovery does not find a:80 any more, since the change of "
      "targets at 50s";
  Check({
      {"the tick",
       gone("1"),
       "m",
       "1m46s",
       Outcome::kNone,
       "target_gone",
       headline,
       {text + "2 of 2", "the series has its stale marker at 90.546s"}},
      {"the cancellation",
       gone("2"),
       "m",
       "1m46s",
       Outcome::kNone,
       "target_gone",
       headline,
       {text + "1 of 2", "the series has its stale marker at 85.546s"}},
      {"the marker itself",
       gone("1"),
       "m",
       "1m31s",
       Outcome::kStaleMarker,
       "target_gone",
       "a stale marker, because discovery does not find a:80 any more, since the change of targets at 50s",
       {text + "2 of 2"}},
  });
}

/// A pause lets two loops stop at one instant.
BOOST_AUTO_TEST_CASE(the_chance_of_another_loop_is_not_told) {
  const Parts two{.job = "job_name: j, static_configs: [{targets: ['a:80', 'c:80']}]",
                  .events =
                      "  - {at: 40s, commit: {delay: 60s}, for: 20s}\n  - {at: 61s, targets: {j: []}}\n"
                      "  - {at: 90s, pause: 30s}\n",
                  .top = "seed: 1\nfaults: {choices: seeded}\n",
                  .duration = "4m"};
  for (const char* address : {"a:80", "c:80"}) {
    const Result<Explanation> found = Ask(two, fmt::format("up{{instance=\"{}\",job=\"j\"}}", address), "3m");
    BOOST_REQUIRE_MESSAGE(found.ok(), (found.ok() ? std::string() : found.error().message));
    std::size_t told = 0;
    for (const Link& link : found->chain) told += link.text.find("this hung on chance") == 0 ? 1 : 0;
    BOOST_TEST(told == 1u, ExplanationText(*found));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
