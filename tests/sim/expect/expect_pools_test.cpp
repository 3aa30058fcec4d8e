// SPDX-License-Identifier: Apache-2.0
// Pools that cannot be created, series without a common grid, and what --update says about what it leaves.
#include <string>

#include <boost/test/unit_test.hpp>

#include "sim/expect/update.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

/// Jobs as `{...}, {...}`; exporters a:80 and b:80.
std::string WithJobs(const std::string& jobs, const std::string& more) {
  return "name: t\nduration: 1m\nprometheus:\n  hostname: prom-0\n  config:\n    global: {scrape_interval: 15s}\n"
         "    scrape_configs: [" +
         jobs +
         "]\nexporters:\n  a:80: {series: [{series: m, values: '1x9'}]}\n  b:80: {series: [{series: m, values: "
         "'2x9'}]}\n" +
         more;
}

/// Job b has no pool.
std::string NoPool(const std::string& expect) {
  return WithJobs(
      "{job_name: a, static_configs: [{targets: ['a:80']}]}, {job_name: b, static_configs: [{targets: "
      "['b:80']}], tls_config: {ca_file: ca.pem}}",
      expect.empty() ? "" : "expect:\n" + expect);
}

const std::string kError =
    "error creating HTTP client: unable to read CA cert: unable to read file ca.pem: open ca.pem: no such file "
    "or directory";

std::string Refusals(const std::string& text) {
  BundleFiles files;
  files.Set("dir/s.yml", text);
  const Result<UpdatedScenario> updated = UpdateScenario("dir/s.yml", files);
  if (!updated.ok()) return updated.error().message;
  std::string out;
  for (const std::string& refusal : updated->updated.refusals) out += refusal + "\n";
  return out;
}

BOOST_AUTO_TEST_SUITE(expect_pools)

