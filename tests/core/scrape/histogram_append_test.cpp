// SPDX-License-Identifier: Apache-2.0
// Native histograms on their way to storage: the limits around it and their order, and what a limit does to the counts.
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/scrape/limit_appenders.h"
#include "core/storage/head.h"
#include "tests/core/scrape/append_fixture.h"

namespace stalemark::testing {
namespace {

using Counts = std::vector<std::int64_t>;

/// What one append through the limits leaves in the storage, or the text of the refusal.
template <class H>
std::string Limited(const AppendLimits& limits, const H& histogram, std::int64_t t_ms = 0) {
  RecordingAppender storage;
  LimitedAppender limited(storage, limits);
  const Labels labels = Labels::FromSorted({{kMetricName, "h"}});
  AppendRequest request;
  request.labels = &labels;
  request.t_ms = t_ms;
  if constexpr (std::is_same_v<H, FloatHistogram>) {
    request.float_histogram = &histogram;
  } else {
    request.histogram = &histogram;
  }
  const AppendResult result = limited.outermost().Append(request);
  if (result.code == AppendCode::kOk) return storage.log;
  BOOST_TEST(storage.log.empty());
  return limited.outermost().ErrorText();
}

std::string Appended(const Histogram& histogram) {
  return "h=" + HistogramText(histogram) + "@0";
}

std::string Appended(const FloatHistogram& histogram) {
  return "h=" + HistogramText(histogram) + "@0";
}

AppendLimits BucketLimit(std::uint64_t limit) {
  AppendLimits limits;
  limits.buckets = limit;
  return limits;
}

AppendLimits SchemaLimit(std::int32_t schema) {
  AppendLimits limits;
  limits.max_schema = schema;
  return limits;
}

Histogram Custom(const Counts& counts, std::vector<double> bounds) {
  Histogram histogram = Buckets(kCustomBucketsSchema, counts);
  histogram.custom_values = std::move(bounds);
  return histogram;
}

constexpr const char* kBucketRefusal = "histogram bucket limit exceeded";

// ---- order of the limits ----

BOOST_AUTO_TEST_CASE(APP_01_the_highest_schema_comes_before_the_bucket_limit) {
  AppendLimits limits = SchemaLimit(7);
  limits.buckets = 2;
  // The bucket limit alone refuses schema 9; what the schema's limit has reduced it can reduce further.
  BOOST_TEST(Limited(BucketLimit(2), Buckets(9, {1, 1, 1, 1})) == kBucketRefusal);
  const std::string appended = Limited(limits, Buckets(9, {1, 1, 1, 1, 1, 1, 1, 1}));
  BOOST_TEST(appended.substr(0, 12) == "h={{schema:6");
}

BOOST_AUTO_TEST_CASE(APP_01_the_bucket_limit_comes_before_the_sample_limit) {
  ScrapeAppendOptions options;
  options.bucket_limit = 1;
  options.sample_limit = 1;
  Appending a(options);
  a.Scrape(1000, {Native("h", Custom({1, 1}, {1, 2})), Float("m", 1)});
  BOOST_TEST(a.last == std::string("2/2/0 ") + kBucketRefusal);
  BOOST_TEST(a.log() == "m=1@1000");  // the histogram did not use up the sample limit
}

BOOST_AUTO_TEST_CASE(APP_01_the_sample_limit_comes_before_the_limit_of_time) {
  ScrapeAppendOptions options;
  options.sample_limit = 1;
  Appending a(options);
  const std::int64_t late = Appending::kNowMs + 600'001;
  a.Scrape(1000, {Float("m", 1).At(late), Float("n", 1).At(late)});
  BOOST_TEST(a.last == "2/2/0 sample limit exceeded");
  BOOST_TEST(a.ScrapesTotal("sample_out_of_bounds") == 1);
}

BOOST_AUTO_TEST_CASE(APP_01_limits_hold_for_bodies_and_their_markers_only) {
  const std::int64_t late = Appending::kNowMs + 600'001;
  Appending a;
  a.Scrape(1000, {Float("m", 1)});
  a.Scrape(late, {Float("n", 1).At(2000)});
  BOOST_TEST(a.last == "1/1/1 out of bounds");
  BOOST_TEST(a.log() == "n=1@2000");
  a.Empty(late);
  BOOST_TEST(a.last == "");
  BOOST_TEST(a.log() == "m=stale@610001 ref 1 reject");
  a.Report(late);
  BOOST_TEST(a.last == "");
}

// ---- bucket limit ----

BOOST_AUTO_TEST_CASE(APP_04_the_resolution_is_halved_until_the_buckets_fit) {
  const Counts eight = {1, 2, 3, 4, 5, 6, 7, 8};
  struct Row {
    const char* name;
    std::uint64_t limit;
    Histogram histogram;
    std::int32_t schema;
  };
  const Row rows[] = {
      {"fits", 8, Buckets(3, eight), 3},
      {"one step", 7, Buckets(3, eight), 2},
      {"one step is enough", 5, Buckets(3, eight), 2},
      {"two steps", 4, Buckets(3, eight), 1},
      {"down to one bucket", 2, Buckets(3, eight), 0},
      {"to the lowest schema", 2, Buckets(-1, eight), -4},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Histogram expected = row.histogram;
      if (row.schema < expected.schema) BOOST_REQUIRE(ReduceResolution(expected, row.schema).ok());
      BOOST_TEST(expected.bucket_count() <= row.limit);
      BOOST_TEST(Limited(BucketLimit(row.limit), row.histogram) == Appended(expected));
      BOOST_TEST(Limited(BucketLimit(row.limit), ToFloat(row.histogram)) == Appended(ToFloat(expected)));
    }
  }
}

BOOST_AUTO_TEST_CASE(APP_04_buckets_of_both_signs_count) {
  Histogram histogram = Buckets(2, {1, 1});
  histogram.negative_spans = {{0, 2}};
  histogram.negative_buckets = {1, 0};
  histogram.count += 2;
  BOOST_TEST(Limited(BucketLimit(4), histogram) == Appended(histogram));
  BOOST_TEST(Limited(BucketLimit(3), histogram).substr(0, 12) != "h={{schema:2");
  BOOST_TEST(Limited(BucketLimit(1), histogram) == kBucketRefusal);
}

BOOST_AUTO_TEST_CASE(APP_04_what_cannot_be_reduced_is_refused) {
  struct Row {
    const char* name;
    Histogram histogram;
  };
  const Row rows[] = {
      {"the lowest schema", Buckets(-4, {1, 1, 1})},
      {"custom buckets", Custom({1, 1, 1}, {1, 2, 3})},
      {"a schema above", Buckets(9, {1, 1, 1})},
      {"a schema below", Buckets(-5, {1, 1, 1})},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Limited(BucketLimit(3), row.histogram) == Appended(row.histogram));
      BOOST_TEST(Limited(BucketLimit(2), row.histogram) == kBucketRefusal);
      BOOST_TEST(Limited(BucketLimit(2), ToFloat(row.histogram)) == kBucketRefusal);
    }
  }
}

