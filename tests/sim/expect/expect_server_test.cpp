// SPDX-License-Identifier: Apache-2.0
// Expectations about the server: each kind passes and fails; what a failure says is compared as a whole.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

/// A job `j` of a:80, which answers; b:80, which has no exporter; c:80, which relabelling drops. Every 15 s, a:80 from
/// 13.03 s on: 8 slots. A fault at 40 s.
std::string Text(const std::string& expect, const std::string& job = {}) {
  return "name: test\nduration: 2m\nprometheus:\n  hostname: prom-0\n  config:\n"
         "    global: {scrape_interval: 15s, scrape_timeout: 2s}\n"
         "    scrape_configs:\n"
         "      - job_name: j\n"
         "        static_configs: [{targets: ['a:80', 'b:80', 'c:80']}]\n"
         "        relabel_configs: [{source_labels: [__address__], regex: 'c.*', action: drop}]\n" +
         job +
         "exporters:\n  a:80: {series: [{series: 'm{code=\"200\"}', values: '1+1x100'}], latency: 10ms}\n"
         "events: [{at: 40s, exporter: 'a:80', fault: hang, for: 10s}]\n"
         "expect:\n" +
         expect;
}

/// What the run says about `  KEY: VALUE`, without the place of the expectation.
std::string Check(const std::string& expect, const std::string& job = {}) {
  const ScenarioResult result = RunText(Text(expect, job));
  std::string text;
  for (Failure failure : result.failures) {
    if (failure.kind != "load") failure.file.clear();
    text += FailureText(failure) + "\n";
  }
  return text;
}

BOOST_AUTO_TEST_SUITE(sim_expect_server)

// ---- targets ----

BOOST_AUTO_TEST_CASE(targets_that_are_as_expected) {
  const std::string both =
      "[{pool: j, labels: {instance: 'a:80', job: j}, health: up, last_error: '', scrape_interval: 15s,"
      " scrape_timeout: 2s, scrape_url: 'http://a:80/metrics', discovered_labels: {__scheme__: http}},"
      " {pool: j, labels: {instance: 'b:80', job: j}, health: down, last_error: connection refused}]";
  BOOST_TEST(Check("  targets: {active: " + both + ", dropped: [{pool: j, labels: {__address__: 'c:80'}}]}\n") == "");
  BOOST_TEST(
      Check("  targets:\n"
            "    - {at: 10s, active: [{pool: j, labels: {instance: 'a:80', job: j}, health: unknown}, {pool: j}]}\n"
            "    - {at: 50s, active: [{pool: j, labels: {instance: 'a:80', job: j}, health: down}, {pool: j}]}\n"
            "    - {active: " +
            both + "}\n") == "");
}

BOOST_AUTO_TEST_CASE(a_target_that_differs_is_compared_with_the_nearest) {
  BOOST_TEST(
      Check("  targets:\n"
            "    at: 50s\n"
            "    active:\n"
            "      - {pool: j, labels: {instance: 'a:80', job: j, env: x}, health: up, scrape_interval: 30s}\n"
            "      - {pool: j, labels: {instance: 'b:81', job: j}, last_error: timeout}\n") ==
      "no active target j {env=\"x\", instance=\"a:80\", job=\"j\"} at 50s; the nearest is j {instance=\"a:80\", "
      "job=\"j\"} down\n"
      "                   expected  found\n"
      "  labels.env       \"x\"       -\n"
      "  health           up        down\n"
      "  scrape_interval  30s       15s\n"
      "no active target j {instance=\"b:81\", job=\"j\"} at 50s; the nearest is j {instance=\"b:80\", job=\"j\"} "
      "down\n"
      "                   expected  found\n"
      "  labels.instance  \"b:81\"    \"b:80\"\n"
      "  last_error       timeout   Get \"http://b:80/metrics\": dial tcp b:80: connect: connection refused\n");
}

