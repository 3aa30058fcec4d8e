// SPDX-License-Identifier: Apache-2.0
// --update: what of a failing scenario is rewritten, and that a second run passes.
#include "sim/expect/update.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

constexpr std::string_view kPath = "dir/s.yml";

Result<UpdatedScenario> Update(const std::string& text) {
  BundleFiles files;
  files.Set(std::string(kPath), text);
  return UpdateScenario(kPath, files);
}

/// The expectations after the update; then what still fails.
std::string Updated(const std::string& expect) {
  const std::string head = TextOf({.events = "  - {at: 40s, exporter: 'a:80', fault: refuse, for: 10s}\n"});
  const Result<UpdatedScenario> updated = Update(head + expect);
  if (!updated.ok()) return updated.error().message;
  const std::string& text = updated->updated.text;
  if (text.substr(0, head.size()) != head) return "the head has changed";
  std::string out = text.substr(head.size());
  for (const std::string& refusal : updated->updated.refusals) out += refusal + "\n";
  return out + Failures(RunText(text));
}

BOOST_AUTO_TEST_SUITE(sim_update)

BOOST_AUTO_TEST_CASE(comments_order_and_styles_stay) {
  BOOST_TEST(Updated("expect:   # all of it\n"
                     "  metrics: {prometheus_target_scrape_pools_total: 7}   # how many\n"
                     "\n"
                     "  scrapes:\n"
                     "    # plain, quoted, block\n"
                     "    - {target: j/a:80, outcomes: up x7, }   # all up?\n"
                     "    - target: \"j/a:80\"\n"
                     "      outcomes: \"up x7\"\n"
                     "    - outcomes: >-\n"
                     "        up x3\n"
                     "        up x4\n"
                     "      target: {instance: 'a:80'}\n"
                     "    - {target: j/a:80, scrape: 3, outcome: up, samples_scraped: 1,\n"
                     "       error: '', status: 200}\n"
                     "  targets:\n"
                     "    at: 50s\n"
                     "    active:\n"
                     "      # the only one\n"
                     "      - pool: j  # the job\n"
                     "        labels:\n"
                     "          instance: a:81   # who\n"
                     "          env: prod\n"
                     "        health: up\n"
                     "      - {pool: j, labels: {instance: 'b:80', job: j}}\n"
                     "    dropped: []\n") ==
             "expect:   # all of it\n"
             "  metrics: {prometheus_target_scrape_pools_total: 1}   # how many\n"
             "\n"
             "  scrapes:\n"
             "    # plain, quoted, block\n"
             "    - {target: j/a:80, outcomes: up x2 transport up x4, }   # all up?\n"
             "    - target: \"j/a:80\"\n"
             "      outcomes: \"up x2 transport up x4\"\n"
             "    - outcomes: >-\n"
             "        up x2 transport up x4\n"
             "      target: {instance: 'a:80'}\n"
             "    - {target: j/a:80, scrape: 3, outcome: transport, samples_scraped: 0,\n"
             "       error: 'Get \"http://a:80/metrics\": dial tcp a:80: connect: connection refused', status: 200}\n"
             "  targets:\n"
             "    at: 50s\n"
             "    active:\n"
             "      # the only one\n"
             "      - pool: j  # the job\n"
             "        labels:\n"
             "          instance: 'a:80'   # who\n"
             "          job: j\n"
             "        health: down\n"
             "    dropped: []\n"
             "dir/s.yml:24:7: j/a:80: scrape 3 at 45.546s was otherwise\n"
             "          expected  found\n"
             "  status  200       no response\n"
             "  next: stalemark explain dir/s.yml 'up{instance=\"a:80\",job=\"j\"}' --at 45s546ms\n");
}

BOOST_AUTO_TEST_CASE(what_holds_is_left_as_it_is_written) {
  const std::string expect =
      "expect:\n  scrapes: [{target: j/a:80, outcomes: up up  down upx4}]\n"
      "  metrics: {prometheus_target_scrape_pools_total: 1.0}\n";
  BOOST_TEST(Updated(expect) == expect);
  BOOST_TEST(Updated("expect: {scrapes: [{target: j/a:80, outcomes: up x2 down down up x3}]}\n") ==
             "expect: {scrapes: [{target: j/a:80, outcomes: up x2 down up x4}]}\n");
}

