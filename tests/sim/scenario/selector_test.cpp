// SPDX-License-Identifier: Apache-2.0
// PromQL instant vector selectors.
#include "sim/scenario/selector.h"

#include <string>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

namespace stalemark::scenario {
namespace {

/// The matchers, or the error with its place.
std::string Parsed(std::string_view text) {
  const Result<Selector> selector = ParseSelector(text);
  if (!selector.ok()) return fmt::format("{}: {}", selector.error().offset, selector.error().message);
  return fmt::format("{}", fmt::join(selector->matcher_texts, " "));
}

struct Row {
  const char* name;
  const char* text;
  const char* expected;
};

BOOST_AUTO_TEST_SUITE(selectors)

BOOST_AUTO_TEST_CASE(good) {
  const Row rows[] = {
      {"name", "up", "__name__=\"up\""},
      {"colons", "job:up:sum", "__name__=\"job:up:sum\""},
      {"word of PromQL that may be a name", "sum", "__name__=\"sum\""},
      {"all operators", "up{a=\"1\",b!=\"2\",c=~\"3|4\",d!~\"5.*\"}",
       "a=\"1\" b!=\"2\" c=~\"3|4\" d!~\"5.*\" __name__=\"up\""},
      {"blanks, comments, a last comma", " up {a = '1' , # why\n b=`\\`,} # end", "a=\"1\" b=\"\\\\\" __name__=\"up\""},
      {"no labels", "up{}", "__name__=\"up\""},
      {"quoted name", "{\"a.b\", 'c.d'='e'}", "__name__=\"a.b\" \"c.d\"=\"e\""},
      {"name as a label", "{__name__=~\"node_.+\"}", "__name__=~\"node_.+\""},
      {"escapes", "{a=\"\\x41\\102\\u00e4\\\"\\n\"}", "a=\"ABä\\\"\\n\""},
  };
  for (const Row& row : rows) BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Parsed(row.text) == row.expected);
    }
}

BOOST_AUTO_TEST_CASE(bad) {
  const std::string more =
      ": only selectors such as up{job=\"a\"} are evaluated, no functions, operators, ranges or modifiers";
  const std::pair<Row, std::string> rows[] = {
      {{"nothing", " ", ""}, "0: no expression found in input"},
      {{"function", "rate(up[5m])", ""}, "4: unexpected \"(up[5m])\"" + more},
      {{"range", "up[5m]", ""}, "2: unexpected \"[5m]\"" + more},
      {{"offset", "up offset 5m", ""}, "3: unexpected \"offset 5m\"" + more},
      {{"operator", "up == 1", ""}, "3: unexpected \"== 1\"" + more},
      {{"number", "1", ""}, "0: unexpected \"1\"" + more},
      {{"keyword", "on", ""}, "0: on is a word of PromQL: write {__name__=\"on\"}"},
      {{"everything", "{a=\"\"}", ""}, "0: vector selector must contain at least one non-empty matcher"},
      {{"everything, by expression", "{a=~\".*\"}", ""},
       "0: vector selector must contain at least one non-empty matcher"},
      {{"two names", "up{__name__=\"down\"}", ""}, "0: metric name must not be set twice: \"up\""},
      {{"no operator", "up{a}", ""}, "4: unexpected \"}\" in label matching, expected label matching operator"},
      {{"no string", "up{a=1}", ""}, "5: unexpected \"1\" in label matching, expected string"},
      {{"no comma", "up{a=\"1\" b=\"2\"}", ""}, "9: unexpected \"b\" in label matching, expected \",\" or \"}\""},
      {{"comma alone", "up{,}", ""}, "3: unexpected \",\" in label matching, expected identifier or \"}\""},
      {{"open", "up{a=\"1\"", ""}, "8: unexpected end of input inside braces"},
      {{"open string", "up{a=\"1}", ""}, "8: error unquoting a string"},
      {{"bad escape", "up{a=\"\\q\"}", ""}, "8: error unquoting a string"},
      {{"bad expression", "up{a=~\"(\"}", ""}, "9: error parsing regexp: missing closing ): `(`"},
  };
  for (const auto& [row, expected] : rows) BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Parsed(row.text) == expected);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
