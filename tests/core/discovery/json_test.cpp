// SPDX-License-Identifier: Apache-2.0
// SD-03: JSON as encoding/json reads it.
#include "core/discovery/json.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

std::string ErrorOf(const std::string& text) {
  const Result<JsonValue> value = ParseJson(text);
  return value ? "parsed" : value.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(errors) {
  struct Row {
    std::string text;
    std::string error;
  };
  const std::string end = "unexpected end of JSON input";
  const std::vector<Row> rows = {
      {"", end},
      {" \n", end},
      {"[", end},
      {"[1,", end},
      {"{\"a\"", end},
      {"{\"a\":", end},
      {"\"abc", end},
      {"x", "invalid character 'x' looking for beginning of value"},
      {"\xef\xbb\xbf[]", "invalid character '\u00ef' looking for beginning of value"},
      {"'a'", "invalid character '\\'' looking for beginning of value"},
      {"[1,]", "invalid character ']' looking for beginning of value"},
      {"[1 2]", "invalid character '2' after array element"},
      {"{1:2}", "invalid character '1' looking for beginning of object key string"},
      {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
      {"{\"a\" 1}", "invalid character '1' after object key"},
      {"{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair"},
      {"1 2", "invalid character '2' after top-level value"},
      {"01", "invalid character '1' after top-level value"},
      {"-", "invalid character ' ' in numeric literal"},
      {"-x", "invalid character 'x' in numeric literal"},
      {"1.", "invalid character ' ' after decimal point in numeric literal"},
      {"1e+", "invalid character ' ' in exponent of numeric literal"},
      {"tru", "invalid character ' ' in literal true (expecting 'e')"},
      {"nulx", "invalid character 'x' in literal null (expecting 'l')"},
      {"\"\n\"", "invalid character '\\n' in string literal"},
      {"\"\\x\"", "invalid character 'x' in string escape code"},
      {"\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(ErrorOf(row.text) == row.error);
    }
  }
}

BOOST_AUTO_TEST_CASE(error_has_its_place) {
  BOOST_TEST(ParseJson("[1, x]").error().offset == 4u);
}

BOOST_AUTO_TEST_CASE(depth_is_bounded) {
  BOOST_TEST(ErrorOf(std::string(10000, '[') + std::string(10000, ']')) == "parsed");
  BOOST_TEST(ErrorOf(std::string(10001, '[')) == "invalid character '[' exceeded max depth");
}

BOOST_AUTO_TEST_CASE(values_are_walked) {
  const JsonValue value = ParseJson(R"( {"a" : [1, -2.5e3 ,"x]\"",[[]],{}] ,"b":null,"a":true} )").value();
  BOOST_REQUIRE(value.kind() == JsonKind::kObject);
  const auto members = value.Members();
  BOOST_REQUIRE(members.size() == 3u);
  BOOST_TEST(members[0].first == "a");
  BOOST_TEST(members[2].first == "a");
  BOOST_CHECK(members[1].second.kind() == JsonKind::kNull);
  BOOST_CHECK(members[2].second.kind() == JsonKind::kBool);
  const auto items = members[0].second.Items();
  BOOST_REQUIRE(items.size() == 5u);
  BOOST_CHECK(items[1].kind() == JsonKind::kNumber);
  BOOST_TEST(items[2].String() == "x]\"");
  BOOST_TEST(items[3].Items().size() == 1u);
  BOOST_TEST(items[4].Members().empty());
}

BOOST_AUTO_TEST_CASE(members_and_whole_numbers) {
  const JsonValue value = *ParseJson(R"( {"a": 1, "b": [1, {"a": 2}] , "a": 18446744073709551615 } )");
  BOOST_TEST(value.Member("a")->Unsigned().value() == 18'446'744'073'709'551'615U, "the last of equal keys");
  BOOST_TEST(value.Member("b")->Text() == R"([1, {"a": 2}])");
  BOOST_TEST(!value.Member("c").has_value());
  BOOST_TEST(!value.Member("b")->Member("a").has_value(), "of an array");
  for (const char* no : {"-1", "1.0", "1e2", "18446744073709551616", "\"1\"", "[1]", "null"}) {
    BOOST_TEST(!ParseJson(no)->Unsigned().has_value(), no);
  }
}

BOOST_AUTO_TEST_CASE(strings_are_decoded) {
  struct Row {
    std::string name;
    std::string text;
    std::string decoded;
  };
  const std::vector<Row> rows = {
      {"escapes", R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
      {"code points", R"("\u00e9\u65e5")", "\u00e9\u65e5"},
      {"surrogate pair", R"("\ud83d\ude00")", "\U0001F600"},
      {"lone surrogates", R"("\ud800\ud83dx\ude00\ud800\u0041")", "\ufffd\ufffdx\ufffd\ufffdA"},
      {"invalid UTF-8", "\"a\xff\xe6\x97\"", "a\ufffd\ufffd\ufffd"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(ParseJson(row.text).value().String() == row.decoded);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