BOOST_AUTO_TEST_CASE(lists_of_targets_are_completed) {
  BOOST_TEST(
      Updated("expect:\n  targets: {active: [], dropped: [{pool: j, labels: {a: b}}, {pool: k}]}\n") ==
      "expect:\n  targets: {active: [{pool: j, labels: {instance: 'a:80', job: j}, health: up}], dropped: []}\n");
}

// In slots of 15.546 s and so on: m is 1, 2, then ends (the fault), then 3 to 6.

BOOST_AUTO_TEST_CASE(values_are_what_is_stored) {
  const std::string after = "'1 2 stale 3+1x3'";
  const auto sample = [](const std::string& values) {
    return "expect:\n  samples:\n    - series: 'm{instance=\"a:80\",job=\"j\"}'  # a counter\n      values: " + values +
           "\n";
  };
  BOOST_TEST(Updated(sample("'1+1x6'   # all")) == sample(after + "   # all"));
  BOOST_TEST(Updated(sample("1x2")) == sample("1 2 stale 3+1x3"));
  BOOST_TEST(Updated(sample("\"_x7\"")) == sample("\"1 2 stale 3+1x3\""));
  BOOST_TEST(Updated(sample("|\n        1 2\n        3 3 3 3 3\n      storage: primary")) ==
             sample("|\n        1 2 stale 3+1x3\n      storage: primary"));
  // Nobody knows what was meant.
  const std::string unknown = "expect:\n  samples: [{series: n, values: '1x6'}]\n";
  const std::string left =
      unknown + "dir/s.yml:14:13: n: not written: nothing is stored\ndir/s.yml:14:13: n: never stored";
  BOOST_TEST(Updated(unknown).substr(0, left.size()) == left);
}

BOOST_AUTO_TEST_CASE(points_come_go_and_change) {
  const auto points = [](const std::string& list) {
    return "expect:\n  samples:\n    - {series: 'm{instance=\"a:80\",job=\"j\"}', points: " + list + "}\n";
  };
  BOOST_TEST(Updated(points("[[15s546ms, 1], [30s546ms, 2], [45s546ms, 3], [1m546ms, 3], [1m15s546ms, 4],\n"
                            "       [1m30s546ms, 5], [1m45s546ms, 6]]")) ==
             points("[[15s546ms, 1], [30s546ms, 2], [45s546ms, stale], [1m546ms, 3], [1m15s546ms, 4],\n"
                    "       [1m30s546ms, 5], [1m45s546ms, 6]]"));
  BOOST_TEST(Updated(points("[[1s, 0], [15s546ms, 1], [1m546ms, 3], [2m, 9], [3m, 9], [4m, 9], [5m, 9]]")) ==
             points("[[15s546ms, 1], [30s546ms, 2], [45s546ms, stale], [1m546ms, 3], [1m15s546ms, 4], [1m30s546ms, 5], "
                    "[1m45s546ms, 6]]"));
  BOOST_TEST(Updated(points("[]")) ==
             points("[[15s546ms, 1], [30s546ms, 2], [45s546ms, stale], [1m546ms, 3], [1m15s546ms, 4], [1m30s546ms, 5], "
                    "[1m45s546ms, 6]]"));
  BOOST_TEST(
      Updated("expect:\n  samples:\n    - series: 'm{instance=\"a:80\",job=\"j\"}'\n      points:\n"
              "        # the first\n        - [15s546ms, 1]\n        - {at: 30s546ms, value: 7, start: none}  # why\n"
              "        # the end\n        - [1m45s546ms, 6]\n        - [1m50s, 7]  # no\n") ==
      "expect:\n  samples:\n    - series: 'm{instance=\"a:80\",job=\"j\"}'\n      points:\n"
      "        # the first\n        - [15s546ms, 1]\n        - {at: 30s546ms, value: 2, start: none}  # why\n"
      "        - [45s546ms, stale]\n        - [1m546ms, 3]\n        - [1m15s546ms, 4]\n        - [1m30s546ms, 5]\n"
      "        # the end\n        - [1m45s546ms, 6]\n");
}

