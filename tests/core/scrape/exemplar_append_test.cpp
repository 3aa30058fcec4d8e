// SPDX-License-Identifier: Apache-2.0
// What goes along with a sample: exemplars, metadata, and the start time of the exposition.
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/append_fixture.h"

namespace stalemark::testing {
namespace {

using Exposed = std::vector<ExemplarEntry>;

const double kNan = std::numeric_limits<double>::quiet_NaN();

AppendResult WithExemplarsRefused(std::uint16_t refused, std::uint16_t out_of_order) {
  return {kNoSeries, AppendCode::kOk, refused, out_of_order};
}

// ---- exemplars ----

BOOST_AUTO_TEST_CASE(APP_30_all_exemplars_of_a_float_go_along_with_it) {
  Appending a;
  a.Scrape(1000, {Float("m", 1).With({ExposedExemplar("a", 7), ExposedExemplar("b", 8, 900)}), Float("n", 2)});
  BOOST_TEST(a.log() == "m=1@1000 [b 8@900] [a 7@1000]; n=2@1000");
  a.Scrape(2000, {Float("m", 1).At(1500).With({ExposedExemplar("a", 7)})});  // the sample's own time
  BOOST_TEST(a.log().substr(0, 27) == "m=1@1500 ref 1 [a 7@1500]; ");
}

BOOST_AUTO_TEST_CASE(APP_31_exemplars_of_histograms_need_a_time) {
  Appending a;
  const Exposed exemplars = {ExposedExemplar("a", 7), ExposedExemplar("b", 8, 900), ExposedExemplar("c", 9)};
  const std::string expected = "h=" + HistogramText(Buckets(0, {1})) + "@1000 [b 8@900]";
  a.Scrape(1000, {Native("h", Buckets(0, {1})).With(exemplars)});
  BOOST_TEST(a.log() == expected);
  BOOST_TEST(a.last == "1/1/1");
}

BOOST_AUTO_TEST_CASE(APP_32_exemplars_are_sorted_by_time_then_value_then_labels) {
  Appending a;
  const Exposed exemplars = {
      ExposedExemplar("late", 1, 9), ExposedExemplar("b", 2, 5),  ExposedExemplar("a", 2, 5),
      ExposedExemplar("c", 1, 5),    ExposedExemplar("d", -1, 5), ExposedExemplar("early", 9, -3),
  };
  a.Scrape(1000, {Float("m", 1).With(exemplars)});
  BOOST_TEST(a.log() == "m=1@1000 [early 9@-3] [d -1@5] [c 1@5] [a 2@5] [b 2@5] [late 1@9]");
}

BOOST_AUTO_TEST_CASE(APP_32_a_nan_is_neither_less_nor_greater) {
  struct Row {
    const char* name;
    Exposed exemplars;
    const char* expected;
  };
  const Row rows[] = {
      {"labels decide", {ExposedExemplar("b", 1, 5), ExposedExemplar("a", kNan, 5)}, "[a NaN@5] [b 1@5]"},
      {"in place", {ExposedExemplar("a", kNan, 5), ExposedExemplar("b", 1, 5)}, "[a NaN@5] [b 1@5]"},
      {"it keeps what is out of order apart",
       {ExposedExemplar("a", 2, 5), ExposedExemplar("b", kNan, 5), ExposedExemplar("c", 1, 5)},
       "[a 2@5] [b NaN@5] [c 1@5]"},
      {"time goes first", {ExposedExemplar("a", kNan, 6), ExposedExemplar("b", 1, 5)}, "[b 1@5] [a NaN@6]"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Appending a;
      a.Scrape(1000, {Float("m", 1).With(row.exemplars)});
      BOOST_TEST(a.log() == std::string("m=1@1000 ") + row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(APP_32_many_exemplars_are_sorted_as_well) {
  Exposed exemplars;
  std::string expected = "m=1@1000";
  for (int i = 0; i < 40; ++i) {
    exemplars.push_back(ExposedExemplar("x", i % 3 == 0 ? kNan : 40 - i, 40 - i));
    expected +=
        " [x " + std::string((39 - i) % 3 == 0 ? "NaN" : std::to_string(i + 1)) + '@' + std::to_string(i + 1) + ']';
  }
  Appending a;
  a.Scrape(1000, {Float("m", 1).With(exemplars)});
  BOOST_TEST(a.log() == expected);
}

BOOST_AUTO_TEST_CASE(APP_32_exemplars_of_duplicates_are_not_read) {
  Appending a;
  ScriptedParser parser({Float("m", 1), Float("m", 2).With({ExposedExemplar("a", 7)}),
                         Float("m", 3).At(2000).With({ExposedExemplar("b", 8)})});
  a.Scrape(1000, parser, a.storage);
  BOOST_TEST(a.log() == "m=1@1000; m=3@2000 ref 1 [b 8@2000]");
  BOOST_TEST(parser.exemplars_read == 1u);
}

BOOST_AUTO_TEST_CASE(APP_33_only_a_full_set_of_late_exemplars_is_counted) {
  struct Row {
    const char* name;
    std::uint16_t refused;
    std::uint16_t out_of_order;
    double counted;
  };
  const Row rows[] = {
      {"none", 0, 0, 0},     {"one of two", 1, 1, 0}, {"both", 2, 2, 2}, {"one is too long", 2, 1, 0},
      {"too long", 2, 0, 0},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Appending a;
      a.storage.answers["m"] = WithExemplarsRefused(row.refused, row.out_of_order);
      const ScriptedEntry entry = Float("m", 1).With({ExposedExemplar("a", 7), ExposedExemplar("b", 8)});
      a.Scrape(1000, {entry, Float("n", 1)});
      BOOST_TEST(a.last == "2/2/2");  // the sample was taken
      BOOST_TEST(a.ScrapesTotal("exemplar_out_of_order") == row.counted);
      a.Scrape(2000, {entry});
      BOOST_TEST(a.last == "1/1/0");
      BOOST_TEST(a.ScrapesTotal("exemplar_out_of_order") == 2 * row.counted);
      a.Scrape(3000, {Float("n", 1)});
      BOOST_TEST(a.log() == "n=1@3000; m=stale@3000 ref 1 reject");  // and tracked
    }
  }
}

// ---- metadata ----

BOOST_AUTO_TEST_CASE(APP_34_names_that_belong_to_a_family) {
  using T = MetricType;
  struct Row {
    std::string_view metric;
    std::string_view family;
    MetricType type;
    bool belongs;
  };
  const Row rows[] = {
      {"m", "m", T::kGauge, true},
      {"m_total", "m", T::kGauge, false},
      {"n", "m", T::kGauge, false},
      {"m", "mm", T::kGauge, false},
      {"m", "m", T::kCounter, true},
      {"m_total", "m", T::kCounter, true},
      {"m_total", "m_total", T::kCounter, true},
      {"m", "m_total", T::kCounter, false},  // does not start with the family's name
      {"m_total_total", "m_total", T::kCounter, false},
      {"m_created", "m", T::kCounter, false},
      {"h", "h", T::kHistogram, true},
      {"h_bucket", "h", T::kHistogram, true},
      {"h_sum", "h", T::kHistogram, true},
      {"h_count", "h", T::kHistogram, true},
      {"h_gsum", "h", T::kHistogram, false},
      {"h_sum_count", "h", T::kHistogram, false},  // one suffix
      {"h_bucket", "h", T::kGaugeHistogram, true},
      {"h_gsum", "h", T::kGaugeHistogram, true},
      {"h_gcount", "h", T::kGaugeHistogram, true},
      {"h_sum", "h", T::kGaugeHistogram, false},
      {"s", "s", T::kSummary, true},
      {"s_sum", "s", T::kSummary, true},
      {"s_count", "s", T::kSummary, true},
      {"s_bucket", "s", T::kSummary, false},
      {"i", "i", T::kInfo, true},
      {"i_info", "i", T::kInfo, true},
      {"i_info", "i_info", T::kInfo, true},
      {"u_count", "u_count", T::kSummary, false},  // the metric's suffix is cut, the family's is not
      {"u", "u", T::kUnknown, true},
      {"u_info", "u", T::kStateset, false},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.metric << " of " << MetricTypeText(row.type) << ' ' << row.family) {
      BOOST_TEST(IsSeriesPartOfFamily(row.metric, row.family, row.type) == row.belongs);
    }
  }
}

BOOST_AUTO_TEST_CASE(APP_34_metadata_goes_along_until_a_sample_leaves_the_family) {
  ScrapeAppendOptions options;
  options.append_metadata = true;
  const std::vector<ScriptedEntry> body = {Float("before", 1),
                                           Type("m", MetricType::kCounter),
                                           Float("m_total", 1),
                                           Float("other", 1),
                                           Float("m_total", 2).Spelled("m_total{}"),
                                           Help("m", "again"),
                                           Float("m_total", 3).Spelled("m_total{ }")};
  Appending a(options);
  a.Scrape(1000, body);
  BOOST_TEST(a.log() ==
             "before=1@1000; m_total=1@1000 m/counter; other=1@1000; m_total=2@1000; m_total=3@1000 m/counter");
  Appending without;
  without.Scrape(1000, body);
  BOOST_TEST(without.log() == "before=1@1000; m_total=1@1000; other=1@1000; m_total=2@1000; m_total=3@1000");
}

BOOST_AUTO_TEST_CASE(APP_34_the_final_name_decides) {
  ScrapeAppendOptions options;
  options.append_metadata = true;
  auto config = std::make_shared<ScrapeConfig>();
  RelabelRule rule;
  rule.source_labels = {"__name__"};
  rule.regex = Regex::Compile("m").value();
  rule.target_label = "__name__";
  rule.replacement = "renamed";
  config->metric_relabel_configs.push_back(rule);
  Appending a(options);
  a.config = config;
  for (const std::int64_t t_ms : {1000, 2000}) {  // a known series as well
    a.Scrape(t_ms, {Type("m", MetricType::kGauge), Float("m", 1)});
    BOOST_TEST(a.log().find("gauge") == std::string::npos);
    a.Scrape(t_ms + 500, {Type("renamed", MetricType::kGauge), Float("m", 1)});
    BOOST_TEST(a.log().find("renamed/gauge") != std::string::npos);
  }
}

// ---- start time ----

BOOST_AUTO_TEST_CASE(APP_35_start_times_are_asked_for_only_with_the_feature) {
  ScrapeAppendOptions options;
  options.parse_start_timestamps = true;
  const std::vector<ScriptedEntry> body = {Float("m", 1).Since(500), Native("h", Buckets(0, {1})).Since(600),
                                           Float("n", 1)};
  const std::string histogram = "h=" + HistogramText(Buckets(0, {1})) + "@1000";
  Appending with(options);
  with.Scrape(1000, body);
  BOOST_TEST(with.log() == "m=1@1000 st 500; " + histogram + " st 600; n=1@1000");
  Appending without;
  without.Scrape(1000, body);
  BOOST_TEST(without.log() == "m=1@1000; " + histogram + "; n=1@1000");
}

}  // namespace
}  // namespace stalemark::testing
