// SPDX-License-Identifier: Apache-2.0
// Start times of OpenMetrics, which are found by reading ahead.
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/exposition/openmetrics_parser.h"
#include "tests/core/exposition/dump.h"

namespace stalemark::exposition_test {
namespace {

/// A body as ` name st=ms` of each sample, or the error; asked for start times as `options` say and `starts` adds.
std::string StartsOf(std::string_view body, const ParserOptions& options, Starts starts, TextPaths paths) {
  const PaddedBody padded(body);
  OpenMetricsParser parser(options, paths);
  parser.Reset(padded.view());
  std::string out;
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
    if (kind == EntryKind::kError) return out + " error: " + parser.error().message;
    if (kind != EntryKind::kSeries) continue;
    out += " " + std::string(parser.sample().series);
    if (starts == Starts::kIgnored) continue;
    if (const std::int64_t start_ms = parser.StartTimestamp(); start_ms != 0) out += fmt::format("={}", start_ms);
  }
  return out;
}

struct StartCase {
  const char* name;
  std::string body;
  std::string expected;
};

void Check(const std::vector<StartCase>& cases, bool parse_start_timestamps = true, Starts starts = Starts::kAsked) {
  ParserOptions options;
  options.parse_start_timestamps = parse_start_timestamps;
  for (const StartCase& test : cases) {
    for (const TextPaths paths : {TextPaths::kBoth, TextPaths::kTokensOnly}) {
      BOOST_TEST_CONTEXT(test.name) {
        BOOST_TEST(StartsOf(test.body, options, starts, paths) == test.expected);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(OM_16_created_series_are_hidden_when_start_times_are_wanted) {
  const std::string counter = "# TYPE a counter\na_total 1\na_created 2\n# EOF\n";
  const std::string gauge = "# TYPE a gauge\na 1\na_created 2\n# EOF\n";
  Check({{"counter", counter, " a_total=2000"}, {"gauge", gauge, " a a_created"}});
  Check({{"not asked", counter, " a_total a_created"}}, false, Starts::kIgnored);
  Check({{"hidden though never asked", counter, " a_total"}}, true, Starts::kIgnored);
  Check({{"quoted", "# TYPE \"a.b\" counter\n{\"a.b_total\"} 1\n{\"a.b_created\"} 2\n# EOF\n", " {\"a.b_total\"}=2000"},
         {"bare suffix", "# TYPE a counter\n_created 2\n# EOF\n", ""},
         {"too short", "# TYPE a counter\ncreated 2\n# EOF\n", " created"}});
}

BOOST_AUTO_TEST_CASE(OM_16_17_a_lookup_hides_created_series_from_then_on) {
  Check({{"before and behind",
          "# TYPE a counter\nb_created 1\n# TYPE a gauge\nx 1\n# TYPE a counter\na_total 1\nb_created 2\n# EOF\n",
          " b_created x a_total"}},
        false);
}

BOOST_AUTO_TEST_CASE(OM_17_what_belongs_together) {
  Check({
      {"labels", "# TYPE a counter\na_total{l=\"v\"} 1\na_created{l=\"v\"} 2.5\n# EOF\n", " a_total{l=\"v\"}=2500"},
      {"other labels", "# TYPE a counter\na_total{l=\"v\"} 1\na_created{l=\"w\"} 2\n# EOF\n", " a_total{l=\"v\"}"},
      {"other order", "# TYPE a counter\na_total{l=\"v\",m=\"w\"} 1\na_created{m=\"w\",l=\"v\"} 2\n# EOF\n",
       " a_total{l=\"v\",m=\"w\"}"},
      {"without separators", "# TYPE a counter\na_total{x=\"ab\",y=\"c\"} 1\na_created{x=\"a\",by=\"c\"} 2\n# EOF\n",
       " a_total{x=\"ab\",y=\"c\"}=2000"},
      {"other family", "# TYPE a counter\na_total 1\nb_created 2\n# EOF\n", " a_total"},
      {"name cut to the family's length", "# TYPE a counter\nab_total 1\na_created 2\n# EOF\n", " ab_total=2000"},
      {"name of the last metadata line", "# TYPE a counter\n# HELP ab x\nab_total 1\nab_created 2\n# EOF\n",
       " ab_total=2000"},
      {"bounds do not count",
       "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_created 2\n# EOF\n",
       " a_bucket{le=\"1\"}=2000 a_bucket{le=\"+Inf\"}=2000 a_sum=2000"},
      {"quantiles do not count", "# TYPE a summary\na{quantile=\"1\"} 1\na_created 2\n# EOF\n",
       " a{quantile=\"1\"}=2000"},
      {"bounds of counters count", "# TYPE a counter\na_total{le=\"1\"} 1\na_created 2\n# EOF\n", " a_total{le=\"1\"}"},
      {"the first one ends the search",
       "# TYPE a counter\na_total{l=\"1\"} 1\na_total{l=\"2\"} 1\na_created{l=\"2\"} 4\n"
       "a_created{l=\"1\"} 3\n# EOF\n",
       " a_total{l=\"1\"} a_total{l=\"2\"}=4000"},
      {"metadata ends the search", "# TYPE a counter\na_total 1\n# HELP a x\na_created 2\n# EOF\n", " a_total"},
      {"an error ends the search", "# TYPE a counter\na_total 1\nx\na_created 2\n# EOF\n",
       " a_total error: expected value after metric, got \"\\n\" (\"INVALID\") while parsing: \"x\\n\""},
      {"so does what stands behind a value", "# TYPE a counter\na 1\na 2 \na_created 3\n# EOF\n",
       " a a error: expected a valid start token, got \"\\na\" (\"LINEBREAK\") while parsing: \"\\na\""},
      {"before the samples it is not found", "# TYPE a counter\na_created 2\na_total 1\n# EOF\n", " a_total"},
      {"zero", "# TYPE a counter\na_total 1\na_created 0\n# EOF\n", " a_total"},
      {"negative", "# TYPE a counter\na_total 1\na_total 2\na_created -2\n# EOF\n", " a_total=-2000 a_total=-2000"},
      {"negative ones are not kept", "# TYPE a counter\na_total 1\na_created -2\na_total 3\n# EOF\n",
       " a_total=-2000 a_total"},
      {"not a number", "# TYPE a counter\na_total 1\na_created NaN\n# EOF\n", " a_total=-9223372036854775808"},
      {"kept behind the created series", "# TYPE a counter\na_total 1\na_created 2\na_total 3\n# EOF\n",
       " a_total=2000 a_total=2000"},
      {"kept from family to family of one name",
       "# TYPE a counter\na_total 1\na_created 2\n# TYPE a counter\na_total 3\n# EOF\n", " a_total=2000 a_total=2000"},
      {"forgotten at a gauge",
       "# TYPE a counter\na_total 1\na_created 2\n# TYPE a gauge\na 1\n# TYPE a counter\na_total 3\n# EOF\n",
       " a_total=2000 a a_total"},
      {"no type", "a_total 1\na_created 2\n# EOF\n", " a_total a_created"},
  });
}

BOOST_AUTO_TEST_CASE(OM_17_samples_survive_reading_ahead) {
  ParserOptions options;
  options.parse_start_timestamps = true;
  for (const TextPaths paths : {TextPaths::kBoth, TextPaths::kTokensOnly}) {
    BOOST_TEST(
        Dump<OpenMetricsParser>("# TYPE a counter\na_total 1 5 # {t=\"x\"} 2 6\na_total{l=\"v\"} 3 7 # {t=\"y\"} 4\n"
                                "a_created 9\n# EOF\n",
                                options, paths) ==
        "0: type a counter\n17: __name__=\"a_total\" 1 @5000 <a_total> st=9000 # {t=\"x\" } 2 @6000\n"
        "43: __name__=\"a_total\" l=\"v\" 3 @7000 <a_total{l=\"v\"}> # {t=\"y\" } 4\n");
    // The second bound is still one of a histogram.
    BOOST_TEST(Dump<OpenMetricsParser>("# TYPE a histogram\na{le=\"1\"} 1\na{le=\"2\"} 2\n# TYPE b gauge\n# EOF\n",
                                       options, paths) ==
               "0: type a histogram\n19: __name__=\"a\" le=\"1.0\" 1 <a{le=\"1\"}>\n"
               "31: __name__=\"a\" le=\"2.0\" 2 <a{le=\"2\"}>\n43: type b gauge\n");
  }
}

BOOST_AUTO_TEST_CASE(OM_17_nothing_found_in_one_body_serves_the_next) {
  ParserOptions options;
  options.parse_start_timestamps = true;
  OpenMetricsParser parser(options);
  // In the same memory, so that places in the bodies are the same.
  std::string buffer = "# TYPE a counter\na_total 1\na_created 5\n# EOF\n";
  const std::size_t size = buffer.size();
  buffer.append(kBodyPadding, '7');
  parser.Reset(std::string_view(buffer).substr(0, size));
  BOOST_TEST(DumpRest(parser, Offsets::kHidden, Starts::kAsked) ==
             "type a counter\n__name__=\"a_total\" 1 <a_total> st=5000\n");
  buffer[buffer.find("a_created")] = 'b';
  parser.Reset(std::string_view(buffer).substr(0, size));
  BOOST_TEST(DumpRest(parser, Offsets::kHidden, Starts::kAsked) ==
             "type a counter\n__name__=\"a_total\" 1 <a_total>\n");
}

BOOST_AUTO_TEST_CASE(OM_18_unit_and_family_name_stay_as_read_ahead) {
  ParserOptions options;
  options.parse_start_timestamps = true;
  options.type_and_unit_labels = true;
  BOOST_TEST(Dump<OpenMetricsParser>("# TYPE a counter\na 1\na 2\n# UNIT b_s s\n# EOF\n", options) ==
             "0: type a counter\n17: __name__=\"a\" __type__=\"counter\" 1 <a>\n"
             "21: __name__=\"a\" __type__=\"counter\" __unit__=\"s\" 2 <a>\n25: unit b_s \"s\"\n");
  // The second sample is cut to the three bytes of `b_s`.
  Check({{"family", "# TYPE a counter\nxyz_1 1\nxyz_2 1\n# UNIT b_s s\nxyz_created 2\n# EOF\n", " xyz_1 xyz_2"}});
}

BOOST_AUTO_TEST_CASE(OM_18_where_upstream_dies_or_hangs_there_is_an_error) {
  const std::string lookup = " error: cannot look up a start timestamp: ";
  Check({
      {"an exemplar that cannot be read", "# TYPE a counter\na_total 1\na_total 2 # {x=y} 1\n# EOF\n",
       " a_total" + lookup + "an exemplar further on cannot be read"},
      {"family longer than the body", "# TYPE a_long_family_name counter\nb 1\n# EOF\n",
       " b" + lookup + "the name of the metric family does not fit the series \"b\""},
      {"name behind the cut", "# TYPE a counter\n{l=\"v\",\"a_total\"} 1\na_created 2\n# EOF\n",
       " {l=\"v\",\"a_total\"}" + lookup +
           "the name of the metric family does not fit the series \"{l=\\\"v\\\",\\\"a_total\\\"}\""},
  });
  // The name of a metadata line that fails counts too: the second sample is cut to one byte.
  Check({{"family read ahead", "# TYPE abcdefghijk counter\n{l=\"v\",\"a\"} 1\n{l=\"v\",\"a\"} 2\n# HELP a\n# EOF\n",
          " {l=\"v\",\"a\"} {l=\"v\",\"a\"}" + lookup +
              "the name of the metric family does not fit the series \"{l=\\\"v\\\",\\\"a\\\"}\""}});
  // A bad exemplar that upstream's scan can pass is an error at its own line only.
  Check({{"wrong order", "# TYPE a counter\na_total 1\na_total 2 # {} 1 2 3\n# EOF\n",
          " a_total error: expected next entry after exemplar timestamp, got \" 3\\n\" (\"TIMESTAMP\") while parsing: "
          "\"a_total 2 # {} 1 2 3\\n\""}});
}

}  // namespace
}  // namespace stalemark::exposition_test