BOOST_AUTO_TEST_CASE(a_target_that_is_not_there_is_looked_for_elsewhere) {
  BOOST_TEST(
      Check(
          "  targets: {active: [{pool: j}, {pool: j}, {pool: j, labels: {instance: 'c:80', job: j}}, {pool: k}]}\n") ==
      "no active target j {instance=\"c:80\", job=\"j\"}: it was dropped by relabel_configs rule 1 (drop): "
      "__address__=\"c:80\" matches c.*\n"
      "  next: change that rule, or expect the target in `dropped`\n"
      "no active target k {}: the pool \"k\" has no targets (did you mean \"j\"?)\n");
  BOOST_TEST(Check("  targets: {dropped: [{pool: j}, {pool: j, labels: {__address__: 'a:80'}}]}\n") ==
             "no dropped target j {__address__=\"a:80\"}: it is active as j {instance=\"a:80\", job=\"j\"} up\n");
}

BOOST_AUTO_TEST_CASE(lists_of_targets_are_complete) {
  BOOST_TEST(Check("  targets: {active: [{pool: j, labels: {instance: 'a:80', job: j}}], dropped: []}\n") ==
             "a target more is active: j {instance=\"b:80\", job=\"j\"} down\n"
             "  next: the list is complete: add it, or leave `active` out\n"
             "a target more is dropped: j {__address__=\"c:80\", job=\"j\"}: relabel_configs rule 1 (drop): "
             "__address__=\"c:80\" matches c.*\n"
             "  next: the list is complete: add it, or leave `dropped` out\n");
  BOOST_TEST(Check("  targets: {active: []}\n") ==
             "2 targets more are active\n"
             "  j {instance=\"a:80\", job=\"j\"} up\n"
             "  j {instance=\"b:80\", job=\"j\"} down\n"
             "  next: the list is complete: add them, or leave `active` out\n");
}

// ---- scrapes ----

BOOST_AUTO_TEST_CASE(scrapes_that_are_as_expected) {
  BOOST_TEST(Check("  scrapes:\n"
                   "    - {target: j/a:80, outcomes: 'up x2 timeout up x5'}\n"
                   "    - {target: {instance: 'a:80'}, outcomes: 'upx2 down up up x4'}\n"
                   "    - {target: j/b:80, outcomes: transport x8}\n"
                   "    - {target: j/a:80, scrape: 2, outcome: up, error: '', samples_scraped: 1, duration: 10ms,\n"
                   "       samples_post_metric_relabeling: '> 0', series_added: 0, stale_markers: '< 1', status: 200,\n"
                   "       request_headers: {host: 'a:80', Accept: [openmetrics, text/plain], X-None: ~}}\n"
                   "    - {target: j/a:80, at: 57s, outcome: timeout, error: deadline, stale_markers: 1}\n") == "");
}

BOOST_AUTO_TEST_CASE(outcomes_that_differ) {
  BOOST_TEST(Check("  scrapes: [{target: j/a:80, outcomes: 'up x3 transport up _ up x2'}]\n") ==
             "j/a:80: 3 of 8 scrapes ended otherwise\n"
             "  scrape  slot  time      expected   found\n"
             "  3       2     43.03s    up         timeout  Get \"http://a:80/metrics\": context deadline exceeded\n"
             "  4       3     58.03s    transport  up\n"
             "  6       5     1m28.03s  _          up\n"
             "  happened: up x2 timeout up x5\n"
             "  next: stalemark explain dir/s.yml 'up{instance=\"a:80\",job=\"j\"}' --at 43s30ms\n");
  BOOST_TEST(Check("  scrapes: [{target: j/a:80, outcomes: up x9}]\n") ==
             "j/a:80: found 9 outcomes, expected 8: one per scrape scheduled from g0 = 13.03s on, every 15s\n"
             "  happened: up x2 timeout up x5\n");
}

