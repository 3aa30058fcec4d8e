// SPDX-License-Identifier: Apache-2.0
// Explanations of targets: those that go, and those that are asked for.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/sim/explain/explain_fixture.h"

namespace stalemark::scenario {
namespace {

BOOST_AUTO_TEST_SUITE(explain_targets)

BOOST_AUTO_TEST_CASE(targets_that_go) {
  const std::string reload =
      "  - {at: 40s, reload: {global: {scrape_interval: 15s}, scrape_configs: [{job_name: j, static_configs: "
      "[{targets: ['a:80']}], ";
  const Parts two{.events = "  - {at: 40s, targets: {j: [{targets: ['b:80']}]}}\n"};
  Check({
      {"removed: the marker",
       two,
       "m",
       "50s",
       Outcome::kStaleMarker,
       "target_gone",
       "a stale marker, because discovery does not find a:80 any more, since the change of targets at 40s",
       {"j/a:80 is no longer scraped: discovery does not find a:80 any more", "last seen by scrape 2: body 1:1: m 2"}},
      {"removed: afterwards",
       two,
       "m",
       "1m40s",
       Outcome::kNone,
       "target_gone",
       "no sample: j/a:80 is not scraped since 40.000s: discovery does not find a:80 any more, since the change of "
       "targets at 40s",
       {}},
      {"removed: the target",
       two,
       "{instance=\"a:80\"}",
       "1m40s",
       Outcome::kTargetAbsent,
       "target_gone",
       "not scraped since 40.000s: discovery does not find a:80 any more, since the change of targets at 40s",
       {}},
      {"dropped by a reload",
       {.events = reload + "relabel_configs: [{source_labels: [__address__], regex: 'a:.*', action: drop}]}]}}\n"},
       "m",
       "1m40s",
       Outcome::kNone,
       "target_gone",
       R"(no sample: j/a:80 is not scraped since 40.000s: rule 1 of relabel_configs dropped it: __address__="a:80" matches a:.*, since the reload at 40s)",
       {}},
      {"removed with its job",
       {.events = "  - {at: 40s, reload: {scrape_configs: [{job_name: k, static_configs: [{targets: ['b:80']}]}]}}\n"},
       "m",
       "1m40s",
       Outcome::kNone,
       "target_gone",
       "no sample: j/a:80 is not scraped since 40.000s: job j is not in the configuration any more, since the reload "
       "at 40s",
       {"no stale markers are written: the job is gone, or another loop goes on with the series"}},
  });
}

BOOST_AUTO_TEST_CASE(targets) {
  const std::string rules =
      "job_name: j, static_configs: [{targets: ['a:80', 'dev:80', 'x/y']}], relabel_configs: "
      "[{regex: foo, action: labeldrop}, {source_labels: [__address__], regex: 'dev:.*', action: "
      "drop}]";
  Check({
      {"dropped, asked by a series",
       {.job = rules},
       R"(up{instance="dev:80",job="j"})",
       "32s",
       Outcome::kNone,
       "target_dropped",
       R"(no sample, because its target is not scraped: rule 2 of relabel_configs dropped it: __address__="dev:80" matches dev:.*)",
       {R"(relabel_configs rule 2 (drop): __address__="dev:80" matches dev:.*: dropped)"}},
      {"dropped, asked by address",
       {.job = rules},
       R"({__address__="dev:80"})",
       "32s",
       Outcome::kTargetAbsent,
       "target_dropped",
       R"(not scraped: rule 2 of relabel_configs dropped it: __address__="dev:80" matches dev:.*)",
       {"discovery finds dev:80 for job j"}},
      {"cannot be built",
       {.job = rules},
       R"({__address__="x/y"})",
       "32s",
       Outcome::kTargetAbsent,
       "target_failed",
       R"(not scraped: "x/y" is not a valid hostname)",
       {}},
      {"up",
       {},
       R"({instance="a:80",job="j"})",
       "32s",
       Outcome::kTargetActive,
       "up",
       "scraped, and up: scrape 2 at 30.546s succeeded",
       {"http://a:80/metrics is scraped every 15s from 15.546s on, timeout 10s"}},
      {"down",
       {.events = Fault("fault: status, status: 503")},
       R"({instance="a:80"})",
       "46s",
       Outcome::kTargetActive,
       "down",
       "scraped, and down: scrape 3 failed: server returned HTTP status 503 Service Unavailable",
       {}},
      {"not yet",
       {},
       R"({instance="a:80"})",
       "2s",
       Outcome::kTargetAbsent,
       "not_started",
       "not scraped yet: Prometheus takes over targets every 5s at most, for the first time after 5s",
       {}},
      {"unknown",
       {},
       R"({__address__="a:81"})",
       "32s",
       Outcome::kTargetAbsent,
       "target_unknown",
       "not scraped: discovery finds no such target for any job",
       {}},
  });
}

BOOST_AUTO_TEST_CASE(pools_that_cannot_be_created) {
  const Parts parts{.job = Job("tls_config: {ca_file: ca.pem}")};
  const std::string why =
      "not scraped: the pool of job j could not be created: error creating HTTP client: unable to read CA cert: unable "
      "to read file ca.pem: open ca.pem: no such file or directory";
  const std::string because = "no sample, because its target is " + why;
  Check({
      {"the target", parts, "{job=\"j\"}", "1m", Outcome::kTargetAbsent, "pool_failed", why, {}},
      {"a series", parts, R"(up{instance="a:80",job="j"})", "1m", Outcome::kNone, "pool_failed", because, {}},
      {"some labels", parts, "up{job=\"j\"}", "1m", Outcome::kNone, "pool_failed", because, {}},
      {"before it is tried",
       parts,
       "{job=\"j\"}",
       "2s",
       Outcome::kTargetAbsent,
       "not_started",
       "not scraped yet: Prometheus takes over targets every 5s at most, for the first time after 5s",
       {}},
      {"mended by a reload",
       {.job = parts.job,
        .events = "  - {at: 40s, reload: {global: {scrape_interval: 15s}, scrape_configs: [{job_name: j, "
                  "static_configs: [{targets: ['a:80']}]}]}}\n"},
       "{job=\"j\"}",
       "1m10s",
       Outcome::kTargetActive,
       "up",
       "scraped, and up: scrape 2 at 60.546s succeeded",
       {}},
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
