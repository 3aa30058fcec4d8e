// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/text_parser.h"

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
  CheckBodies<TextParser>(cases, options);
}

BOOST_AUTO_TEST_CASE(TEXT_01_a_newline_is_implied_behind_the_body) {
  Check({{"none", "a 1", "0: __name__=\"a\" 1 <a>\n"},
         {"one", "a 1\n", "0: __name__=\"a\" 1 <a>\n"},
         {"empty body", "", ""},
         {"second line without", "a 1\nb 2", "0: __name__=\"a\" 1 <a>\n4: __name__=\"b\" 2 <b>\n"},
         {"name cut off", "a",
          "0: error expected value after metric, got \"\\n\" (\"INVALID\") while parsing: \"a\\n\"\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_02_03_blanks) {
  Check(
      {{"between tokens", "a \t{ b\t= \"c\" , } \t1 \t5 \n", "0: __name__=\"a\" b=\"c\" 1 @5 <a \t{ b\t= \"c\" , }>\n"},
       {"blank lines", "\n \t\n\na 1\n", "5: __name__=\"a\" 1 <a>\n"},
       {"before a name they belong to it", "  foo 1\n", "0: __name__=\"  foo\" 1 <  foo>\n"},
       {"before braces they do not", " {\"x.y\"} 1\n", "0: __name__=\"x.y\" 1 < {\"x.y\"}>\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_04_05_nul) {
  Check({{"ends the input at a line start", "a 1\n\0b 2\n"s, "0: __name__=\"a\" 1 <a>\n"},
         {"ends the input in a tight comment", "#x\0\nb 2\n"s, ""},
         {"in a label value", "a{b=\"c\0d\"} 1\n"s, "0: __name__=\"a\" b=\"c\\x00d\" 1 <a{b=\"c\0d\"}>\n"s},
         {"behind a label value", "a{b=\"c\"\0} 1\n"s, "0: __name__=\"a\" b=\"c\\\"\" 1 <a{b=\"c\"\0}>\n"s},
         {"behind a timestamp", "a 0 1\0\n"s,
          "0: error expected next entry after timestamp, got \"\\x00\" (\"INVALID\") while parsing: \"a 0 1\\x00\"\n"},
         {"in a keyword", "# H\0ELP a b\n"s, "0: help a \"b\"\n"},
         {"in a type", "# TYPE a counter\0\n"s, "0: error invalid metric type \"counter\\x00\"\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_06_07_08_09_10_metadata) {
  Check({{"help and type", "# HELP a b c\n# TYPE a counter\n", "0: help a \"b c\"\n13: type a counter\n"},
         {"help is unescaped", "# HELP a b\\\\c\\nd\\\"e\n", "0: help a \"b\\\\c\\nd\\\\\\\"e\"\n"},
         {"further blanks are text", "# HELP a   b \r\n", "0: help a \"  b \\r\"\n"},
         {"only blanks are no text", "# HELP a \t \n", "0: help a \"\"\n"},
         {"glued to the name", "# HELP foo{x} y\n", "0: help foo \"x} y\"\n"},
         {"quoted name keeps escapes", "# TYPE \"a.\\\"b\" gauge\n", "0: type a.\\\"b gauge\n"},
         {"untyped is unknown", "# TYPE a untyped\n", "0: type a unknown\n"},
         {"unknown is not a type", "# TYPE a unknown\n", "0: error invalid metric type \"unknown\"\n"},
         {"trailing blank", "# TYPE a gauge \n", "0: error invalid metric type \"gauge \"\n"},
         {"comments", "#TYPE a counter\n# HELPx\n# EOF\n#\n", "0: comment\n16: comment\n24: comment\n30: comment\n"},
         {"invalid UTF-8", "# HELP a \xff\n", "0: error help text \"\\xff\" is not a valid utf8 string\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_11_12_13_14_samples) {
  Check(
      {{"value behind the name", "a+1\n", "0: __name__=\"a\" 1 <a>\n"},
       {"value behind the brace", "a{}1\n", "0: __name__=\"a\" 1 <a{}>\n"},
       {"commas are optional", "a{b=\"c\"d=\"e\",} 1\n", "0: __name__=\"a\" b=\"c\" d=\"e\" 1 <a{b=\"c\"d=\"e\",}>\n"},
       {"escapes", "a{b=\"\\\\ \\\" \\n \\x\"} 1\n",
        "0: __name__=\"a\" b=\"\\\\ \\\" \\n \\\\x\" 1 <a{b=\"\\\\ \\\" \\n \\x\"}>\n"},
       {"raw newline", "a{b=\"c\nd\"} 1\n", "0: __name__=\"a\" b=\"c\\nd\" 1 <a{b=\"c\nd\"}>\n"},
       {"quoted names", "{\"x.y\",\"l.x\"=\"v\"} 1\n", "0: __name__=\"x.y\" l.x=\"v\" 1 <{\"x.y\",\"l.x\"=\"v\"}>\n"},
       {"name at the end", "{l=\"v\",\"x.y\"} 1\n", "0: __name__=\"x.y\" l=\"v\" 1 <{l=\"v\",\"x.y\"}>\n"},
       {"sorted", "a{z=\"1\",b=\"2\",b=\"1\"} 1\n",
        "0: __name__=\"a\" b=\"2\" b=\"1\" z=\"1\" 1 <a{z=\"1\",b=\"2\",b=\"1\"}>\n"},
       {"UTF-8 value", "a{b=\"\xc3\xa9\"} 1\n", "0: __name__=\"a\" b=\"\xc3\xa9\" 1 <a{b=\"\xc3\xa9\"}>\n"},
       {"two names", "a{\"b\"} 1\n", "0: error metric name already set while parsing: \"a{\\\"b\\\"}\"\n"},
       {"no name", "{}{\n", "0: error metric name not set while parsing: \"{}{\"\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_15_an_escaped_byte_that_is_not_utf8_is_found) {
  Check({{"escaped", "a{b=\"\\\x9a\"} 1\n", "0: error invalid UTF-8 label value: \"\\\"\\\\\\x9a\\\"\"\n"},
         {"plain", "a{b=\"\xff\"} 1\n", "0: error invalid UTF-8 label value: \"\\\"\\xff\\\"\"\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_16_17_timestamps) {
  Check({{"largest", "a 1 9223372036854775807\n", "0: __name__=\"a\" 1 @9223372036854775807 <a>\n"},
         {"too large", "a 1 9223372036854775808\n",
          "0: error strconv.ParseInt: parsing \"9223372036854775808\": value out of range while parsing: "
          "\"a 1 9223372036854775808\"\n"},
         {"leading zeros", "a 1 00000000000000000000005\n", "0: __name__=\"a\" 1 @5 <a>\n"},
         {"negative", "foo 1 -\n",
          "0: error expected timestamp or new record, got \"-\" (\"INVALID\") while parsing: \"foo 1 -\"\n"},
         {"CRLF", "a 1\r\n",
          "0: error strconv.ParseFloat: parsing \"1\\r\": invalid syntax while parsing: \"a 1\\r\"\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_18_no_exemplars_start_times_or_units) {
  ParserOptions options;
  options.parse_start_timestamps = true;
  Check({{"exemplar", "a 1 # {t=\"x\"} 1\n",
          "0: error expected timestamp or new record, got \"#\" (\"INVALID\") while parsing: \"a 1 #\"\n"},
         {"unit", "# UNIT a_s s\n", "0: comment\n"},
         {"created", "# TYPE a counter\na_total 1\na_created 5\n",
          "0: type a counter\n17: __name__=\"a_total\" 1 <a_total>\n27: __name__=\"a_created\" 5 <a_created>\n"}},
        options);
}

BOOST_AUTO_TEST_CASE(TEXT_19_samples_in_front_of_an_error_are_yielded) {
  Check({{"second line", "a 1\nb x\nc 1\n",
          "0: __name__=\"a\" 1 <a>\n4: error strconv.ParseFloat: parsing \"x\": invalid syntax while parsing: "
          "\"b x\"\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_36_series_bytes_are_as_exposed) {
  Check({{"not normalised", "# TYPE a histogram\na { le = \"1\" , } 1\na{le=\"1.0\"} 1\n",
          "0: type a histogram\n19: __name__=\"a\" le=\"1.0\" 1 <a { le = \"1\" , }>\n"
          "38: __name__=\"a\" le=\"1.0\" 1 <a{le=\"1.0\"}>\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_37_labels_are_sorted_and_neither_merged_nor_dropped) {
  Check({{"equal names keep their order", "a{z=\"\",b=\"2\",b=\"1\",B=\"\"} 1\n",
          "0: B=\"\" __name__=\"a\" b=\"2\" b=\"1\" z=\"\" 1 <a{z=\"\",b=\"2\",b=\"1\",B=\"\"}>\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_20_21_22_23_error_texts) {
  const std::pair<const char*, const char*> cases[] = {
      {"a{b='c'} 1", "expected label value, got \"'\" (\"INVALID\") while parsing: \"a{b='\""},
      {"a{\xff=\"foo\"} 1", "expected label name, got \"\\xff\" (\"INVALID\") while parsing: \"a{\\xff\""},
      {"{\"a\", \"b = \"c\"}",
       "expected equal, got \"c\\\"\" (\"LNAME\") while parsing: \"{\\\"a\\\", \\\"b = \\\"c\\\"\""},
      {"{A}0", "expected equal, got \"}0\" (\"BCLOSE\") while parsing: \"{A}0\""},
      {"a{,} 1", "expected label name, got \",}\" (\"COMMA\") while parsing: \"a{,}\""},
      {"foo 1_2", "unsupported character in float while parsing: \"foo 1_2\""},
      {"# TYPE #", "expected metric name after TYPE, got \"#\" (\"INVALID\") while parsing: \"# TYPE #\""},
      {"\r", "expected a valid start token, got \"\\r\" (\"INVALID\") while parsing: \"\\r\""},
      {"# HELP 1", "expected metric name after HELP, got \"1\" (\"INVALID\") while parsing: \"# HELP 1\""},
      {"a 1 1x", "expected next entry after timestamp, got \"x\" (\"INVALID\") while parsing: \"a 1 1x\""},
      {"a 1 x", "expected timestamp or new record, got \"x\" (\"INVALID\") while parsing: \"a 1 x\""},
      {"a{b=\"c\"}", "expected value after metric, got \"\\n\" (\"INVALID\") while parsing: \"a{b=\\\"c\\\"}\\n\""},
      {"a true", "strconv.ParseFloat: parsing \"true\": invalid syntax while parsing: \"a true\""},
      {"a 1e400", "strconv.ParseFloat: parsing \"1e400\": value out of range while parsing: \"a 1e400\""},
  };
  for (const auto& [body, expected] : cases) {
    BOOST_TEST_CONTEXT(body) {
      BOOST_TEST(LastLine(body) == std::string("error ") + expected);
      BOOST_TEST(LastLine(std::string(body) + "\n") == std::string("error ") + expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(TEXT_32_every_nan_is_the_normal_one) {
  const PaddedBody body("a nAn\n");
  TextParser parser({});
  parser.Reset(body.view());
  BOOST_REQUIRE(parser.Next() == EntryKind::kSeries);
  BOOST_TEST(parser.sample().value_bits == kNormalNaN);
}

BOOST_AUTO_TEST_CASE(TEXT_33_35_bounds_follow_the_last_type) {
  Check({{"histogram", "# TYPE a histogram\na{le=\"1\"} 1\n",
          "0: type a histogram\n19: __name__=\"a\" le=\"1.0\" 1 <a{le=\"1\"}>\n"},
         {"sticky", "# TYPE a summary\nb{quantile=\"1e-9\"} 1\n",
          "0: type a summary\n17: __name__=\"b\" quantile=\"1e-09\" 1 <b{quantile=\"1e-9\"}>\n"},
         {"not for gauges", "# TYPE a gauge\na{le=\"1\"} 1\n",
          "0: type a gauge\n15: __name__=\"a\" le=\"1\" 1 <a{le=\"1\"}>\n"},
         {"not a number", "# TYPE a histogram\na{le=\"x\"} 1\n",
          "0: type a histogram\n19: __name__=\"a\" le=\"x\" 1 <a{le=\"x\"}>\n"}});
}

BOOST_AUTO_TEST_CASE(TEXT_38_type_and_unit_labels) {
  ParserOptions options;
  options.type_and_unit_labels = true;
  Check({{"known type", "# TYPE a counter\na{__type__=\"x\",__unit__=\"u\",__name__=\"b\"} 1\n",
          "0: type a counter\n17: __name__=\"a\" __type__=\"counter\" __unit__=\"u\" 1 "
          "<a{__type__=\"x\",__unit__=\"u\",__name__=\"b\"}>\n"},
         {"unknown type", "a{__type__=\"x\"} 1\n", "0: __name__=\"a\" __type__=\"x\" 1 <a{__type__=\"x\"}>\n"},
         {"empty name", "{\"\",__name__=\"b\"} 1\n", "0: __name__=\"b\" 1 <{\"\",__name__=\"b\"}>\n"}},
        options);
}

BOOST_AUTO_TEST_CASE(the_end_and_errors_are_final) {
  const PaddedBody ended("\0a 1\n"s);
  TextParser parser({});
  parser.Reset(ended.view());
  BOOST_TEST((parser.Next() == EntryKind::kEnd));
  BOOST_TEST((parser.Next() == EntryKind::kEnd));
  const PaddedBody failing("}\na 1\n");
  parser.Reset(failing.view());
  BOOST_TEST((parser.Next() == EntryKind::kError));
  BOOST_TEST((parser.Next() == EntryKind::kError));
  BOOST_TEST(parser.error().offset == 0u);
}

BOOST_AUTO_TEST_CASE(parser_set_keeps_one_parser_per_format) {
  const PaddedBody body("# TYPE a histogram\n");
  const PaddedBody next("a{le=\"1\"} 1\n");
  ParserSet parsers({});
  Parser& parser = parsers.Start(ExpositionFormat::kText, body.view());
  BOOST_TEST(DumpRest(parser) == "type a histogram\n");
  BOOST_TEST(&parsers.Start(ExpositionFormat::kText, next.view()) == &parser);
  BOOST_TEST(DumpRest(parser) == "__name__=\"a\" le=\"1\" 1 <a{le=\"1\"}>\n");  // no type left over
  BOOST_TEST(&parsers.Start(ExpositionFormat::kProtobuf, PaddedBody("").view()) != &parser);
}

}  // namespace
}  // namespace stalemark::exposition_test