BOOST_AUTO_TEST_CASE(a_scrape_that_differs) {
  BOOST_TEST(Check("  scrapes:\n"
                   "    - {target: j/a:80, scrape: 3, outcome: up, error: '', samples_scraped: 1, duration: '< 1s', "
                   "status: 200}\n") ==
             "j/a:80: scrape 3 at 43.03s was otherwise\n"
             "                   expected  found\n"
             "  outcome          up        timeout (Get \"http://a:80/metrics\": context deadline exceeded)\n"
             "  error            no error  Get \"http://a:80/metrics\": context deadline exceeded\n"
             "  samples_scraped  1         0\n"
             "  duration         < 1s      2s\n"
             "  status           200       no response\n"
             "  next: stalemark explain dir/s.yml 'up{instance=\"a:80\",job=\"j\"}' --at 43s30ms\n");
  BOOST_TEST(
      Check("  scrapes:\n"
            "    - {target: j/a:80, scrape: 1, outcome: down, request_headers: {User-Agent: curl, Host: ~, X: y, "
            "Accept-Encoding: [gz, br]}}\n"
            "    - {target: j/b:80, scrape: 1, request_headers: {User-Agent: curl}}\n"
            "    - {target: j/a:80, scrape: 9, outcome: up}\n"
            "    - {target: j/a:80, scrape: 1, hop: 2, status: 200}\n") ==
      "j/a:80: scrape 1 at 13.03s was otherwise\n"
      "                                   expected   found\n"
      "  outcome                          down       up\n"
      "  request_headers.User-Agent       curl       Prometheus/3.14.0\n"
      "  request_headers.Host             not sent   a:80\n"
      "  request_headers.X                y          not sent\n"
      "  request_headers.Accept-Encoding  with \"br\"  gzip\n"
      "  next: stalemark explain dir/s.yml 'up{instance=\"a:80\",job=\"j\"}' --at 13s30ms\n"
      "j/b:80: scrape 1 at 9.128s was otherwise\n"
      "                   expected   found\n"
      "  request_headers  a request  no exporter has read one: Get \"http://b:80/metrics\": dial tcp b:80: "
      "connect: connection refused\n"
      "  next: stalemark explain dir/s.yml 'up{instance=\"b:80\",job=\"j\"}' --at 9s128ms\n"
      "j/a:80: there were only 8 scrapes, no scrape 9\n"
      "j/a:80: scrape 1 at 13.03s was otherwise\n"
      "           expected  found\n"
      "  request  hop 2     1 request was sent\n"
      "  next: stalemark explain dir/s.yml 'up{instance=\"a:80\",job=\"j\"}' --at 13s30ms\n");
}

BOOST_AUTO_TEST_CASE(a_target_must_be_known_and_one) {
  BOOST_TEST(Check("  scrapes:\n    - {target: j/a:8, outcomes: up}\n    - {target: {job: j}, outcomes: up}\n"
                   "    - {target: {job: other}, outcomes: up}\n") ==
             "j/a:8: no such target (did you mean \"j/a:80\"?)\n"
             "{job=\"j\"}: several targets: j {instance=\"a:80\",job=\"j\"} and j {instance=\"b:80\",job=\"j\"}; name "
             "labels that only one has\n"
             "{job=\"other\"}: no such target; there is j/a:80, j/b:80\n");
}

BOOST_AUTO_TEST_CASE(what_redirects_are_asked_is_told_by_hop) {
  const std::string text =
      "name: test\nduration: 30s\nprometheus:\n  config: {scrape_configs: [{job_name: j, scrape_interval: 15s, "
      "scrape_timeout: 2s, static_configs: [{targets: ['a:80']}]}]}\n"
      "exporters:\n  a:80: {responses: [{status: 302, headers: {Location: 'http://b:80/x'}}]}\n"
      "  b:80: {responses: [{body: \"m 1\\n\"}]}\n"
      "expect:\n  scrapes:\n    - {target: j/a:80, scrape: 1, status: 302, request_headers: {Host: 'a:80'}}\n"
      "    - {target: j/a:80, scrape: 1, hop: 2, outcome: up, status: 200, request_headers: {Host: 'b:80'}}\n";
  BOOST_TEST(Failures(RunText(text)) == "");
}

// ---- limits ----

BOOST_AUTO_TEST_CASE(limits_with_enough_headroom) {
  const std::string limits =
      "        sample_limit: 4\n        label_limit: 8\n        label_name_length_limit: 16\n"
      "        label_value_length_limit: 8\n        target_limit: 10\n        body_size_limit: 1KB\n";
  BOOST_TEST(Check("  limits:\n"
                   "    - {job: j, limit: sample_limit, headroom: '>= 75%', used: '<= 1'}\n"
                   "    - {target: j/a:80, limit: sample_limit, headroom: 3}\n"
                   "    - {job: j, limit: label_limit, headroom: 50%}\n"
                   "    - {job: j, limit: label_name_length_limit, headroom: 50%}\n"
                   "    - {job: j, limit: label_value_length_limit, used: 4}\n"
                   "    - {job: j, limit: target_limit, headroom: '> 7'}\n"
                   "    - {job: j, limit: body_size_limit, used: 16}\n"
                   "    - {job: j, limit: native_histogram_bucket_limit, used: 0}\n",
                   limits) == "");
}

