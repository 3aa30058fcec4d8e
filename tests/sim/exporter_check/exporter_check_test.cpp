// SPDX-License-Identifier: Apache-2.0
// The check of an exporter: each kind of finding, sizes, what is stored.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "sim/bundle_files.h"
#include "sim/exporter_check/check.h"
#include "sim/exporter_check/lint.h"
#include "sim/exporter_check/report_text.h"

namespace stalemark::exporter_check {
namespace {

constexpr const char* kText = "text/plain; version=0.0.4";
constexpr const char* kOpenMetrics = "application/openmetrics-text; version=1.0.0";
constexpr std::int64_t kStartMs = 1'700'000'000'000;

ScrapeConfig JobOf(const std::string& settings = "") {
  const Result<Config> config = LoadConfig("scrape_configs: [{job_name: j" + settings + "}]", {});
  BOOST_REQUIRE(config.ok());
  const Result<std::vector<ScrapeConfig>> jobs = ScrapeConfigs(*config, {}, BundleFiles());
  BOOST_REQUIRE(jobs.ok());
  return jobs->front();
}

Answer Scrape(std::size_t number, std::string body, const std::string& content_type = kText) {
  Answer answer;
  answer.name = "scrape " + std::to_string(number);
  answer.at = WallTime(std::chrono::milliseconds(kStartMs + 15'000 * static_cast<std::int64_t>(number - 1)));
  answer.status = "200 OK";
  answer.content_type = content_type;
  answer.body = std::move(body);
  return answer;
}

Answer Protocol(std::string name, std::string body, const std::string& content_type) {
  Answer answer = Scrape(1, std::move(body), content_type);
  answer.purpose = Purpose::kProtocol;
  answer.name = std::move(name);
  return answer;
}

Report CheckAnswers(std::vector<Answer> answers, const std::string& settings = "") {
  CheckInput input;
  input.exporter = "http://e/metrics";
  input.answers = std::move(answers);
  input.target.job = JobOf(settings);
  input.target.labels = {{"__address__", "e:80"}};
  input.interval = std::chrono::seconds(15);
  return CheckExporter(std::move(input));
}

Report CheckBodies(const std::vector<std::string>& bodies, const std::string& settings = "") {
  std::vector<Answer> answers;
  for (const std::string& body : bodies) answers.push_back(Scrape(answers.size() + 1, body));
  return CheckAnswers(std::move(answers), settings);
}

/// Findings of all kinds but lint, as `ANSWER:LINE:COLUMN kind subject: message`.
std::vector<std::string> FoundIn(const Report& report) {
  std::vector<std::string> found;
  for (const Finding& finding : report.findings.list()) {
    if (finding.kind == "lint") continue;
    found.push_back(finding.answer + ":" + std::to_string(finding.spot.line) + ":" +
                    std::to_string(finding.spot.column) + " " + std::string(finding.kind) + " " + finding.subject);
  }
  return found;
}

void CheckFound(const Report& report, const std::vector<std::string>& want) {
  const std::vector<std::string> found = FoundIn(report);
  BOOST_TEST(found == want, boost::test_tools::per_element());
}

std::string MessageOf(const Report& report, std::string_view kind) {
  for (const Finding& finding : report.findings.list()) {
    if (finding.kind == kind) return finding.message;
  }
  return {};
}

std::vector<std::string> Lint(const std::string& body, const std::string& content_type = kText) {
  const Answer answer = Scrape(1, body, content_type);
  const Reading reading = ReadAnswer(answer, JobOf());
  BOOST_TEST(reading.readable());
  std::vector<std::string> lines;
  for (const LintProblem& problem : LintFamilies(reading)) {
    lines.push_back(problem.metric + " " + problem.text + " " + std::to_string(problem.count));
  }
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exporter_check)

BOOST_AUTO_TEST_CASE(a_good_exporter_has_no_findings) {
  const std::string body =
      "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\"} 1\na_total{x=\"2\"} 2\n"
      "# HELP d_seconds D.\n# TYPE d_seconds histogram\nd_seconds_bucket{le=\"1\"} 1\nd_seconds_bucket{le=\"+Inf\"} 2\n"
      "d_seconds_sum 3\nd_seconds_count 2\n";
  const Report report = CheckBodies({body, body, body});
  BOOST_TEST(report.findings.list().size() == 0U);
  BOOST_TEST(VerdictText(report.findings) == "nothing found");
  BOOST_TEST(report.stored.series.size() == 6U);
  BOOST_TEST(report.stored.report_series_count == 5U);
  BOOST_TEST(report.stored.scrapes.size() == 3U);
  BOOST_TEST(report.stored.scrapes[0].series_added == 6U);
  BOOST_TEST(report.stored.scrapes[2].up);
  BOOST_TEST(report.size.classic_histogram_count == 1U);
  BOOST_TEST(report.size.classic_bucket_count == 2U);
  BOOST_TEST(report.size.family_count == 2U);
  BOOST_TEST(report.size.longest_value_label == "le");
}

BOOST_AUTO_TEST_CASE(what_fails_a_scrape_is_an_error) {
  Report report = CheckBodies({"a 1\nb{x=\"1\" 2\n"});
  CheckFound(report, {"scrape 1:2:9 parse "});
  BOOST_TEST(report.findings.list()[0].detail == "b{x=\"1\" 2\n        ^");
  BOOST_TEST(!report.stored.scrapes.at(0).up);
  BOOST_TEST(report.findings.Count(Severity::kError) == 1U);

  CheckFound(CheckAnswers({Scrape(1, "a 1\n", "")}), {"scrape 1:0:0 content_type "});
  CheckFound(CheckAnswers({Scrape(1, "a 1\n", "text/html")}), {"scrape 1:0:0 content_type "});
  report = CheckAnswers({Scrape(1, "a 1\n", kOpenMetrics)});
  CheckFound(report, {"scrape 1:1:4 parse "});
  BOOST_TEST(MessageOf(report, "parse") == "data does not end with # EOF");
  Answer failed = Scrape(1, "");
  failed.error = "server returned HTTP status 404 Not Found";
  report = CheckAnswers({failed});
  CheckFound(report, {"scrape 1:0:0 request_failed "});
  BOOST_TEST(report.stored.scrapes.at(0).error == failed.error);
  report = CheckBodies({"a 1\nb 1\n"}, ", sample_limit: 1");
  CheckFound(report, {"scrape 1:0:0 scrape_failed "});
  BOOST_TEST(MessageOf(report, "scrape_failed") == "sample limit exceeded");
  report = CheckBodies({"a 1\nb{x=\"12345\"} 1\n"}, ", label_value_length_limit: 4");
  CheckFound(report, {"scrape 1:2:1 scrape_failed b{instance=\"e:80\",job=\"j\",x=\"12345\"}"});
}

BOOST_AUTO_TEST_CASE(bodies) {
  CheckFound(CheckBodies({""}), {"scrape 1:0:0 no_samples "});
  CheckFound(CheckBodies({"# only a comment\n"}), {"scrape 1:0:0 no_samples "});
  Report report = CheckBodies({"a{x=\"1\"} 1\na{x=\"1\"} 2\n"});
  CheckFound(report, {"scrape 1:2:1 duplicate_series a{x=\"1\"}"});
  CheckFound(CheckBodies({"a 1\nb 1\na{x=\"1\"} 1\na{x=\"2\"} 1\n"}), {"scrape 1:3:1 family_not_grouped a"});
  CheckFound(CheckBodies({"# TYPE a_total counter\na_total -1\n"}), {"scrape 1:2:1 counter_value a_total"});
  CheckFound(CheckBodies({"# TYPE a_total counter\na_total NaN\n"}), {"scrape 1:2:1 counter_value a_total"});
  CheckFound(CheckBodies({"a 1"}), {"scrape 1:1:1 promtool_refuses "});
}

BOOST_AUTO_TEST_CASE(histograms) {
  const auto message = [](const std::string& lines) {
    return MessageOf(CheckBodies({"# TYPE h histogram\n" + lines}), "histogram");
  };
  BOOST_TEST(message("h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n") == "");
  BOOST_TEST(message("h_bucket{le=\"+Inf\"} 2\nh_bucket{le=\"1\"} 1\nh_count 2\n") == "");
  BOOST_TEST(message("h_bucket{le=\"1\"} 1\nh_count 1\n") == "a histogram without the bucket le=\"+Inf\"");
  BOOST_TEST(message("h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 2\nh_count 2\n") ==
             "a bucket holds fewer observations than a smaller one: buckets are cumulative");
  BOOST_TEST(message("h_bucket{le=\"+Inf\"} 2\nh_count 3\n") == "_count is 3, and the bucket le=\"+Inf\" 2");
  BOOST_TEST(message("h_bucket{le=\"+Inf\"} 2\n") == "a histogram without _count");
  BOOST_TEST(message("h_count 2\n") == "a histogram without buckets");
}

BOOST_AUTO_TEST_CASE(timestamps) {
  const auto at = [](std::int64_t distance_ms) { return std::to_string(kStartMs + distance_ms); };
  CheckFound(CheckBodies({"a 1 " + at(0) + "\n"}), {"scrape 1:1:1 explicit_timestamps a"});
  CheckFound(CheckBodies({"a 1 " + at(0) + "\n"}, ", track_timestamps_staleness: true"), {});
  CheckFound(CheckBodies({"a 1 " + at(0) + "\n"}, ", honor_timestamps: false"), {});
  Report report = CheckBodies({"b 1\na 1 " + at(700'000) + "\n"}, ", track_timestamps_staleness: true");
  CheckFound(report,
             {"scrape 1:2:1 timestamp_in_future a", "scrape 1:2:1 sample_refused a{instance=\"e:80\",job=\"j\"}"});
  BOOST_TEST(MessageOf(report, "sample_refused") == "Prometheus refuses it: out of bounds");
  report = CheckBodies({"a 1 " + at(-400'000) + "\n"}, ", track_timestamps_staleness: true");
  CheckFound(report, {"scrape 1:1:1 timestamp_in_past a"});
  BOOST_TEST(MessageOf(report, "timestamp_in_past") ==
             "its time is 6m40s before the scrape: an instant query looks back 5 minutes");
  const std::string fixed = "a 1 " + at(0) + "\n";
  CheckFound(CheckBodies({fixed, fixed, fixed}, ", track_timestamps_staleness: true"),
             {"scrape 3:1:1 timestamp_stands_still a"});
  report = CheckBodies({"a 1 " + at(0) + "\n", "a 2 " + at(0) + "\n"}, ", track_timestamps_staleness: true");
  CheckFound(report, {"scrape 2:1:1 timestamp_stands_still a"});
  BOOST_TEST(report.stored.scrapes[1].samples_refused == 1U);
}

BOOST_AUTO_TEST_CASE(scrapes_are_compared) {
  CheckFound(CheckBodies({"a 1\nb 1\n", "a 1\n"}), {"scrape 1:2:1 series_vanished b"});
  CheckFound(CheckBodies({"a 1\nb 1\n", "a 1\n", "a 1\nb 1\n"}), {"scrape 3:2:1 series_flaps b"});
  Report report = CheckBodies({"a 1\n", "a 1\nb 1\n"});
  CheckFound(report, {"scrape 2:0:0 series_appeared b"});
  BOOST_TEST(report.findings.Count(Severity::kNote) == 1U);
  const std::string type = "# TYPE a_total counter\n";
  report = CheckBodies({type + "a_total{x=\"1\"} 1\n", type + "a_total{x=\"1\"} 1\na_total{x=\"2\"} 7\n"});
  CheckFound(report, {"scrape 2:0:0 series_appeared a_total{x=\"2\"}"});
  BOOST_TEST(report.findings.Count(Severity::kNote) == 0U);
  CheckFound(CheckBodies({type + "a_total 5\n", type + "a_total 3\n"}), {"scrape 2:2:1 counter_fell a_total"});
  CheckFound(CheckBodies({"# TYPE a gauge\na 5\n", "# TYPE a gauge\na 3\n"}), {});
  CheckFound(CheckBodies({"# TYPE a gauge\na 5\n", "# TYPE a untyped\na 5\n"}), {"scrape 2:0:0 metadata_changed a"});
  CheckFound(CheckBodies({"# HELP a One.\na 5\n", "# HELP a Two.\na 5\n"}), {"scrape 2:0:0 metadata_changed a"});
}

BOOST_AUTO_TEST_CASE(a_restart_is_one_finding) {
  const auto body = [](int value) {
    std::string text = "# TYPE a_total counter\n";
    for (int i = 0; i < 8; ++i) text += "a_total{x=\"" + std::to_string(i) + "\"} " + std::to_string(value) + "\n";
    return text;
  };
  CheckFound(CheckBodies({body(5), body(0)}), {"scrape 2:0:0 restart "});
  const auto why = [&](const std::string& before, const std::string& after) {
    return MessageOf(CheckBodies({body(5) + before, body(0) + after}), "restart");
  };
  const std::string start = "process_start_time_seconds ";
  BOOST_TEST(why("", "") ==
             "8 of 8 counters and buckets fell: was the exporter restarted, or do several processes answer in turn?");
  BOOST_TEST(why(start + "1\n", start + "2\n") ==
             "8 of 8 counters and buckets fell, and process_start_time_seconds changed: another process answers");
  BOOST_TEST(why(start + "1\n", start + "1\n") ==
             "8 of 8 counters and buckets fell, and process_start_time_seconds did not change: they are reset, or are "
             "no counters");
  CheckFound(CheckBodies({body(5), body(5)}), {});
}

BOOST_AUTO_TEST_CASE(protocols_are_compared) {
  const std::string openmetrics = "# TYPE a counter\na_total 1\n# EOF\n";
  CheckFound(
      CheckAnswers({Scrape(1, openmetrics, kOpenMetrics), Protocol("PrometheusText0.0.4", "a_total 1\n", kText)}), {});
  CheckFound(CheckAnswers({Scrape(1, openmetrics, kOpenMetrics), Protocol("PrometheusText0.0.4", "a 1\n", kText)}),
             {"PrometheusText0.0.4:0:0 protocol_series a_total", "PrometheusText0.0.4:0:0 protocol_series a"});
  // A series that comes or goes between scrapes is no difference of protocols.
  CheckFound(
      CheckAnswers({Scrape(1, "a 1\nb 1\n"), Protocol("PrometheusText1.0.0", "a 1\n", kText), Scrape(2, "a 1\n")}),
      {"scrape 1:2:1 series_vanished b"});
}

BOOST_AUTO_TEST_CASE(answers_that_are_not_what_was_asked_for) {
  const std::string openmetrics = "a 1\n# EOF\n";
  CheckFound(CheckAnswers({Protocol("OpenMetricsText1.0.0", openmetrics, kOpenMetrics),
                           Protocol("OpenMetricsText1.0.0", "a 1\n", kText)}),
             {});
  Report report = CheckAnswers({Protocol("PrometheusText0.0.4", openmetrics, kOpenMetrics)});
  CheckFound(report, {"PrometheusText0.0.4:0:0 negotiation "});
  BOOST_TEST(MessageOf(report, "negotiation") ==
             "asked for it alone, and got OpenMetricsText1.0.0: Prometheus reads that, a client that asks so may not");
  CheckFound(CheckAnswers({Protocol("OpenMetricsText0.0.1", openmetrics, "application/openmetrics-text; version=7")}),
             {"OpenMetricsText0.0.1:0:0 negotiation "});
  Answer answer = Scrape(1, "a 1\n");
  answer.content_coding = "gzip";
  CheckFound(CheckAnswers({answer}), {"scrape 1:0:0 negotiation "});
  answer.asked_gzip = true;
  CheckFound(CheckAnswers({answer}), {});
  answer.content_coding.clear();
  CheckFound(CheckAnswers({answer}), {});
  answer.body.insert(0, 20'000, '\n');
  CheckFound(CheckAnswers({answer}), {"scrape 1:0:0 not_compressed "});
  answer = Scrape(1, "a 1\n");
  answer.took = std::chrono::seconds(6);
  CheckFound(CheckAnswers({answer}), {"scrape 1:0:0 slow "});
  answer = Protocol("dots", "{\"a.b\"} 1\n", kText);
  answer.purpose = Purpose::kEscaping;
  CheckFound(CheckAnswers({answer}), {"dots:1:1 negotiation {\"a.b\"}"});
  answer.body = "a_dot_b 1\n";
  CheckFound(CheckAnswers({answer}), {});
}

BOOST_AUTO_TEST_CASE(what_is_stored) {
  Report report = CheckBodies({"a{job=\"x\"} 1\n"});
  CheckFound(report, {"scrape 1:1:1 label_collision a{job=\"x\"}"});
  BOOST_REQUIRE(report.stored.series.size() == 1U);
  BOOST_TEST(report.stored.series[0].Get("exported_job") == "x");
  report = CheckBodies({"a{job=\"x\"} 1\n"}, ", honor_labels: true");
  BOOST_TEST(report.stored.series[0].Get("job") == "x");
  report =
      CheckBodies({"a 1\nb 1\n"}, ", metric_relabel_configs: [{source_labels: [__name__], regex: b, action: drop}]");
  BOOST_TEST(report.stored.series.size() == 1U);
  BOOST_TEST(report.stored.scrapes[0].samples_post_relabel == 1U);
  BOOST_TEST(report.size.limits_needed[0].count == 1U);
  report = CheckBodies({"a 1\n"}, ", relabel_configs: [{action: drop, source_labels: [job], regex: j}]");
  CheckFound(report, {":0:0 target "});
}

/// The limits that a report names hold, and one less fails.
BOOST_AUTO_TEST_CASE(the_smallest_limits_hold) {
  const std::string body = "abc{label_name=\"0123456789012345\",x=\"1\"} 1\ndef 2\n";
  for (const Counted& limit : CheckBodies({body}).size.limits_needed) {
    const auto with = [&](std::uint64_t value) {
      const bool is_size = limit.name == "body_size_limit";
      return CheckBodies({body}, ", " + limit.name + ": " + std::to_string(value) + (is_size ? "B" : ""));
    };
    BOOST_TEST(with(limit.count).stored.scrapes.at(0).up, limit.name);
    BOOST_TEST(!with(limit.count - 1).stored.scrapes.at(0).up, limit.name);
  }
}

BOOST_AUTO_TEST_CASE(lint_in_promtools_words) {
  const auto is = [](const std::string& body, const std::vector<std::string>& want) {
    const std::vector<std::string> lines = Lint(body);
    BOOST_TEST(lines == want, boost::test_tools::per_element());
  };
  is("a 1\n", {"a no help text 1"});
  is("# HELP a A.\n# TYPE a counter\na 1\n", {"a counter metrics should have \"_total\" suffix 1"});
  is("# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n",
     {"a_total non-counter metrics should not have \"_total\" suffix 1"});
  is("# HELP a_milliseconds A.\na_milliseconds 1\n",
     {"a_milliseconds use base unit \"seconds\" instead of \"milliseconds\" 1"});
  is("# HELP a_ms A.\na_ms 1\n", {"a_ms metric names should not contain abbreviated units 1"});
  is("# HELP aB A.\naB{cD=\"1\"} 1\naB{cD=\"2\"} 1\n",
     {"aB label names should be written in 'snake_case' not 'camelCase' 2",
      "aB metric names should be written in 'snake_case' not 'camelCase' 1"});
  is("# HELP a_gauge A.\n# TYPE a_gauge gauge\na_gauge{le=\"1\",quantile=\"1\"} 1\n",
     {"a_gauge metric name should not include type 'gauge' 1",
      "a_gauge non-histogram metrics should not have \"le\" label 1",
      "a_gauge non-summary metrics should not have \"quantile\" label 1"});
  is("# HELP a:b A.\na:b 1\na:b 1\n", {"a:b metric names should not contain ':' 1", "a:b metric not unique 1"});
  BOOST_TEST(Lint("# HELP a A.\n# TYPE a counter\na_total 1\na_created 1\n# EOF\n", kOpenMetrics).empty());
}

BOOST_AUTO_TEST_CASE(a_report_stays_short) {
  std::string body;
  for (int i = 0; i < 500; ++i) body += "a{x=\"" + std::to_string(i) + "\"} 1\n";
  const Report report = CheckBodies({body + body});
  std::size_t listed = 0;
  for (const Finding& finding : report.findings.list()) listed += finding.kind == "duplicate_series" ? 1 : 0;
  BOOST_TEST(listed == kFindingsOfKindMax);
  BOOST_TEST(report.findings.Count(Severity::kWarning) == 502U);  // and no help, not unique
  BOOST_TEST(ReportText(report, SeriesShown::kFirst).find("... 490 more [duplicate_series]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_broken_line_is_shown_without_what_moves_the_cursor) {
  const Report report = CheckBodies({"a 1\nb{x=\"\x1b[2J\xff\xc3\xa9\xc2\x9b\"} zwei\n"});
  const std::string text = ReportText(report, SeriesShown::kFirst);
  BOOST_TEST(text.find("b{x=\"\\x1b[2J\\xff\xc3\xa9\\xc2\\x9b\"} zwei") != std::string::npos, text);
  BOOST_TEST(text.find('\x1b') == std::string::npos);
}

}  // namespace stalemark::exporter_check
