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
             "  status  200       no response\n");
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

BOOST_AUTO_TEST_CASE(bounds_stay_and_are_reported) {
  const std::string expect =
      "expect:\n  metrics: {prometheus_target_scrape_pools_total: '>= 2'}\n  limits: [{job: j, limit: sample_limit, "
      "used: '== 2'}, {job: j, limit: sample_limit, used: 2}]\n";
  BOOST_TEST(Updated(expect) ==
             "expect:\n  metrics: {prometheus_target_scrape_pools_total: '>= 2'}\n  limits: [{job: j, limit: "
             "sample_limit, used: '== 2'}, {job: j, limit: sample_limit, used: 1}]\n"
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
