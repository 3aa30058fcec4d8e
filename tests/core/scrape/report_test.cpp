// SPDX-License-Identifier: Apache-2.0
// The report series of a target: order, labels, metadata, and what a refusing storage does to them.
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/append_fixture.h"
#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

/// The metadata of each append.
class MetadataAppender final : public Appender {
 public:
  AppendResult Append(const AppendRequest& request) override {
    BOOST_REQUIRE(request.metadata != nullptr);
    metadata.push_back(*request.metadata);
    return {SeriesRef{1}, AppendCode::kOk};
  }
  std::string ErrorText() const override { return ""; }
  void Commit(CommitDone) override {}
  void Rollback() override {}

  std::vector<Metadata> metadata;
};

ScrapeReport Report() {
  ScrapeReport report;
  report.healthy = true;
  report.duration = std::chrono::milliseconds(1500);
  report.counts = {5, 4, 3};
  report.body_bytes = 77;
  return report;
}

/// `name=value@time ref` of each append, without metadata.
std::string Samples(const std::string& log) {
  std::string out;
  for (std::size_t from = 0; from < log.size();) {
    const std::size_t to = std::min(log.find("; ", from), log.size());
    const std::string append = log.substr(from, to - from);
    out += append.substr(0, append.find(" " + append.substr(0, append.find('=')))) + "; ";
    from = to + 2;
  }
  return out;
}

BOOST_AUTO_TEST_CASE(REP_01_the_order_of_the_report_series) {
  const std::string five =
      "up=1@1000; scrape_duration_seconds=1.5@1000; scrape_samples_scraped=5@1000; "
      "scrape_samples_post_metric_relabeling=4@1000; scrape_series_added=3@1000; ";
  Appending a;
  a.Report(1000, Report());
  BOOST_TEST(Samples(a.log()) == five);
  ScrapeAppendOptions options;
  options.extra_scrape_metrics = true;
  options.timeout = std::chrono::milliseconds(2500);
  options.sample_limit = 9;
  Appending extra(options);
  extra.Report(1000, Report());
  BOOST_TEST(Samples(extra.log()) ==
             five + "scrape_timeout_seconds=2.5@1000; scrape_sample_limit=9@1000; scrape_body_size_bytes=77@1000; ");
}

BOOST_AUTO_TEST_CASE(REP_02_time_of_the_scrape_and_names_without_the_marker_byte) {
  Engine engine;
  ResponseScript slow;
  slow.body = "m 1\n";
  slow.delay = 1500ms;
  engine.Answer(slow).Scrape(2);
  for (const char* name : {"up", "scrape_duration_seconds", "scrape_samples_scraped",
                           "scrape_samples_post_metric_relabeling", "scrape_series_added"}) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(engine.Samples(name).substr(0, 2) == "0:");
      BOOST_TEST(engine.Samples(name).find(" 10:") != std::string::npos);
      BOOST_TEST(engine.LabelsOf(name) == "{__name__=\"" + std::string(name) + "\", instance=\"a:1\", job=\"j\"}");
    }
  }
}

BOOST_AUTO_TEST_CASE(REP_09_late_and_duplicate_reports_are_swallowed_one_by_one) {
  for (const AppendCode code : {AppendCode::kOutOfOrder, AppendCode::kDuplicate}) {
    Appending a;
    a.storage.answers["scrape_samples_scraped"].code = code;
    a.Report(1000, Report());
    BOOST_TEST(a.last == "");
    BOOST_TEST(a.log().find("scrape_series_added") != std::string::npos);
    BOOST_TEST(a.ScrapesTotal("sample_out_of_order") == 0);
    BOOST_TEST(a.ScrapesTotal("sample_duplicate_timestamp") == 0);
    a.storage.answers.clear();
    a.Report(2000, Report());  // nothing was cached of the one refused
    BOOST_TEST(Samples(a.log()) ==
               "up=1@2000 ref 1; scrape_duration_seconds=1.5@2000 ref 2; scrape_samples_scraped=5@2000; "
               "scrape_samples_post_metric_relabeling=4@2000 ref 4; scrape_series_added=3@2000 ref 5; ");
  }
}

BOOST_AUTO_TEST_CASE(REP_09_any_other_error_ends_the_report) {
  for (const AppendCode code :
       {AppendCode::kOutOfBounds, AppendCode::kTooOld, AppendCode::kNotFound, AppendCode::kOther}) {
    Appending a;
    a.storage.answers["scrape_duration_seconds"].code = code;
    a.Report(1000, Report());
    BOOST_TEST(a.last == "storage says no");
    BOOST_TEST(Samples(a.log()) == "up=1@1000; scrape_duration_seconds=1.5@1000; ");
  }
}

BOOST_AUTO_TEST_CASE(REP_10_the_first_success_caches_reference_and_labels) {
  Appending a;
  a.Report(1000, Report());
  a.target_labels = Labels::FromSorted({{"instance", "other"}});
  a.Report(2000, Report());
  BOOST_TEST(Samples(a.log()).substr(0, 17) == "up=1@2000 ref 1; ");
  BOOST_TEST(a.storage.labels == "{__name__=\"scrape_series_added\", instance=\"i\", job=\"j\"}");
}

BOOST_AUTO_TEST_CASE(REP_10_a_cache_reset_leads_to_the_same_series) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  // A label limit makes the caches new (RELOAD-03).
  BOOST_TEST(engine.Configure(JobYaml("label_limit: 30")) == "");
  engine.Scrape();
  BOOST_TEST(engine.last() == "1/1/1");
  BOOST_TEST(engine.Samples("up") == "0:1 10:1");
}

BOOST_AUTO_TEST_CASE(REP_11_metadata_of_the_report_series) {
  struct Row {
    const char* name;
    const char* unit;
    const char* help;
  };
  const Row rows[] = {
      {"up", "targets", "Health of the scrape target. 1 means the target is healthy, 0 if the scrape failed."},
      {"scrape_duration_seconds", "seconds", "Duration of the last scrape in seconds."},
      {"scrape_samples_scraped", "samples", "Number of samples last scraped."},
      {"scrape_samples_post_metric_relabeling", "samples",
       "Number of samples remaining after metric relabeling was applied."},
      {"scrape_series_added", "series", "Number of series in the last scrape."},
      {"scrape_timeout_seconds", "seconds", "The configured scrape timeout for a target."},
      {"scrape_sample_limit", "samples",
       "The configured sample limit for a target. Returns zero if there is no limit configured."},
      {"scrape_body_size_bytes", "bytes",
       "The uncompressed size of the last scrape response, if successful. Scrapes failing because body_size_limit is "
       "exceeded report -1, other scrape failures report 0."},
  };
  ScrapeAppendOptions options;
  options.extra_scrape_metrics = true;
  Appending a(options);
  MetadataAppender storage;
  for (int time = 0; time < 2; ++time) {  // with each report, not only with the first
    storage.metadata.clear();
    a.Report(1000, Report(), storage);
    BOOST_REQUIRE(storage.metadata.size() == std::size(rows));
    for (std::size_t i = 0; i < std::size(rows); ++i) {
      BOOST_TEST_CONTEXT(rows[i].name) {
        BOOST_TEST(storage.metadata[i].family == std::string(rows[i].name) + '\xff');
        BOOST_TEST((storage.metadata[i].type == MetricType::kGauge));
        BOOST_TEST(storage.metadata[i].unit == rows[i].unit);
        BOOST_TEST(storage.metadata[i].help == rows[i].help);
      }
    }
  }
}

}  // namespace
}  // namespace stalemark::testing
