// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/openmetrics_parser.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/exposition/parser_set.h"
#include "tests/core/exposition/body_cases.h"

namespace stalemark::exposition_test {
namespace {

using namespace std::string_literals;

void Check(const std::vector<BodyCase>& cases, const ParserOptions& options = {}) {
  CheckBodies<OpenMetricsParser>(cases, options);
}

struct ErrorCase {
  std::string body;
  std::string error;
};

void CheckErrors(const std::vector<ErrorCase>& cases) {
  for (const ErrorCase& test : cases) {
    BOOST_TEST_CONTEXT(text::GoQuote(test.body)) {
      BOOST_TEST(LastLine<OpenMetricsParser>(test.body) == "error " + test.error);
    }
  }
}

BOOST_AUTO_TEST_CASE(OM_01_one_blank_between_tokens) {
  CheckErrors({
      {"a  1\n# EOF\n", "expected value after metric, got \"  \" (\"INVALID\") while parsing: \"a  \""},
      {"\n# EOF\n", "expected a valid start token, got \"\\n\" (\"INVALID\") while parsing: \"\\n\""},
      {" a 1\n# EOF\n", "expected a valid start token, got \" \" (\"INVALID\") while parsing: \" \""},
      {"# foo\n# EOF\n", "expected a valid start token, got \"# f\" (\"INVALID\") while parsing: \"# f\""},
      {"#foo\n# EOF\n", "expected a valid start token, got \"#f\" (\"INVALID\") while parsing: \"#f\""},
      {"a\r 1\n# EOF\n", "expected value after metric, got \"\\r\" (\"INVALID\") while parsing: \"a\\r\""},
  });
}

BOOST_AUTO_TEST_CASE(OM_02_the_end_marker) {
  Check({{"with newline", "a 1\n# EOF\n", "0: __name__=\"a\" 1 <a>\n"},
         {"without", "a 1\n# EOF", "0: __name__=\"a\" 1 <a>\n"},
         {"NULs behind it", "# EOF\n\0\0"s, ""},
         {"no marker", "a 1\n", "0: __name__=\"a\" 1 <a>\n4: error data does not end with # EOF\n"},
         {"a newline more", "# EOF\n\n", "0: error unexpected data after # EOF\n"},
         {"glued", "# EOFa 1\n", "0: error unexpected data after # EOF\n"},
         {"cut off behind the value", "a 1", "0: error data does not end with # EOF\n"},
         {"cut off behind the exemplar", "a 1 # {} 1", "0: error data does not end with # EOF\n"},
         {"cut off behind the timestamp", "a 1 5",
          "0: error expected next entry after timestamp, got \" 5\" (\"EOF\") while parsing: \"a 1 5\"\n"}});
}

BOOST_AUTO_TEST_CASE(OM_03_04_05_06_metadata) {
  Check(
      {{"all types",
        "# TYPE a counter\n# TYPE a gauge\n# TYPE a histogram\n# TYPE a gaugehistogram\n# TYPE a summary\n"
        "# TYPE a info\n# TYPE a stateset\n# TYPE a unknown\n# EOF\n",
        "0: type a counter\n17: type a gauge\n32: type a histogram\n51: type a gaugehistogram\n75: type a summary\n"
        "92: type a info\n106: type a stateset\n124: type a unknown\n"},
       {"untyped", "# TYPE a untyped\n# EOF\n", "0: error invalid metric type \"untyped\"\n"},
       {"no text", "# HELP a\n# EOF\n", "0: error expected text in HELP\n"},
       {"no type", "# TYPE a\n# EOF\n", "0: error expected text in TYPE\n"},
       {"no unit", "# UNIT a\n# EOF\n", "0: error expected text in UNIT\n"},
       {"empty text", "# HELP a \n# EOF\n", "0: help a \"\"\n"},
       {"quoted name keeps escapes", "# HELP \"a\\\"b\" c\n# EOF\n", "0: help a\\\"b \"c\"\n"},
       {"help is unescaped as labels are", "# HELP a \\\\ \\n \\\" \\x\n# EOF\n",
        "0: help a \"\\\\ \\n \\\" \\\\x\"\n"},
       {"help is UTF-8", "# HELP a \xff\n# EOF\n", "0: error help text \"\\xff\" is not a valid utf8 string\n"},
       {"unit", "# UNIT a_s s\n# EOF\n", "0: unit a_s \"s\"\n"},
       {"empty unit", "# UNIT a \n# EOF\n", "0: unit a \"\"\n"},
       {"unit without underscore", "# UNIT as s\n# EOF\n", "0: error unit \"s\" not a suffix of metric \"as\"\n"},
       {"unit as long as the name", "# UNIT _s _s\n# EOF\n", "0: error unit \"_s\" not a suffix of metric \"_s\"\n"}});
}

BOOST_AUTO_TEST_CASE(OM_07_labels) {
  Check({{"trailing comma", "a{b=\"c\",d=\"e\",} 1\n# EOF\n",
          "0: __name__=\"a\" b=\"c\" d=\"e\" 1 <a{b=\"c\",d=\"e\",}>\n"},
         {"no comma", "a{b=\"c\"d=\"e\"} 1\n# EOF\n",
          "0: error expected comma or brace close, got \"d=\" (\"LNAME\") while parsing: \"a{b=\\\"c\\\"d=\"\n"},
         {"two commas", "a{b=\"c\",,} 1\n# EOF\n",
          "0: error expected label name, got \",}\" (\"COMMA\") while parsing: \"a{b=\\\"c\\\",,}\"\n"},
         {"blank", "a{ b=\"c\"} 1\n# EOF\n",
          "0: error expected label name, got \" \" (\"INVALID\") while parsing: \"a{ \"\n"},
         {"newline in a value", "a{b=\"\n\"} 1\n# EOF\n",
          "0: error expected label value, got \"\\\"\\n\" (\"INVALID\") while parsing: \"a{b=\\\"\\n\"\n"},
         {"newline in a quoted name", "{\"a\nb\"} 1\n# EOF\n", "0: __name__=\"a\\nb\" 1 <{\"a\nb\"}>\n"},
         {"quoted names", "{\"a.b\",\"c d\"=\"\\\"\"} 1\n# EOF\n",
          "0: __name__=\"a.b\" c d=\"\\\"\" 1 <{\"a.b\",\"c d\"=\"\\\"\"}>\n"},
         {"two names", "a{\"b\"} 1\n# EOF\n", "0: error metric name already set while parsing: \"a{\\\"b\\\"}\"\n"},
         {"no name", "{a=\"b\"} 1\n# EOF\n", "0: error metric name not set while parsing: \"{a=\\\"b\\\"} 1\"\n"},
         {"invalid UTF-8", "a{b=\"\xff\"} 1\n# EOF\n", "0: error invalid UTF-8 label value: \"\\\"\\xff\\\"\"\n"}});
}

BOOST_AUTO_TEST_CASE(OM_08_09_values_and_timestamps) {
  Check({{"any NaN", "a nAn\n# EOF\n", "0: __name__=\"a\" NaN <a>\n"},
         {"seconds", "a 1 1.5\n# EOF\n", "0: __name__=\"a\" 1 @1500 <a>\n"},
         {"truncated towards zero", "a 1 -0.0015\n# EOF\n", "0: __name__=\"a\" 1 @-1 <a>\n"},
         {"binary fractions", "a 1 1.001\nb 1 1.005\n# EOF\n",
          "0: __name__=\"a\" 1 @1000 <a>\n10: __name__=\"b\" 1 @1004 <b>\n"},
         {"out of range", "a 1 1e300\nb 1 -1e308\n# EOF\n",
          "0: __name__=\"a\" 1 @-9223372036854775808 <a>\n10: __name__=\"b\" 1 @-9223372036854775808 <b>\n"},
         {"tab in the value", "a 1\t2\n# EOF\n",
          "0: error strconv.ParseFloat: parsing \"1\\t2\": invalid syntax while parsing: \"a 1\\t2\"\n"},
         {"carriage return", "a 1\r\n# EOF\n",
          "0: error strconv.ParseFloat: parsing \"1\\r\": invalid syntax while parsing: \"a 1\\r\"\n"},
         {"too large", "a 1e400\n# EOF\n",
          "0: error strconv.ParseFloat: parsing \"1e400\": value out of range while parsing: \"a 1e400\"\n"},
         {"hex", "a 1 0x1p3\n# EOF\n", "0: error unsupported character in float while parsing: \"a 1 0x1p3\"\n"},
         {"underscore", "a 1_0\n# EOF\n", "0: error unsupported character in float while parsing: \"a 1_0\"\n"}});
}

BOOST_AUTO_TEST_CASE(OM_10_exemplars) {
  Check({{"with time", "a 1 2 # {b=\"c\",a=\"d\"} 3 4.5\n# EOF\n",
          "0: __name__=\"a\" 1 @2000 <a> # {a=\"d\" b=\"c\" } 3 @4500\n"},
         {"without", "a 1 # {b=\"c\",} NaN\n# EOF\n", "0: __name__=\"a\" 1 <a> # {b=\"c\" } NaN\n"},
         {"no labels", "a 1 # {} 0\nb 1\n# EOF\n", "0: __name__=\"a\" 1 <a> # {} 0\n11: __name__=\"b\" 1 <b>\n"},
         {"not decoded", "a 1 # {\"c\\\"\"=\"\\\\\\n\"} 1\n# EOF\n",
          "0: __name__=\"a\" 1 <a> # {c\\\"=\"\\\\\\\\\\\\n\" } 1\n"},
         {"on a gauge", "# TYPE a gauge\na 1 # {} 1\n# EOF\n", "0: type a gauge\n15: __name__=\"a\" 1 <a> # {} 1\n"},
         {"time out of range", "a 1 # {} 1 1e300\n# EOF\n", "0: __name__=\"a\" 1 <a> # {} 1 @-9223372036854775808\n"}});
  CheckErrors({
      {"a 1 # {\"b\"} 1\n# EOF\n",
       "expected label name, got \"} \" (\"BCLOSE\") while parsing: \"a 1 # {\\\"b\\\"} \""},
      {"a 1 # {b=\"\xff\"} 1\n# EOF\n", "invalid UTF-8 label value: \"\\\"\\xff\\\"\""},
      {"a 1 # {b=\"\n\"} 1\n# EOF\n",
       "expected label value, got \"\\\"\\n\" (\"INVALID\") while parsing: \"a 1 # {b=\\\"\\n\""},
      {"a 1 # {b=\"\0\"} 1\n# EOF\n"s,
       "expected label value, got \"\\\"\\x00\" (\"INVALID\") while parsing: \"a 1 # {b=\\\"\\x00\""},
      {"a 1 # {b=\"c\"d=\"e\"} 1\n# EOF\n",
       "expected comma or brace close, got \"d=\" (\"LNAME\") while parsing: \"a 1 # {b=\\\"c\\\"d=\""},
      {"a 1 # {}1\n# EOF\n",
       "expected value after exemplar labels, got \"1\" (\"INVALID\") while parsing: \"a 1 # {}1\""},
      {"a 1 # {} 1 NaN\n# EOF\n", "invalid exemplar timestamp NaN"},
      {"a 1 # {} 1 inf\n# EOF\n", "invalid exemplar timestamp +Inf"},
      {"a 1 # {} 1 -inf\n# EOF\n", "invalid exemplar timestamp -Inf"},
      {"a 1 # {} 1 \n# EOF\n",
       "expected timestamp or comment, got \" \\n\" (\"INVALID\") while parsing: \"a 1 # {} 1 \\n\""},
      {"a 1 # {} 1 2 3\n# EOF\n",
       "expected next entry after exemplar timestamp, got \" 3\\n\" (\"TIMESTAMP\") while parsing: "
       "\"a 1 # {} 1 2 3\\n\""},
  });
}

BOOST_AUTO_TEST_CASE(OM_11_12_behind_value_and_timestamp) {
  Check({{"blank behind the value", "a 1 \n# EOF\n",
          "0: __name__=\"a\" 1 <a>\n4: error expected a valid start token, got \"\\n#\" (\"LINEBREAK\") while parsing: "
          "\"\\n#\"\n"},
         {"broken comment behind the value", "a 1 # x\n# EOF\n",
          "0: __name__=\"a\" 1 <a>\n6: error expected a valid start token, got \"x\" (\"INVALID\") while parsing: "
          "\"x\"\n"},
         {"blank behind the timestamp", "a 1 2 \n# EOF\n",
          "0: error expected next entry after timestamp, got \" \\n\" (\"INVALID\") while parsing: \"a 1 2 \\n\"\n"}});
}

BOOST_AUTO_TEST_CASE(OM_13_structure_is_not_checked) {
  Check({{"suffixes, order, families",
          "# TYPE a counter\nb 1\na 1\n# TYPE a gauge\na_bucket 3\na_bucket{le=\"x\"} 2\n# EOF\n",
          "0: type a counter\n17: __name__=\"b\" 1 <b>\n21: __name__=\"a\" 1 <a>\n25: type a gauge\n"
          "40: __name__=\"a_bucket\" 3 <a_bucket>\n51: __name__=\"a_bucket\" le=\"x\" 2 <a_bucket{le=\"x\"}>\n"}});
}

BOOST_AUTO_TEST_CASE(OM_14_nul) {
  Check({{"in a label value", "a{b=\"c\0d\"} 1\n# EOF\n"s, "0: __name__=\"a\" b=\"c\\x00d\" 1 <a{b=\"c\0d\"}>\n"s},
         {"behind a label value", "a{b=\"c\"\0} 1\n# EOF\n"s, "0: __name__=\"a\" b=\"c\\\"\" 1 <a{b=\"c\"\0}>\n"s},
         {"in help", "# HELP a b\0c\n# EOF\n"s, "0: help a \"b\\x00c\"\n"},
         {"behind help", "# HELP a b\n\0# EOF\n"s, "0: help a \"b\\n\"\n"},
         {"in a keyword", "# H\0ELP a b\n# E\0OF\0\n"s, "0: help a \"b\"\n"},
         {"in a type", "# TYPE a gauge\0\n# EOF\n"s, "0: error invalid metric type \"gauge\\x00\"\n"},
         {"in a name", "a\0 1\n# EOF\n"s,
          "0: error expected value after metric, got \"\\x00\" (\"INVALID\") while parsing: \"a\\x00\"\n"}});
}

BOOST_AUTO_TEST_CASE(OM_15_bounds_and_type_and_unit_labels) {
  Check(
      {{"bounds", "# TYPE a histogram\na{le=\"1\"} 1\nb{le=\"1e7\"} 1\n# TYPE a summary\nb{quantile=\"1\"} 1\n# EOF\n",
        "0: type a histogram\n19: __name__=\"a\" le=\"1.0\" 1 <a{le=\"1\"}>\n31: __name__=\"b\" le=\"1e+07\" 1 "
        "<b{le=\"1e7\"}>\n45: type a summary\n62: __name__=\"b\" quantile=\"1.0\" 1 <b{quantile=\"1\"}>\n"}});
  ParserOptions options;
  options.type_and_unit_labels = true;
  Check(
      {{"type and unit", "# TYPE a_s gauge\n# UNIT a_s s\na_s{__unit__=\"x\",__type__=\"y\",__name__=\"z\"} 1\n# EOF\n",
        "0: type a_s gauge\n17: unit a_s \"s\"\n30: __name__=\"a_s\" __type__=\"gauge\" __unit__=\"s\" 1 "
        "<a_s{__unit__=\"x\",__type__=\"y\",__name__=\"z\"}>\n"},
       {"unknown, no unit", "# TYPE a unknown\na{__unit__=\"x\",__type__=\"y\"} 1\n# EOF\n",
        "0: type a unknown\n17: __name__=\"a\" __type__=\"y\" __unit__=\"x\" 1 <a{__unit__=\"x\",__type__=\"y\"}>\n"},
       {"empty name", "# UNIT _s s\n{\"\",__name__=\"b\"} 1\n# EOF\n",
        "0: unit _s \"s\"\n12: __name__=\"b\" __unit__=\"s\" 1 <{\"\",__name__=\"b\"}>\n"}},
      options);
}

BOOST_AUTO_TEST_CASE(OM_06_15_unit_and_type_stay_for_later_families) {
  ParserOptions options;
  options.type_and_unit_labels = true;
  Check({{"both", "# TYPE a_s gauge\n# UNIT a_s s\n# HELP b x\nb 1\n# EOF\n",
          "0: type a_s gauge\n17: unit a_s \"s\"\n30: help b \"x\"\n41: __name__=\"b\" __type__=\"gauge\" "
          "__unit__=\"s\" 1 "
          "<b>\n"}},
        options);
}

BOOST_AUTO_TEST_CASE(OM_19_series_bytes_are_as_exposed) {
  Check({{"quoted", "{l=\"v\",\"a.b\",} 1\n# EOF\n", "0: __name__=\"a.b\" l=\"v\" 1 <{l=\"v\",\"a.b\",}>\n"}});
}

BOOST_AUTO_TEST_CASE(OM_20_error_texts) {
  CheckErrors({
      {"", "data does not end with # EOF"},
      {"metric", "expected value after metric, got \"metric\" (\"EOF\") while parsing: \"metric\""},
      {"metric 1", "data does not end with # EOF"},
      {"metric_total 1 # {aa=\"bb\"} 4", "data does not end with # EOF"},
      {"9\n#EOF\n", "expected a valid start token, got \"9\" (\"INVALID\") while parsing: \"9\""},
      {"# TYPE c counter \n# EOF\n", "invalid metric type \"counter \""},
      {"# TYPE c  counter\n# EOF\n", "invalid metric type \" counter\""},
      {"#  TYPE c counter\n", "expected a valid start token, got \"#  \" (\"INVALID\") while parsing: \"#  \""},
      {"#\tTYPE c counter\n", "expected a valid start token, got \"#\\t\" (\"INVALID\") while parsing: \"#\\t\""},
      {"# TYPE \n", "expected metric name after TYPE, got \"\\n\" (\"INVALID\") while parsing: \"# TYPE \\n\""},
      {"# UNIT metricsuffix suffix\n", "unit \"suffix\" not a suffix of metric \"metricsuffix\""},
      {"a\t1\n", "expected value after metric, got \"\\t\" (\"INVALID\") while parsing: \"a\\t\""},
      {"a 1 1 1\n# EOF\n",
       "expected next entry after timestamp, got \" 1\\n\" (\"TIMESTAMP\") while parsing: \"a 1 1 1\\n\""},
      {"a 1 2 #\n# EOF\n",
       "expected next entry after timestamp, got \" #\\n\" (\"TIMESTAMP\") while parsing: \"a 1 2 #\\n\""},
      {"a 1 1z\n", "strconv.ParseFloat: parsing \"1z\": invalid syntax while parsing: \"a 1 1z\""},
      {"a{,b=\"c\"} 1\n", "expected label name, got \",b\" (\"COMMA\") while parsing: \"a{,b\""},
      {"a 1 # {aa=bb}\n", "expected label value, got \"b\" (\"INVALID\") while parsing: \"a 1 # {aa=b\""},
      {"a 1 # {aa=\"bb\"}\n",
       "expected value after exemplar labels, got \"\\n\" (\"INVALID\") while parsing: \"a 1 # {aa=\\\"bb\\\"}\\n\""},
      {"a 1 # {aa=\"bb\"}",
       "expected value after exemplar labels, got \"}\" (\"EOF\") while parsing: \"a 1 # {aa=\\\"bb\\\"}\""},
      {"a 1 # {bb} 1\n", "expected equal, got \"} \" (\"BCLOSE\") while parsing: \"a 1 # {bb} \""},
      {"a 1 # {bb, a=\"dd\"} 1\n", "expected equal, got \", \" (\"COMMA\") while parsing: \"a 1 # {bb, \""},
      {"a 1 # {aa=\"bb\"} 1_2\n", "unsupported character in float while parsing: \"a 1 # {aa=\\\"bb\\\"} 1_2\""},
      {"a 1 NaN\n", "invalid timestamp NaN"},
      {"a 1 Inf\n", "invalid timestamp +Inf"},
      {"a 1 -Inf\n", "invalid timestamp -Inf"},
  });
}

BOOST_AUTO_TEST_CASE(openmetrics_errors_have_the_place_where_the_parser_stood) {
  struct Row {
    const char* name;
    const char* body;
    std::size_t offset;
  };
  const Row rows[] = {
      {"invalid byte", "a 1\nb{c=x} 1\n# EOF\n", 8}, {"bad number", "a 1\nb 1z\n# EOF\n", 8}, {"no end", "a 1\n", 4},
      {"data behind the end", "# EOF\nx\n", 7},      {"type", "# TYPE a x\n# EOF\n", 11},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const PaddedBody body(row.body);
      OpenMetricsParser parser({});
      parser.Reset(body.view());
      DumpRest(parser);
      BOOST_TEST(parser.error().offset == row.offset);
      BOOST_TEST((parser.Next() == EntryKind::kError));
    }
  }
}

BOOST_AUTO_TEST_CASE(openmetrics_parser_starts_over) {
  const PaddedBody first("# TYPE a_s histogram\n# UNIT a_s s\na_s{le=\"1\"} 1 # {} 1\n# EOF\n");
  const PaddedBody second("a{le=\"1\"} 1\n# EOF\n");
  ParserOptions options;
  options.type_and_unit_labels = true;
  ParserSet parsers(options);
  Parser& parser = parsers.Start(ExpositionFormat::kOpenMetrics, first.view());
  while (parser.Next() != EntryKind::kSeries) {
  }
  BOOST_TEST(&parsers.Start(ExpositionFormat::kOpenMetrics, second.view()) == &parser);
  BOOST_TEST(DumpRest(parser) == "__name__=\"a\" le=\"1\" 1 <a{le=\"1\"}>\n");
}

}  // namespace
}  // namespace stalemark::exposition_test
