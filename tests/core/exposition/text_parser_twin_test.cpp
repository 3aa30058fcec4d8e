// SPDX-License-Identifier: Apache-2.0
// Generated bodies: the quick path against the token path, guided parsing against plain parsing, and hostile input.
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/exposition/generate.h"

namespace stalemark::exposition_test {
namespace {

const Pieces kPieces = {
    "a",
    "foo",
    "foobar",
    "x:y",
    "{",
    "}",
    "=",
    ",",
    "\"",
    "\\",
    "\n",
    "\n",
    " ",
    "  ",
    "\t",
    std::string_view("\0", 1),
    "#",
    "# HELP a b\\n\n",
    "# TYPE a histogram\n",
    "# TYPE b summary\n",
    "# TYPE ",
    "# HELP ",
    "le=\"1\"",
    "l=\"v\"",
    "\"q.r\"",
    "1",
    "1.5e3",
    "NaN",
    "+Inf",
    "-",
    "12345678",
    "17000000000000001",
    "\xff",
    "\xc3\xa9",
    "\\\"",
    "\r",
    "a 1\n",
    "foo 1\n",
    "foo{l=\"v\"} 2\n",
    "foo  {l=\"v\"} 2\n",
    "a{le=\"2\"} 3 1234\n",
    "{\"u.v\",l=\"x\"} 4\n",
    "  foo 5\n",
    "foo{l=\"v\\\\\\n\"} 6\n",
    "foo{l=\"v\",} 7\n",
    "foo_bucket{le=\"0.5\",path=\"/a/b/c/d/e/f\"} 8e-05\n",
};

std::string Body(Random& random) {
  return Generate(kPieces, random);
}

ParserOptions Options(std::size_t) {
  return {};
}

BOOST_AUTO_TEST_CASE(the_quick_path_agrees_with_the_token_path) {
  CheckQuickPath<TextParser>(1, kPieces, Body, Options);
}

BOOST_AUTO_TEST_CASE(guided_parsing_agrees_with_plain_parsing) {
  CheckGuidedParsing<TextParser>(2, kPieces, Body, Options);
}

BOOST_AUTO_TEST_CASE(a_match_on_a_bare_name_proves_nothing) {
  struct Row {
    const char* name;
    const char* series;
    const char* body;
    bool matches;
  };
  const Row rows[] = {
      {"same name", "foo", "foo 1\n", true},
      {"at the end of the body", "foo", "foo", true},
      {"longer name", "foo", "foobar 1\n", false},
      {"digits", "foo", "foo1 1\n", false},
      {"labels follow", "foo", "foo{a=\"b\"} 1\n", false},
      {"labels follow behind blanks", "foo", "foo \t {a=\"b\"} 1\n", false},
      {"value glued to the name", "foo", "foo+1\n", true},
      {"labels", "foo{a=\"b\"}", "foo{a=\"b\"}1\n", true},
      {"other labels", "foo{a=\"b\"}", "foo{a=\"c\"} 1\n", false},
      {"blank lines before", "foo", "\n \t\nfoo 1\n", true},
      {"blanks before", "foo", "  foo 1\n", false},
      {"blanks that belong to it", "  foo", "  foo 1\n", true},
      {"longer than the body", "foo{a=\"b\"}", "foo{a=", false},
      {"comment first", "foo", "#\nfoo 1\n", false},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const PaddedBody body(row.body);
      TextParser parser({});
      parser.Reset(body.view());
      EntryKind kind = EntryKind::kEnd;
      BOOST_TEST(parser.NextIfSeries(row.series, &kind) == row.matches);
      if (!row.matches)
        BOOST_TEST(DumpRest(parser) == [&] {  // nothing has moved
          TextParser fresh({});
          fresh.Reset(body.view());
          return DumpRest(fresh);
        }());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_bad_value_behind_a_match_is_the_same_error) {
  const PaddedBody body("foo 1x\n");
  TextParser parser({});
  parser.Reset(body.view());
  EntryKind kind = EntryKind::kEnd;
  BOOST_TEST(parser.NextIfSeries("foo", &kind));
  BOOST_TEST((kind == EntryKind::kError));
  BOOST_TEST(parser.error().message == "strconv.ParseFloat: parsing \"1x\": invalid syntax while parsing: \"foo 1x\"");
}

BOOST_AUTO_TEST_CASE(every_truncation_of_a_body_ends) {
  const std::string body =
      "# HELP http_seconds Time \\\\ spent.\n# TYPE http_seconds histogram\n"
      "http_seconds_bucket{path=\"/a\\\"b\\n\",le=\"0.25\",} 1.5e+06 1700000000000\n"
      "{\"u.v\",\"l m\"=\"\xc3\xa9\"} -0.00001\n# comment\nplain NaN\n";
  for (std::size_t size = 0; size <= body.size(); ++size) {
    const std::string_view cut = std::string_view(body).substr(0, size);
    BOOST_TEST(Dump(cut) == Dump(cut, {}, TextPaths::kTokensOnly), "at " << size);
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_end) {
  Random random(3);
  for (int i = 0; i < 20000; ++i) {
    std::string body;
    for (std::size_t n = random.Below(40); n > 0; --n) body += static_cast<char>(random.Below(256));
    const std::string quick = Dump(body);
    if (quick != Dump(body, {}, TextPaths::kTokensOnly)) BOOST_ERROR("differs: " << text::GoQuote(body));
  }
}

BOOST_AUTO_TEST_CASE(huge_input_takes_linear_time) {
  std::string labels = "a{";
  for (int i = 0; i < 200000; ++i) labels += fmt::format("l{}=\"v\",", 200000 - i);
  const PaddedBody many(labels + "} 1\n");
  TextParser parser({});
  parser.Reset(many.view());
  BOOST_REQUIRE((parser.Next() == EntryKind::kSeries));
  std::vector<Label> sorted;
  parser.SampleLabels(&sorted);
  BOOST_TEST(sorted.size() == 200001u);
  const PaddedBody line(std::string(std::size_t{20} << 20, 'a'));
  parser.Reset(line.view());
  BOOST_TEST((parser.Next() == EntryKind::kError));
  const PaddedBody digits("a " + std::string(std::size_t{5} << 20, '9') + "e-5242879\n");
  parser.Reset(digits.view());
  BOOST_TEST((parser.Next() == EntryKind::kError));  // Go caps exponents at 5 digits: out of range
  BOOST_TEST(Dump(std::string(1000, '\n') + std::string(1000, ' ')).empty());
}

}  // namespace
}  // namespace stalemark::exposition_test