BOOST_AUTO_TEST_CASE(APP_04_a_histogram_that_contradicts_itself_ends_the_scrape) {
  ScrapeAppendOptions options;
  options.bucket_limit = 1;
  Appending a(options);
  Histogram histogram = Buckets(2, {1, 1, 1});
  histogram.positive_spans = {{0, 2}};
  a.Scrape(1000, {Native("h", histogram), Float("m", 1)});
  BOOST_TEST(a.last.substr(0, 6) == "1/0/0 ");
  BOOST_TEST(a.last != std::string("1/0/0 ") + kBucketRefusal);
  BOOST_TEST(a.log() == "");
}

// ---- highest schema ----

BOOST_AUTO_TEST_CASE(APP_05_the_highest_schema_of_a_bucket_factor) {
  struct Row {
    double factor;
    std::int32_t schema;
  };
  const double infinity = std::numeric_limits<double>::infinity();
  const Row rows[] = {{infinity, -4}, {65536, -4}, {257, -4}, {256, -3}, {16, -2},  {4, -1},       {2, 0},
                      {1.4, 1},       {1.1, 2},    {1.09, 3}, {1.04, 4}, {1.02, 5}, {1.01, 6},     {1.005, 7},
                      {1.002, 8},     {1.0001, 8}, {1, 8},    {0, 8},    {-1, 8},   {-infinity, 8}};
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.factor) {
      BOOST_TEST(MaxSchemaFor(row.factor) == row.schema);
    }
  }
}

