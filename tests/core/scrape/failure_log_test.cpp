// SPDX-License-Identifier: Apache-2.0
// The scrape failure logs that scrape_failure_log_file names: what is written, and which files are open.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

constexpr const char* kRefused = "Get \"http://a:1/metrics\": dial tcp a:1: connect: connection refused";

EngineOptions Logging(const std::string& lines = "") {
  return JobOptions("scrape_failure_log_file: x.log\n" + lines);
}

/// The files that are opened from now on.
void NoteOpens(Engine& engine, std::vector<std::string>& opened) {
  engine.simulation().failure_logs().SetOpenRule([&opened](std::string_view path) -> std::optional<Error> {
    opened.emplace_back(path);
    return std::nullopt;
  });
}

BOOST_AUTO_TEST_CASE(FAIL_01_a_line_has_time_job_url_and_the_error) {
  Engine engine(Logging("params: {q: [a b]}\nscrape_timeout: 3s"));
  engine.Expose("m 1\n").Scrape();
  engine.Fail(SimFault::kHang).Scrape();
  BOOST_TEST(engine.Failures("x.log") ==
             "13 j http://a:1/metrics?q=a+b Get \"http://a:1/metrics?q=a+b\": context deadline exceeded\n");
}

BOOST_AUTO_TEST_CASE(FAIL_02_LOOP_32_fetch_errors_are_logged) {
  ResponseScript failed;
  failed.status = 503;
  ResponseScript large;
  large.body = "m 1234567890\n";
  ResponseScript not_gzip;
  not_gzip.headers = {{"Content-Encoding", "gzip"}};
  not_gzip.body = "m 1\n";
  ResponseScript cut;
  cut.body = "m 1\n";
  cut.fault = SimFault::kTruncate;
  cut.after = 1;
  ResponseScript silent;
  silent.fault = SimFault::kHangBody;
  silent.body = "m 1\n";
  const struct {
    const char* name;
    ResponseScript response;
  } rows[] = {{"status", failed}, {"size", large}, {"gzip", not_gzip}, {"cut", cut}, {"timeout", silent}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Engine engine(Logging("body_size_limit: 10B"));
      engine.Answer(row.response).Scrape();
      BOOST_REQUIRE(engine.last().size() > 6u);
      const std::string error = engine.last().substr(6);
      const std::string lines = engine.Failures("x.log");
      BOOST_TEST(lines.substr(lines.find("metrics ") + 8) == error + "\n");
    }
  }
}

BOOST_AUTO_TEST_CASE(FAIL_02_other_errors_are_not_logged) {
  const struct {
    const char* name;
    const char* lines;
    const char* body;
  } rows[] = {{"parse", "", "m one\n"},
              {"sample limit", "sample_limit: 1", "m 1\nn 1\n"},
              {"label limit", "label_limit: 1", "m 1\n"},
              {"target limit", "target_limit: 1", "m 1\n"}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Engine engine(Logging(row.lines));
      if (std::string(row.name) == "target limit") {
        engine.Discover({{{"__address__", "a:1"}}, {{"__address__", "b:1"}}});
      }
      engine.Expose(row.body).Scrape();
      BOOST_TEST(engine.last().size() > 6u);  // it failed
      BOOST_TEST(engine.simulation().failure_logs().lines().count("x.log") == 0u);
    }
  }
  ResponseScript picture;
  picture.headers = {{"Content-Type", "image/png"}};
  picture.body = "m 1\n";
  Engine engine(Logging());
  engine.Answer(picture).Scrape();
  engine.storage().SetAppendError("no space left");
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.last() == "1/0/0 no space left");
  BOOST_TEST(engine.simulation().failure_logs().lines().count("x.log") == 0u);
}