BOOST_AUTO_TEST_CASE(counts_lists_of_series_and_queries) {
  BOOST_TEST(
      Updated(
          "expect:\n  series:\n    - {match: m, count: 2}\n"
          "    - match: '{__name__=~\"m|up\"}'\n      exactly:\n        - up{job=\"j\"}  # no\n        - "
          "'m{instance=\"a:80\",job=\"j\"}'\n"
          "  query:\n    - {expr: m, eval_time: 30s, exp_samples: [{labels: 'n', value: 2}]}\n"
          "    - {expr: up, eval_time: 31s, exp_samples: [{labels: 'up{instance=\"a:80\",job=\"j\"}', value: 0}]}\n") ==
      "expect:\n  series:\n    - {match: m, count: 1}\n"
      "    - match: '{__name__=~\"m|up\"}'\n      exactly:\n        - 'm{instance=\"a:80\",job=\"j\"}'\n        - "
      "'up{instance=\"a:80\",job=\"j\"}'\n"
      "  query:\n    - {expr: m, eval_time: 30s, exp_samples: [{labels: 'm{instance=\"a:80\",job=\"j\"}', value: 1}]}\n"
      "    - {expr: up, eval_time: 31s, exp_samples: [{labels: 'up{instance=\"a:80\",job=\"j\"}', value: 1}]}\n");
}

BOOST_AUTO_TEST_CASE(bounds_stay_and_are_reported) {
  const std::string expect =
      "expect:\n  metrics: {prometheus_target_scrape_pools_total: '>= 2'}\n  limits: [{job: j, limit: sample_limit, "
      "used: '== 2'}, {job: j, limit: sample_limit, used: 2}]\n";
  BOOST_TEST(Updated(expect) ==
             "expect:\n  metrics: {prometheus_target_scrape_pools_total: '>= 2'}\n  limits: [{job: j, limit: "
             "sample_limit, used: '== 2'}, {job: j, limit: sample_limit, used: 1}]\n"
             "dir/s.yml:15:12: sample_limit of j: not written: left to you\n"
             "dir/s.yml:14:51: prometheus_target_scrape_pools_total: not written: left to you\n"
             "dir/s.yml:15:12: sample_limit of j: used 1, expected == 2\n"
             "  no limit, largest use 1 at 15.546s, scrape 1 of j/a:80\n"
             "dir/s.yml:14:51: prometheus_target_scrape_pools_total: found 1, expected >= 2\n");
}

BOOST_AUTO_TEST_CASE(aliases_stay_and_are_reported) {
  BOOST_TEST(Updated("expect:\n  scrapes:\n    - {target: j/a:80, outcomes: &up up x7}\n    - {target: j/a:80, "
                     "outcomes: *up}\n") ==
             "expect:\n  scrapes:\n    - {target: j/a:80, outcomes: &up up x2 transport up x4}\n    - {target: j/a:80, "
             "outcomes: *up}\n"
             "dir/s.yml:16:7: j/a:80: not written: the alias *up stands there\n");
}

BOOST_AUTO_TEST_CASE(line_ends_of_windows_stay) {
  std::string text = TextOf({}) +
                     "expect:\n  store_digest: 0123456789abcdef\n  scrapes:\n    - target: j/a:80\n      outcomes: |\n "
                     "       up\n    - {target: j/a:80, outcomes: up}\n";
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, "\r");
  const Result<UpdatedScenario> updated = Update(text);
  BOOST_REQUIRE(updated.ok());
  const std::string& after = updated->updated.text;
  std::string expected = text;
  expected.replace(expected.find("0123456789abcdef"), 16, RunText(text).store_digest);
  expected.replace(expected.find("        up\r\n") + 8, 2, "up x7");
  expected.replace(expected.find("outcomes: up}") + 10, 2, "up x7");
  BOOST_TEST(after == expected);
  BOOST_TEST(Failures(RunText(after)) == "");
}

BOOST_AUTO_TEST_CASE(nothing_to_do_and_nothing_that_can_be_done) {
  const std::string text = TextOf({}) + "expect: {metrics: {prometheus_target_scrape_pools_total: 1}}";
  BOOST_TEST(Update(text)->updated.text == text);
  BOOST_TEST(Update(text)->updated.changes.empty());
  BOOST_TEST(!Update("name: [\n").ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