BOOST_AUTO_TEST_CASE(limits_with_too_little_headroom) {
  BOOST_TEST(Check("  limits: [{job: x, limit: sample_limit, used: 1}]\n") ==
             "sample_limit of x: no such job was scraped (did you mean \"j\"?)\n");
  const std::string one = "        target_limit: 10\n        sample_limit: 1\n        label_limit: 4\n";
  BOOST_TEST(Check("  limits:\n    - {job: j, limit: sample_limit, headroom: '>= 20%'}\n"
                   "    - {job: j, limit: label_limit, headroom: '> 1'}\n"
                   "    - {job: j, limit: target_limit, headroom: '>= 90%'}\n"
                   "    - {job: j, limit: body_size_limit, headroom: '>= 90%'}\n"
                   "    - {job: j, limit: sample_limit, used: 2}\n",
                   one) ==
             "sample_limit of j: headroom 0%, expected >= 20%\n"
             "  limit 1, largest use 1 at 13.04s, scrape 1 of j/a:80\n"
             "  next: drop series with metric_relabel_configs, or set sample_limit: 2\n"
             "label_limit of j: headroom 0, expected > 1\n"
             "  limit 4, largest use 4 at 13.04s, scrape 1 of j/a:80\n"
             "  m{code=\"200\",instance=\"a:80\",job=\"j\"}\n"
             "  next: drop labels with labeldrop, or set label_limit: 6\n"
             "target_limit of j: headroom 80%, expected >= 90%\n"
             "  limit 10, largest use 2 at 5s\n"
             "  next: drop targets with relabel_configs, or set target_limit: 20\n"
             "body_size_limit of j: not set, so there is no headroom to speak of\n"
             "  next: set body_size_limit in the scrape_config, or expect `used` in the place of `headroom`\n"
             "sample_limit of j: used 1, expected 2\n"
             "  limit 1, largest use 1 at 13.04s, scrape 1 of j/a:80\n");
}

BOOST_AUTO_TEST_CASE(limits_that_tripped) {
  BOOST_TEST(
      Check("  limits: [{job: j, limit: body_size_limit, headroom: '>= 1%'}]\n", "        body_size_limit: 10B\n") ==
      "body_size_limit of j: headroom 0%, expected >= 1%\n"
      "  limit 10, reached at 13.04s, scrape 1 of j/a:80\n"
      "  next: expose less, or change body_size_limit\n");
  BOOST_TEST(Check("  limits: [{job: j, limit: label_value_length_limit, headroom: '>= 0%'}]\n",
                   "        label_value_length_limit: 3\n") ==
             "label_value_length_limit of j: headroom -33.4%, expected >= 0%\n"
             "  limit 3, largest use 4 at 13.04s, scrape 1 of j/a:80\n"
             "  label instance of m{code=\"200\",instance=\"a:80\",job=\"j\"}\n"
             "  next: shorten the label in the exporter or with metric_relabel_configs, or set "
             "label_value_length_limit: 4\n");
  BOOST_TEST(Check("  limits: [{job: j, limit: target_limit, headroom: '>= 0'}]\n", "        target_limit: 1\n") ==
             "target_limit of j: headroom -1, expected >= 0\n"
             "  limit 1, largest use 2 at 5s\n"
             "  next: drop targets with relabel_configs, or set target_limit: 2\n");
}

// ---- metrics ----

BOOST_AUTO_TEST_CASE(metrics_of_the_server) {
  BOOST_TEST(Check("  metrics:\n"
                   "    - {at: 1s, prometheus_target_scrape_pools_total: 0}\n"
                   "    - 'prometheus_target_scrape_pool_targets{scrape_job=\"j\"}': 2\n"
                   "      prometheus_target_scrape_pools_total: '>= 1'\n") == "");
  BOOST_TEST(Check("  metrics:\n"
                   "    at: 1s\n"
                   "    prometheus_target_scrape_pools_total: '>= 1'\n"
                   "    prometheus_target_scrape_pool_total: 1\n") ==
             "prometheus_target_scrape_pools_total: found 0, expected >= 1 at 1s\n"
             "prometheus_target_scrape_pool_total: the server has no such metric at 1s (did you mean "
             "prometheus_target_scrape_pools_total?)\n");
  BOOST_TEST(Check("  metrics: {'prometheus_target_scrape_pool_targets{scrape_job=\"i\"}': 2}\n") ==
             "prometheus_target_scrape_pool_targets{scrape_job=\"i\"}: the server has no such metric; there is "
             "prometheus_target_scrape_pool_targets{scrape_job=\"j\"}\n");
}