BOOST_AUTO_TEST_CASE(MGR_17_FAIL_03_a_log_that_cannot_be_opened_replaces_nothing) {
  Engine engine(Logging());
  engine.Fail(SimFault::kRefuse).Scrape();
  engine.simulation().failure_logs().SetOpenRule([](std::string_view path) -> std::optional<Error> {
    if (path == "x.log") return std::nullopt;
    return Error{"open " + std::string(path) + ": permission denied"};
  });
  const std::string jobs = JobYaml("scrape_failure_log_file: x.log\nhonor_labels: true") +
                           JobYaml("scrape_failure_log_file: y.log", "k", "['b:1']");
  BOOST_TEST(engine.Configure(jobs) == "can't create json log file: open y.log: permission denied");
  engine.Scrape().Advance(6s);
  BOOST_TEST(engine.Targets("k") == "no pool");  // its targets came
  BOOST_TEST(engine.loops == "start");
  BOOST_TEST(engine.Failures("x.log") == std::string("0 j http://a:1/metrics ") + kRefused +
                                             "\n10 j http://a:1/metrics " + kRefused +
                                             "\n");  // and the old log is open
}

BOOST_AUTO_TEST_CASE(MGR_18_FAIL_03_FAIL_04_a_file_is_opened_once_for_all_jobs_at_every_reload) {
  Engine engine;
  std::vector<std::string> opened;
  NoteOpens(engine, opened);
  const std::string jobs = JobYaml("scrape_failure_log_file: x.log") +
                           JobYaml("scrape_failure_log_file: x.log", "k", "['b:1']") +
                           JobYaml("scrape_failure_log_file: y.log", "l", "['c:1']") + JobYaml("", "m", "['d:1']");
  engine.Configure(jobs);
  BOOST_TEST(opened == (std::vector<std::string>{"x.log", "y.log"}), boost::test_tools::per_element());
  engine.Configure(jobs);
  BOOST_TEST(opened == (std::vector<std::string>{"x.log", "y.log", "x.log", "y.log"}),
             boost::test_tools::per_element());
  engine.Fail(SimFault::kRefuse).Fail(SimFault::kRefuse, "b:1").Advance(20s);
  const std::string lines = engine.Failures("x.log");
  BOOST_TEST(lines.find(" j http://a:1/metrics ") != std::string::npos);
  BOOST_TEST(lines.find(" k http://b:1/metrics ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(MGR_15_FAIL_03_loops_get_the_new_log_although_their_pool_is_not_reloaded) {
  Engine engine(Logging());
  engine.Fail(SimFault::kRefuse).Scrape();
  engine.Configure(JobYaml("scrape_failure_log_file: x.log"));  // the handle of before is closed
  engine.Scrape();
  BOOST_TEST(engine.loops == "start");
  BOOST_TEST(engine.Failures("x.log") ==
             std::string("0 j http://a:1/metrics ") + kRefused + "\n10 j http://a:1/metrics " + kRefused + "\n");
}

BOOST_AUTO_TEST_CASE(FAIL_04_another_file_is_another_configuration) {
  Engine engine(Logging());
  engine.Expose("m 1\n").Scrape();
  engine.Configure(JobYaml("scrape_failure_log_file: y.log"));
  BOOST_TEST(engine.loops == "start, stop 0, start 0");
  engine.Scrape();
  BOOST_TEST(engine.last() == "1/1/1");  // an empty cache
  engine.Fail(SimFault::kRefuse).Scrape();
  BOOST_TEST(engine.Failures("y.log") == std::string("20 j http://a:1/metrics ") + kRefused + "\n");
}

BOOST_AUTO_TEST_CASE(FAIL_04_no_file_ends_the_logging) {
  Engine engine(Logging());
  engine.Fail(SimFault::kRefuse).Scrape();
  engine.Configure(JobYaml());
  engine.Scrape();
  BOOST_TEST(engine.Failures("x.log") == std::string("0 j http://a:1/metrics ") + kRefused + "\n");
}

}  // namespace
}  // namespace stalemark::testing
