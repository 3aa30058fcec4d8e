// SPDX-License-Identifier: Apache-2.0
// Generated OpenMetrics bodies: the quick path against the token path, guided parsing against plain parsing, with and
// without start times, and hostile input.
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "core/exposition/openmetrics_parser.h"
#include "tests/core/exposition/generate.h"

namespace stalemark::exposition_test {
namespace {

const Pieces kPieces = {
    "a",
    "foo",
    "foobar",
    "_created",
    "{",
    "}",
    "=",
    ",",
    "\"",
    "\\",
    "\n",
    " ",
    "\t",
    std::string_view("\0", 1),
    "#",
    " # {",
    "# HELP a b\\n\n",
    "# TYPE a counter\n",
    "# TYPE a counter\n",
    "# TYPE a histogram\n",
    "# TYPE foo summary\n",
    "# UNIT foo_s s\n",
    "# TYPE ",
    "# EOF\n",
    "le=\"1\"",
    "l=\"v\"",
    "\"q.r\"",
    "1",
    "1.5e3",
    "NaN",
    "+Inf",
    "1e400",
    "1700000000.123",
    "\xff",
    "\xc3\xa9",
    "a 1\n",
    "a_created 17\n",
    "a_total 1\n",
    "a_total{l=\"v\"} 2 # {t=\"x\"} 1\n",
    "a_created{l=\"v\"} 18\n",
    "foo 1\n",
    "foo{l=\"v\"} 2\n",
    "foo{quantile=\"0.5\",l=\"v\"} 3 12.34 # {} 1 2\n",
    "foo_created{l=\"v\"} 19\n",
    "a_bucket{le=\"2\"} 3 1234\n",
    "{\"u.v\",l=\"x\"} 4\n",
    "{\"a_created\"} 20\n",
    "foo{l=\"v\\\\\\n\"} 6 # {\"q\"=\"\\\"\",} 1\n",
    "foo{l=\"v\",} 7 -3.5\n",
};

/// One of four.
ParserOptions Options(std::size_t variant) {
  ParserOptions options;
  options.parse_start_timestamps = variant % 2 == 1;
  options.type_and_unit_labels = variant / 2 % 2 == 1;
  return options;
}

std::string Body(Random& random) {
  const std::string body = Generate(kPieces, random);
  return random.Below(4) == 0 ? body : body + "# EOF\n";
}

BOOST_AUTO_TEST_CASE(openmetrics_quick_path_agrees_with_the_token_path) {
  CheckQuickPath<OpenMetricsParser>(11, kPieces, Body, Options);
}

BOOST_AUTO_TEST_CASE(openmetrics_guided_parsing_agrees_with_plain_parsing) {
  CheckGuidedParsing<OpenMetricsParser>(12, kPieces, Body, Options);
}

BOOST_AUTO_TEST_CASE(OM_16_19_a_guess_on_raw_bytes) {
  struct Row {
    const char* name;
    const char* series;
    const char* body;
    bool matches;
  };
  const Row rows[] = {
      {"same name", "foo", "foo 1\n# EOF\n", true},
      {"longer name", "foo", "foo1 1\n# EOF\n", false},
      {"labels follow", "foo", "foo{a=\"b\"} 1\n# EOF\n", false},
      {"labels", "foo{a=\"b\"}", "foo{a=\"b\"} 1\n# EOF\n", true},
      {"other labels", "foo{a=\"b\"}", "foo{a=\"c\"} 1\n# EOF\n", false},
      {"longer than the body", "foo{a=\"b\"}", "foo{a=", false},
      {"metadata first", "foo", "# TYPE foo counter\nfoo 1\n# EOF\n", false},
      {"hidden series first", "foo_total", "foo_created 1\nfoo_total 1\n# EOF\n", true},
      {"hidden series itself", "foo_created", "foo_created 1\nfoo_total 1\n# EOF\n", false},
      {"hidden series with quotes", "{\"foo_created\"}", "{\"foo_created\"} 1\nfoo_total 1\n# EOF\n", false},
  };
  ParserOptions options;
  options.parse_start_timestamps = true;
  const std::string type = "# TYPE foo counter\n";
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const PaddedBody body(type + row.body);
      OpenMetricsParser parser(options);
      parser.Reset(body.view());
      BOOST_REQUIRE((parser.Next() == EntryKind::kType));
      EntryKind kind = EntryKind::kEnd;
      BOOST_TEST(parser.NextIfSeries(row.series, &kind) == row.matches);
      if (row.matches) {
        BOOST_TEST((kind == EntryKind::kSeries));
        BOOST_TEST(parser.sample().series == row.series);
      } else {
        const std::string all = Dump<OpenMetricsParser>(body.view(), options);  // nothing was lost
        BOOST_TEST(all.substr(all.find('\n') + 1) == DumpRest(parser, Offsets::kShown, Starts::kAsked));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(openmetrics_every_truncation_of_a_body_ends) {
  const std::string body =
      "# HELP http_seconds Time \\\\ spent.\n# TYPE http_seconds histogram\n# UNIT http_seconds seconds\n"
      "http_seconds_bucket{path=\"/a\\\"b\\n\",le=\"0.25\",} 1.5e+06 1700000000.5 # {a=\"b\",\"c\"=\"d\"} 1 2\n"
      "http_seconds_created{path=\"/a\"} 1\n{\"u.v\",\"l m\"=\"\xc3\xa9\"} -0.00001\nplain NaN\n# EOF\n";
  for (std::size_t size = 0; size <= body.size(); ++size) {
    const std::string_view cut = std::string_view(body).substr(0, size);
    for (std::size_t variant = 0; variant < 4; ++variant) {
      BOOST_TEST(Dump<OpenMetricsParser>(cut, Options(variant)) ==
                     Dump<OpenMetricsParser>(cut, Options(variant), TextPaths::kTokensOnly),
                 "at " << size);
    }
  }
}

BOOST_AUTO_TEST_CASE(openmetrics_random_bytes_end) {
  Random random(13);
  for (std::size_t i = 0; i < 20000; ++i) {
    std::string body = random.Below(2) == 0 ? "# TYPE a counter\na 1\n" : "";
    for (std::size_t n = random.Below(40); n > 0; --n) body += static_cast<char>(random.Below(256));
    const std::string quick = Dump<OpenMetricsParser>(body, Options(i));
    if (quick != Dump<OpenMetricsParser>(body, Options(i), TextPaths::kTokensOnly)) {
      BOOST_ERROR("differs: " << text::GoQuote(body));
    }
  }
}

BOOST_AUTO_TEST_CASE(openmetrics_huge_input_takes_linear_time) {
  ParserOptions options;
  options.parse_start_timestamps = true;
  // No sample has a start: upstream would read the rest of the body again for each.
  std::string lines = "# TYPE a counter\n";
  for (int i = 0; i < 100000; ++i) lines += fmt::format("a_total{{l=\"{}\"}} 1\n", i);
  const std::string dump = Dump<OpenMetricsParser>(lines + "a_created 1\n# EOF\n", options);
  BOOST_TEST(dump.find(" st=") == std::string::npos);
  std::string labels = "a{";
  for (int i = 0; i < 100000; ++i) labels += fmt::format("l{}=\"v\",", 200000 - i);
  BOOST_TEST(Dump<OpenMetricsParser>(labels + "} 1\n# EOF\n").size() > labels.size());
  OpenMetricsParser parser({});
  const PaddedBody name(std::string(std::size_t{20} << 20, 'a'));
  parser.Reset(name.view());
  BOOST_TEST((parser.Next() == EntryKind::kError));
  const PaddedBody exemplar("a 1 # {l=\"" + std::string(std::size_t{20} << 20, '\xff') + "\"} 1\n# EOF\n");
  parser.Reset(exemplar.view());
  BOOST_TEST((parser.Next() == EntryKind::kError));
  BOOST_TEST(parser.error().offset < exemplar.view().size());
}

}  // namespace
}  // namespace stalemark::exposition_test