// ---- store_digest ----

BOOST_AUTO_TEST_CASE(a_store_digest_is_compared) {
  const std::string digest = RunText(TextOf({})).store_digest;
  BOOST_TEST(Failures(RunText(TextOf({}) + "expect: {store_digest: '" + digest + "'}\n")) == "");
  BOOST_TEST(Failures(RunText(TextOf({}) + "expect: {store_digest: '0123456789abcdef'}\n")) ==
             "dir/s.yml:11:24: found store digest " + digest + ", expected 0123456789abcdef\n" +
                 "  next: something that is stored has changed. When that is wanted, write the new digest with "
                 "`stalemark test --update dir/s.yml` (`stalemark run --format digest dir/s.yml` prints it)\n");
}

// ---- loading ----

struct BadExpectation {
  const char* name;
  const char* expect;
  const char* error;
};

const BadExpectation kBadExpectations[] = {
    {"a time behind the end", "targets: {at: 3m, active: []}",
     "found 3m0s, expected a time of the run, which lasts 2m0s"},
    {"a target without pool", "targets: {active: [{health: up}]}", "found no pool, expected the name of a job"},
    {"a wrong outcome", "scrapes: [{target: j/a, outcomes: 'up timeot'}]",
     "found \"timeot\", expected one of up, down, transport, timeout, http_status, content_type, body_limit, parse, "
     "sample_limit, label_limit, bucket_limit, append, other, pending, _ (did you mean \"timeout\"?)"},
    {"a repetition of nothing", "scrapes: [{target: j/a, outcomes: 'x3 up'}]", "found \"x3\", expected one of"},
    {"no target", "scrapes: [{outcomes: up}]", "found no target, expected the key target"},
    {"outcomes and details", "scrapes: [{target: j/a, outcomes: up, scrape: 1}]", "found neither or both"},
    {"neither number nor time", "scrapes: [{target: j/a, outcome: up}]", "expected one of scrape (a number, from 1)"},
    {"scrape 0", "scrapes: [{target: j/a, scrape: 0}]", "found 0, expected the number of a scrape, from 1"},
    {"a target without a slash", "scrapes: [{target: a, outcomes: up}]",
     "found \"a\", expected a target: job/instance"},
    {"a bad bound", "scrapes: [{target: j/a, scrape: 1, duration: '<= 5'}]",
     "found \"<= 5\", expected a duration, or a bound such as <= 1s500ms"},
    {"no header parts", "scrapes: [{target: j/a, scrape: 1, request_headers: {A: []}}]", "found an empty list"},
    {"an unknown limit", "limits: [{job: j, limit: sample_limits, used: 1}]", "(did you mean \"sample_limit\"?)"},
    {"a limit without bound", "limits: [{job: j, limit: sample_limit}]",
     "expected one of job and target, the key limit"},
    {"target_limit of a target", "limits: [{target: j/a, limit: target_limit, used: 1}]",
     "found target_limit of a target"},
    {"a bad share", "limits: [{job: j, limit: sample_limit, headroom: lots}]", "expected a number or a share"},
    {"a bad metric", "metrics: {'up{': 1}", "is no series such as"},
    {"a bad number", "metrics: {up: '>> 1'}", "found \">> 1\", expected a number, or a bound such as >= 1"},
};

BOOST_AUTO_TEST_CASE(wrong_expectations_are_errors_with_a_place) {
  for (const BadExpectation& bad : kBadExpectations) {
    const std::string error = LoadError(TextOf({}) + "expect: {" + bad.expect + "}\n");
    BOOST_TEST(error.find(bad.error) != std::string::npos, bad.name << ": " << error);
    BOOST_TEST(error.substr(0, 13) == "dir/s.yml:11:", bad.name << ": " << error);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