BOOST_AUTO_TEST_CASE(a_pool_that_cannot_be_created_is_a_failure) {
  BOOST_TEST(Failures(RunText(NoPool(""))) ==
             "dir/s.yml: b: the pool could not be created: " + kError +
                 "\n  next: mend the job, or expect it: `expect: {pool_errors: {b: 'PART OF THE ERROR'}}`\n");
  BOOST_TEST(Failures(RunText(NoPool("  pool_errors: {b: unable to read CA cert}\n"))) == "");
  BOOST_TEST(Failures(RunText(NoPool("  pool_errors: {b: no such host}\n"))) ==
             "dir/s.yml:12:20: b: expected that the pool cannot be created, with \"no such host\", found " + kError +
                 "\n");
  BOOST_TEST(Failures(RunText(NoPool("  pool_errors: {b: CA cert, a: CA cert}\n"))) ==
             "dir/s.yml:12:32: a: expected that the pool cannot be created, with \"CA cert\", found no error\n");
  BOOST_TEST(LoadError(NoPool("  pool_errors: {b: ''}\n")).find("found nothing, expected a part of the error") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(update_writes_the_error) {
  BundleFiles files;
  files.Set("dir/s.yml", NoPool("  pool_errors: {b: no such host}   # kept\n"));
  const Result<UpdatedScenario> updated = UpdateScenario("dir/s.yml", files);
  BOOST_REQUIRE(updated.ok());
  BOOST_TEST(updated->updated.text.find("# kept") != std::string::npos);
  BOOST_TEST(Failures(RunText(updated->updated.text)) == "");
  // Of the run itself there is nothing to write.
  BOOST_TEST(Refusals(NoPool("")) == "");
}

BOOST_AUTO_TEST_CASE(what_misses_the_pool_names_the_error) {
  const std::string text =
      Failures(RunText(NoPool("  pool_errors: {b: CA cert}\n"
                              "  samples: [{series: 'm{instance=\"b:80\",job=\"b\"}', values: 1x3}]\n"
                              "  targets: {active: [{pool: b, labels: {instance: 'b:80', job: b}}, {pool: a}]}\n")));
  BOOST_TEST(text.find("m{instance=\"b:80\",job=\"b\"}: never stored: the pool b could not be created: " + kError +
                       "\n  next: stalemark explain dir/s.yml") != std::string::npos,
             text);
  BOOST_TEST(text.find("no active target b {instance=\"b:80\", job=\"b\"}: the pool \"b\" could not be created: " +
                       kError + "\n") != std::string::npos,
             text);
}

/// The series `m` of job j, expected in these words; the lines after the place.
std::string GridFailure(const std::string& jobs, const std::string& events, const std::string& series) {
  return Failures(
      RunText(WithJobs(jobs, events + "expect:\n  samples: [{series: '" + series + "', values: '1x4'}]\n")));
}

BOOST_AUTO_TEST_CASE(why_there_is_no_common_grid) {
  const std::string next = "\n  next: stalemark run dir/s.yml --format expect shows its points\n";
  const std::string merged =
      "{job_name: j, static_configs: [{targets: ['a:80', 'b:80']}], relabel_configs: "
      "[{target_label: instance, replacement: x}]}";
  BOOST_TEST(GridFailure(merged, "", "m{instance=\"x\",job=\"j\"}") ==
             "dir/s.yml:12:13: m{instance=\"x\",job=\"j\"}: two targets are named j/x, http://a:80/metrics and "
             "http://b:80/metrics, and scrape it on different grids: give points, not values" +
                 next);
  const std::string job = "{job_name: j, static_configs: [{targets: ['a:80']}]}";
  const std::string faster =
      "events: [{at: 30s, reload: {global: {scrape_interval: 10s}, scrape_configs: [" + job + "]}}]\n";
  BOOST_TEST(GridFailure(job, faster, "m{instance=\"a:80\",job=\"j\"}") ==
             "dir/s.yml:13:13: m{instance=\"a:80\",job=\"j\"}: j/a:80 is scraped every 15s, later every 10s: give "
             "points, not values" +
                 next);
  const std::string moved =
      "events: [{at: 30s, reload: {global: {scrape_interval: 15s, external_labels: {r: x}}, "
      "scrape_configs: [{job_name: j, scrape_timeout: 5s, static_configs: [{targets: ['a:80']}]}]}}]\n";
  BOOST_TEST(GridFailure(job, moved, "m{instance=\"a:80\",job=\"j\"}") ==
             "dir/s.yml:13:13: m{instance=\"a:80\",job=\"j\"}: j/a:80 is scraped on one grid, later on another with "
             "the same interval: give points, not values" +
                 next);
}

BOOST_AUTO_TEST_CASE(update_names_what_it_leaves) {
  const std::string job = "{job_name: j, static_configs: [{targets: ['a:80']}]}";
  const std::string faster =
      "events: [{at: 30s, reload: {global: {scrape_interval: 10s}, scrape_configs: [" + job + "]}}]\n";
  const std::string up = "up{instance=\"a:80\",job=\"j\"}";
  BOOST_TEST(Refusals(WithJobs(job, faster + "expect:\n  samples: [{series: '" + up +
                                        "', values: '1x4'}]\n"
                                        "  series:\n"
                                        "    - {match: up, values: '1x4'}\n"
                                        "    - {match: up, none: true}\n"
                                        "    - {match: up, per_target: 2}\n"
                                        "    - {match: up, count: '> 1'}\n")) ==
             "dir/s.yml:13:13: " + up + ": not written: there is no common grid for values\n" +
                 "dir/s.yml:15:7: " + up + ": not written: there is no common grid for values\n" +
                 "dir/s.yml:16:7: up: not written: that there are none was somebody's decision\n"
                 "dir/s.yml:17:7: up: not written: one number stands for all targets\n"
                 "dir/s.yml:18:7: up: not written: left to you\n");
  BOOST_TEST(Refusals(WithJobs(job,
                               "expect:\n  series:\n    - {match: up, values: '0x4'}\n"
                               "  samples: [{series: never, values: '1x4'}]\n")) ==
             "dir/s.yml:14:13: never: not written: nothing is stored\n"
             "dir/s.yml:13:7: " +
                 up + ": not written: one text stands for all series\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