BOOST_AUTO_TEST_CASE(APP_05_the_factors_between_two_schemas_are_those_of_the_logarithms) {
  // Where no rounding decides: a little to both sides of each schema's growth factor.
  for (std::int32_t schema = -3; schema <= 8; ++schema) {
    const double growth = std::exp2(std::exp2(-schema));
    BOOST_TEST_CONTEXT("schema " << schema) {
      BOOST_TEST(MaxSchemaFor(1 + (growth - 1) * (1 - 1e-9)) == schema);
      BOOST_TEST(MaxSchemaFor(1 + (growth - 1) * (1 + 1e-9)) == schema - 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(APP_05_schemas_from_minus_9_to_52_are_reduced) {
  struct Row {
    std::int32_t from;
    std::int32_t to;
  };
  for (const Row& row : {Row{52, 2}, Row{9, 2}, Row{8, 2}, Row{3, 2}, Row{2, 2}, Row{-4, -4}, Row{53, 53}}) {
    BOOST_TEST_CONTEXT("schema " << row.from) {
      const Histogram histogram = Buckets(row.from, {1, 2, 3});
      Histogram expected = histogram;
      if (row.to < row.from) BOOST_REQUIRE(ReduceResolution(expected, row.to).ok());
      BOOST_TEST(Limited(SchemaLimit(2), histogram) == Appended(expected));
      BOOST_TEST(Limited(SchemaLimit(2), ToFloat(histogram)) == Appended(ToFloat(expected)));
    }
  }
  const Histogram custom = Custom({1, 2}, {1, 2});
  BOOST_TEST(Limited(SchemaLimit(-4), custom) == Appended(custom));
}

BOOST_AUTO_TEST_CASE(APP_06_without_a_factor_a_schema_of_9_fails_the_scrape) {
  for (const bool with_factor : {false, true}) {
    ScrapeAppendOptions options;
    if (with_factor) options.max_schema = 7;
    Appending a(options);
    Head head;
    const std::unique_ptr<Appender> storage = head.NewAppender({});
    ScriptedParser parser({Native("h", Buckets(9, {1, 2})), Float("m", 1)});
    a.Scrape(1000, parser, *storage);
    if (with_factor) {
      BOOST_TEST(a.last == "2/2/2");
    } else {
      BOOST_TEST(a.last.substr(0, 6) == "1/0/0 ");
      BOOST_TEST(a.last.find("schema") != std::string::npos);
    }
  }
}

// ---- counts ----

BOOST_AUTO_TEST_CASE(APP_14_every_verdict_but_an_abort_counts_as_added) {
  struct Row {
    const char* name;
    AppendCode code;
    const char* last;
  };
  const Row rows[] = {
      {"ok", AppendCode::kOk, "2/2/2"},
      {"out of order", AppendCode::kOutOfOrder, "2/2/1"},
      {"duplicate", AppendCode::kDuplicate, "2/2/1"},
      {"out of bounds", AppendCode::kOutOfBounds, "2/2/1"},
      {"too old", AppendCode::kTooOld, "1/0/0 storage says no"},
      {"not found", AppendCode::kNotFound, "1/0/0 storage says no"},
      {"anything else", AppendCode::kOther, "1/0/0 storage says no"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Appending a;
      a.storage.answers["m"].code = row.code;
      a.Scrape(1000, {Float("m", 1), Float("n", 1)});
      BOOST_TEST(a.last == row.last);
    }
  }
}

BOOST_AUTO_TEST_CASE(APP_15_series_after_a_limit_error_are_no_longer_counted) {
  ScrapeAppendOptions options;
  options.bucket_limit = 2;
  Appending a(options);
  const ScriptedEntry many = Native("many", Custom({1, 1, 1}, {1, 2, 3}));
  a.Scrape(1000, {Float("a", 1), Native("h", Buckets(0, {1})), many, Float("b", 1)});
  BOOST_TEST(a.last == std::string("4/4/2 ") + kBucketRefusal);
  a.Empty(1000).Scrape(2000, {Float("a", 1), Float("b", 1), Float("c", 1)});
  BOOST_TEST(a.last == "3/3/1");  // `b` was cached all the same
}

BOOST_AUTO_TEST_CASE(APP_21_a_histogram_entry_without_histogram_ends_the_scrape) {
  const std::string text =
      "parser returned nil histogram/float histogram for a histogram entry type for {__name__=\"h\", instance=\"i\", "
      "job=\"j\"} series; parser bug; aborting";
  Appending a;
  a.Scrape(1000, {Float("m", 1), Entry(EntryKind::kHistogram, "h"), Float("n", 1)});
  BOOST_TEST(a.last == "2/1/1 " + text);
  BOOST_TEST(a.log() == "m=1@1000");
  a.Empty(1000).Scrape(2000, {Native("h", Buckets(0, {1}))});
  a.Scrape(3000, {Entry(EntryKind::kHistogram, "h")});
  BOOST_TEST(a.last == "1/0/0 " + text);
}

BOOST_AUTO_TEST_CASE(APP_22_one_of_each_refusal) {
  Appending a;
  a.storage.answers["out_of_order"].code = AppendCode::kOutOfOrder;
  a.storage.answers["amend"].code = AppendCode::kDuplicate;
  a.storage.answers["out_of_bounds"].code = AppendCode::kOutOfBounds;
  a.Scrape(1000, {Float("out_of_order", 1), Float("amend", 1), Float("normal", 1), Float("out_of_bounds", 1)});
  BOOST_TEST(a.last == "4/4/1");
  a.Scrape(2000, {Float("ahead", 1).At(Appending::kNowMs + 20 * 60'000)});
  BOOST_TEST(a.last == "1/1/0");
  BOOST_TEST(a.ScrapesTotal("sample_out_of_order") == 1);
  BOOST_TEST(a.ScrapesTotal("sample_duplicate_timestamp") == 1);
  BOOST_TEST(a.ScrapesTotal("sample_out_of_bounds") == 2);
}

}  // namespace
}  // namespace stalemark::testing
