// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/nhcb_parser.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/exposition/parser_set.h"
#include "tests/core/exposition/dump.h"

namespace stalemark::exposition_test {
namespace {

std::string NumberText(std::int64_t number) {
  return std::to_string(number);
}
std::string NumberText(double number) {
  std::string text;
  text::AppendShortestG(text, number);
  return text;
}

/// `h 3 of 7.5 | 0:2 | 1 2 | 1 2.5`: kind, count, sum, spans, stored buckets, bounds.
template <class AnyHistogram>
std::string Text(const char* kind, const AnyHistogram& histogram) {
  std::string text = fmt::format("{} {} of {} |", kind, histogram.count, NumberText(histogram.sum));
  for (const HistogramSpan& span : histogram.positive_spans) text += fmt::format(" {}:{}", span.offset, span.length);
  text += " |";
  for (const auto bucket : histogram.positive_buckets) text += " " + NumberText(bucket);
  text += " |";
  for (const double bound : histogram.custom_values) text += " " + NumberText(bound);
  return text;
}

/// A line of a converted histogram: its series, what it came with, the histogram.
std::string HistogramLine(Parser& parser, Starts starts) {
  const std::string sample = DumpSample(parser, starts);
  const std::size_t value_at = sample.find("\" 0") + 2;
  const HistogramEntry histogram = parser.histogram();
  return sample.substr(0, value_at) +
         (histogram.integers != nullptr ? Text("h", *histogram.integers) : Text("fh", *histogram.floats)) +
         sample.substr(value_at + 1);
}

struct Asked {
  ExpositionFormat format = ExpositionFormat::kText;
  bool keep_classic = false;
  bool parse_start_timestamps = false;
};

ParserOptions OptionsOf(const Asked& asked) {
  ParserOptions options;
  options.convert_classic_to_nhcb = true;
  options.keep_classic = asked.keep_classic;
  options.parse_start_timestamps = asked.parse_start_timestamps;
  return options;
}

std::string DumpConverted(std::string_view text, const Asked& asked = {}) {
  const PaddedBody body(text);
  ParserSet parsers(OptionsOf(asked));
  Parser& parser = parsers.Start(asked.format, body.view());
  const Starts starts = asked.parse_start_timestamps ? Starts::kAsked : Starts::kIgnored;
  std::string out;
  while (true) {
    const EntryKind kind = parser.Next();
    if (kind == EntryKind::kEnd) return out;
    out += (kind == EntryKind::kHistogram ? HistogramLine(parser, starts) : DumpEntry(kind, parser, starts)) + "\n";
    if (kind == EntryKind::kError) return out;
  }
}

struct BodyCase {
  const char* name;
  std::string body;
  std::string expected;
};

void Check(const std::vector<BodyCase>& cases, const Asked& asked = {}) {
  for (const BodyCase& test : cases) {
    BOOST_TEST_CONTEXT(test.name) {
      BOOST_TEST(DumpConverted(test.body, asked) == test.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(NHCB_01_series_of_the_histogram_family_only) {
  Check({
      {"a histogram", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 3\nh_sum 5\nh_count 3\n",
       "type h histogram\n__name__=\"h\" h 3 of 5 | 0:2 | 1 1 | 1 <h>\n"},
      {"another type", "# TYPE h gauge\nh_count 3\n", "type h gauge\n__name__=\"h_count\" 3 <h_count>\n"},
      {"another name", "# TYPE h histogram\nhh_count 3\nh 1\n",
       "type h histogram\n__name__=\"hh_count\" 3 <hh_count>\n__name__=\"h\" 1 <h>\n"},
      {"no bound", "# TYPE h histogram\nh_bucket 3\n", "type h histogram\n__name__=\"h_bucket\" 3 <h_bucket>\n"},
      {"a bound that is no number", "# TYPE h histogram\nh_bucket{le=\"x\"} 3\nh_bucket{le=\"NaN\"} 3\n",
       "type h histogram\n__name__=\"h_bucket\" le=\"x\" 3 <h_bucket{le=\"x\"}>\n"
       "__name__=\"h_bucket\" le=\"NaN\" 3 <h_bucket{le=\"NaN\"}>\n"},
      {"a bound out of range", "# TYPE h histogram\nh_bucket{le=\"1e400\"} 3\n",
       "type h histogram\n__name__=\"h_bucket\" le=\"1e400\" 3 <h_bucket{le=\"1e400\"}>\n"},
  });
  const PaddedBody body("# TYPE h histogram\nh_count 3\n");
  ParserSet unasked({});
  BOOST_TEST(DumpRest(unasked.Start(ExpositionFormat::kText, body.view())) ==
             "type h histogram\n__name__=\"h_count\" 3 <h_count>\n");
}

BOOST_AUTO_TEST_CASE(NHCB_02_ends_before_the_entry_that_ends_it) {
  const std::string type = "# TYPE h histogram\n";
  const std::string histogram = "__name__=\"h\" h 1 of 0 | 0:1 | 1 | <h>\n";
  Check({
      {"other labels", type + "h_count 1\nh_count{a=\"b\"} 2\n",
       "type h histogram\n" + histogram + "__name__=\"h\" a=\"b\" h 2 of 0 | 0:1 | 2 | <h{a=\"b\"}>\n"},
      {"other name", type + "h_count 1\nx 1\n", "type h histogram\n" + histogram + "__name__=\"x\" 1 <x>\n"},
      {"metadata", type + "h_count 1\n# HELP h x\nh_sum 5\n",
       "type h histogram\n" + histogram + "help h \"x\"\n__name__=\"h\" h 0 of 5 | | | <h>\n"},
      {"a comment", type + "h_count 1\n# x\n", "type h histogram\n" + histogram + "comment\n"},
      {"another type", type + "h_count 1\n# TYPE h gauge\nh_count 2\n",
       "type h histogram\n" + histogram + "type h gauge\n__name__=\"h_count\" 2 <h_count>\n"},
      {"an error", type + "h_count 1\nh_sum x\n",
       "type h histogram\nerror strconv.ParseFloat: parsing \"x\": invalid syntax while parsing: \"h_sum x\"\n"},
  });
  Check({{"classic ones kept", type + "h_sum 2\nh_count 1\nx 1\n",
          "type h histogram\n__name__=\"h_sum\" 2 <h_sum>\n__name__=\"h_count\" 1 <h_count>\n"
          "__name__=\"h\" h 1 of 2 | 0:1 | 1 | <h>\n__name__=\"x\" 1 <x>\n"}},
        {.keep_classic = true});
}

BOOST_AUTO_TEST_CASE(NHCB_03_takes_the_timestamp_of_the_series_behind_it) {
  Check({
      {"ended by a series with one", "# TYPE h histogram\nh_count 1 5\nx 1 6\n",
       "type h histogram\n__name__=\"h\" h 1 of 0 | 0:1 | 1 | @6 <h>\n__name__=\"x\" 1 @6 <x>\n"},
      {"ended by a series without", "# TYPE h histogram\nh_count 1 5\nx 1\n",
       "type h histogram\n__name__=\"h\" h 1 of 0 | 0:1 | 1 | <h>\n__name__=\"x\" 1 <x>\n"},
      {"ended by metadata", "# TYPE h histogram\nh_sum 1 4\nh_count 1 5\n# HELP x\n",
       "type h histogram\n__name__=\"h\" h 1 of 1 | 0:1 | 1 | @5 <h>\nhelp x \"\"\n"},
      {"ended by the end", "# TYPE h histogram\nh_sum 1 4\nh_count 1\n",
       "type h histogram\n__name__=\"h\" h 1 of 1 | 0:1 | 1 | <h>\n"},
  });
}

BOOST_AUTO_TEST_CASE(NHCB_04_series_bytes_are_made_of_the_labels) {
  const auto series = [](const std::string& labels) {
    const std::string dump = DumpConverted("# TYPE h histogram\nh_count" + labels + " 1\n");
    const std::size_t at = dump.find('<');
    return dump.substr(at, dump.rfind('>') + 1 - at);
  };
  BOOST_TEST(series("{}") == "<h>");
  BOOST_TEST(series("{ b = \"x y\" , a=\"1\", }") == "<h{a=\"1\",b=\"x y\"}>");
  BOOST_TEST(series("{le=\"1\",a=\"\",c=\"\\\"\\n\"}") == "<h{c=\"\\\"\\n\"}>");
  BOOST_TEST(series("{\"u.v\"=\"\a\"}") == "<h{\"u.v\"=\"\\a\"}>");
  BOOST_TEST(series("{a=\"1\",a=\"2\"}") == "<h{a=\"1\",a=\"2\"}>");
  BOOST_TEST(series("{a=\"1\",a=\"\"}") == "<h>");
  BOOST_TEST(DumpConverted("# TYPE \"h.x\" histogram\n{\"h.x_count\"} 1\n") ==
             "type h.x histogram\n__name__=\"h.x\" h 1 of 0 | 0:1 | 1 | <h.x>\n");
}

BOOST_AUTO_TEST_CASE(NHCB_04_an_empty_label_name_is_an_error) {
  const std::string type = "# TYPE h histogram\n";
  Check({
      {"converted", type + "h_count{\"\"=\"v\"} 1\n",
       "type h histogram\nerror a classic histogram with an empty label name cannot be converted\n"},
      {"without a value it goes", type + "h_count{\"\"=\"\"} 1\n",
       "type h histogram\n__name__=\"h\" h 1 of 0 | 0:1 | 1 | <h>\n"},
      {"not valid, so never converted", type + "h_count{\"\"=\"v\"} -1\n", "type h histogram\n"},
  });
  // Behind so long a value upstream does not find the metric's name.
  const std::string dump = DumpConverted(type + "h_count{\"\"=\"" + std::string(96, 'v') + "\"} 1\n");
  BOOST_TEST(dump.find(" 1 <h_count{") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(NHCB_05_the_result) {
  const std::string type = "# TYPE h histogram\n";
  const auto result = [&type](const std::string& lines) { return DumpConverted(type + lines).substr(type.size() - 2); };
  struct Row {
    const char* name;
    const char* lines;
    const char* expected;
  };
  const std::vector<Row> rows = {
      {"integers", "h_bucket{le=\"1\"} 2\nh_bucket{le=\"2\"} 5\nh_bucket{le=\"+Inf\"} 6\nh_count 6\n",
       "h 6 of 0 | 0:3 | 2 1 -2 | 1 2 <h>"},
      {"floats", "h_bucket{le=\"1\"} 0.5\nh_bucket{le=\"+Inf\"} 2\nh_count 2\n", "fh 2 of 0 | 0:2 | 0.5 1.5 | 1 <h>"},
      {"a count beyond int64", "h_count 1e19\n", "fh 1e+19 of 0 | 0:1 | 1e+19 | <h>"},
      {"no count", "h_bucket{le=\"1\"} 2\nh_bucket{le=\"2\"} 5\n", "h 5 of 0 | 0:2 | 2 1 | 1 2 <h>"},
      {"no +Inf", "h_bucket{le=\"1\"} 2\nh_count 5\n", "h 5 of 0 | 0:2 | 2 1 | 1 <h>"},
      {"a bound twice", "h_bucket{le=\"1\"} 2\nh_bucket{le=\"1.0\"} 3\nh_count 5\n", "h 5 of 0 | 0:2 | 2 1 | 1 <h>"},
      {"bounds out of order", "h_bucket{le=\"2\"} 2\nh_bucket{le=\"1\"} 1\nh_count 2\n",
       "h 2 of 0 | 0:2 | 1 0 | 1 2 <h>"},
      {"two empty buckets stay",
       "h_bucket{le=\"1\"} 1\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"3\"} 1\nh_bucket{le=\"4\"} 2\nh_count 2\n",
       "h 2 of 0 | 0:4 | 1 -1 0 1 | 1 2 3 4 <h>"},
      {"three do not",
       "h_bucket{le=\"1\"} 1\nh_bucket{le=\"4\"} 1\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"3\"} 1\nh_count 2\n",
       "h 2 of 0 | 0:1 3:1 | 1 0 | 1 2 3 4 <h>"},
      {"of floats none", "h_bucket{le=\"1\"} 0.5\nh_bucket{le=\"2\"} 0.5\nh_count 2\n",
       "fh 2 of 0 | 0:1 1:1 | 0.5 1.5 | 1 2 <h>"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::string text = result(row.lines);
      BOOST_TEST(text == std::string("__name__=\"h\" ") + row.expected + "\n");
    }
  }
}

BOOST_AUTO_TEST_CASE(NHCB_06_what_is_not_valid_is_dropped) {
  const std::string type = "# TYPE h histogram\n";
  Check({
      {"not cumulative", type + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nx 1\n",
       "type h histogram\n__name__=\"x\" 1 <x>\n"},
      {"negative", type + "h_bucket{le=\"1\"} -2\nh_count 1\nx 1\n", "type h histogram\n__name__=\"x\" 1 <x>\n"},
      {"count mismatch", type + "h_bucket{le=\"+Inf\"} 2\nh_count 1\nx 1\n",
       "type h histogram\n__name__=\"x\" 1 <x>\n"},
      {"a NaN count is valid", type + "h_bucket{le=\"1\"} NaN\nh_bucket{le=\"+Inf\"} 2\n",
       "type h histogram\n__name__=\"h\" fh 2 of 0 | 0:2 | NaN NaN | 1 <h>\n"},
      {"the next one is its own again", type + "h_bucket{le=\"+Inf\"} 2\nh_count 1\nh_count{a=\"b\"} 3\n",
       "type h histogram\n__name__=\"h\" a=\"b\" h 3 of 0 | 0:1 | 3 | <h{a=\"b\"}>\n"},
  });
}

BOOST_AUTO_TEST_CASE(NHCB_06_a_count_below_the_buckets_keeps_collecting) {
  Check({
      {"never valid", "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_count 1\nx 1\n",
       "type h histogram\n__name__=\"x\" 1 <x>\n"},
      {"completed by another family",
       "# TYPE h histogram\nh_bucket{a=\"b\",le=\"1\"} 2\nh_count{a=\"b\"} 1\n"
       "# TYPE g histogram\ng_count 7\nx 1\n",
       "type h histogram\ntype g histogram\n__name__=\"h\" a=\"b\" h 7 of 0 | 0:2 | 2 3 | 1 <h{a=\"b\"}>\n"
       "__name__=\"x\" 1 <x>\n"},
  });
}

BOOST_AUTO_TEST_CASE(NHCB_07_a_sum_alone_is_a_histogram) {
  Check({{"sum", "# TYPE h histogram\nh_sum 4\n", "type h histogram\n__name__=\"h\" h 0 of 4 | | | <h>\n"}});
}

BOOST_AUTO_TEST_CASE(NHCB_08_exemplars_go_with_it) {
  const std::string type = "# TYPE h histogram\n";
  const auto exemplars = [&type](const std::string& lines) {
    std::string out;
    const std::string dump = DumpConverted(type + lines + "# EOF\n", {.format = ExpositionFormat::kOpenMetrics});
    for (std::size_t at = dump.find('\n') + 1; at < dump.size(); at = dump.find('\n', at) + 1) {
      const std::string line = dump.substr(at, dump.find('\n', at) - at);
      out += line.substr(line.find('<')) + "\n";
    }
    return out;
  };
  BOOST_TEST(
      exemplars("h_bucket{le=\"1\"} 1 # {t=\"a\"} 0.5 1\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"+Inf\"} 2 # {} 2 3\n"
                "h_count 2\n") == "<h> # {t=\"a\" } 0.5 @1000 # {} 2 @3000\n");
  // The slot's timestamp stays from the histogram before.
  BOOST_TEST(
      exemplars("h_bucket{a=\"1\",le=\"+Inf\"} 1 # {t=\"a\"} 1 7\nh_bucket{a=\"2\",le=\"+Inf\"} 1 # {t=\"b\"} 2\n") ==
      "<h{a=\"1\"}> # {t=\"a\" } 1 @7000\n<h{a=\"2\"}> # {t=\"b\" } 2 @7000\n");
  // The exemplars of a dropped histogram stay in place of the next one's.
  BOOST_TEST(exemplars("h_bucket{a=\"1\",le=\"1\"} 2 # {t=\"a\"} 1 7\nh_bucket{a=\"1\",le=\"+Inf\"} 1\n"
                       "h_bucket{a=\"2\",le=\"+Inf\"} 1 # {t=\"b\"} 2\n") == "<h{a=\"2\"}> # {t=\"a\" } 1 @7000\n");
}

BOOST_AUTO_TEST_CASE(NHCB_08_slots_are_new_in_the_next_body) {
  const PaddedBody first("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1 # {t=\"a\"} 1 7\n# EOF\n");
  const PaddedBody second("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1 # {t=\"a\"} 1\n# EOF\n");
  ParserSet parsers(OptionsOf({}));
  BOOST_TEST(DumpRest(parsers.Start(ExpositionFormat::kOpenMetrics, first.view())).find("@7000") != std::string::npos);
  BOOST_TEST(DumpRest(parsers.Start(ExpositionFormat::kOpenMetrics, second.view())).find('@') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(NHCB_09_start_time_of_the_first_series) {
  const std::string body =
      "# TYPE a counter\na_total 1\na_created 1\n"
      "# TYPE h histogram\nh_count 1\nh_created 5\n"
      "# TYPE b counter\nb_total 1\nb_created 2\n# EOF\n";
  const std::string before = "type a counter\n__name__=\"a_total\" 1 <a_total>\n__name__=\"a_created\" 1 <a_created>\n";
  // Looked up even if nobody wants it; from then on such series are hidden.
  Check({{"not asked for", body,
          before + "type h histogram\n__name__=\"h\" h 1 of 0 | 0:1 | 1 | <h>\n"
                   "type b counter\n__name__=\"b_total\" 1 <b_total>\n"}},
        {.format = ExpositionFormat::kOpenMetrics});
  Check({{"asked for", body,
          "type a counter\n__name__=\"a_total\" 1 <a_total> st=1000\n"
          "type h histogram\n__name__=\"h\" h 1 of 0 | 0:1 | 1 | <h> st=5000\n"
          "type b counter\n__name__=\"b_total\" 1 <b_total> st=2000\n"}},
        {.format = ExpositionFormat::kOpenMetrics, .parse_start_timestamps = true});
  Check({{"kept ones have it too", "# TYPE h histogram\nh_count 1\nh_sum 2\nh_created 5\n# EOF\n",
          "type h histogram\n__name__=\"h_count\" 1 <h_count> st=5000\n__name__=\"h_sum\" 2 <h_sum> st=5000\n"
          "__name__=\"h\" h 1 of 2 | 0:1 | 1 | <h> st=5000\n"}},
        {.format = ExpositionFormat::kOpenMetrics, .keep_classic = true, .parse_start_timestamps = true});
}

BOOST_AUTO_TEST_CASE(NHCB_10_one_sample_for_a_histogram) {
  const auto samples = [](bool keep_classic) {
    const PaddedBody body("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n");
    ParserSet parsers(OptionsOf({.keep_classic = keep_classic}));
    Parser& parser = parsers.Start(ExpositionFormat::kText, body.view());
    int count = 0;
    for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
      if (kind == EntryKind::kSeries || kind == EntryKind::kHistogram) ++count;
    }
    return count;
  };
  BOOST_TEST(samples(false) == 1);
  BOOST_TEST(samples(true) == 5);
}

/// Reads a body with a guess in front of every entry: the series bytes of a list, then that of the entries so far.
std::string DumpGuessing(Parser& parser, const std::vector<std::string>& guesses) {
  std::string out;
  while (true) {
    EntryKind kind = EntryKind::kEnd;
    bool guessed = false;
    for (std::size_t i = 0; i < guesses.size() && !guessed; ++i) guessed = parser.NextIfSeries(guesses[i], &kind);
    if (!guessed) kind = parser.Next();
    if (kind == EntryKind::kEnd) return out;
    out += DumpEntry(kind, parser) + "\n";
    if (kind == EntryKind::kError) return out;
  }
}

BOOST_AUTO_TEST_CASE(guesses_change_nothing) {
  const std::vector<std::string> guesses = {"a", "h_count", "h", "h_sum", "x.y", "h_bucket{le=\"1\"}", "b_total"};
  for (const char* text : {
           "a 1\n# TYPE h histogram\nh_sum 1\nh_count 1\na 2\nh 3\n",
           "# TYPE h histogram\nh_count 1\n# TYPE a gauge\na 1\na 2\n",
           "# TYPE \"x.y\" histogram\n{\"x.y_count\"} 1\n# TYPE a gauge\nx.y 1\n",
           "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_count 1\n# TYPE a gauge\na 1\n",
       }) {
    const PaddedBody body(text);
    ParserSet parsers(OptionsOf({}));
    const std::string expected = DumpRest(parsers.Start(ExpositionFormat::kText, body.view()));
    BOOST_TEST(DumpGuessing(parsers.Start(ExpositionFormat::kText, body.view()), guesses) == expected);
  }
  const PaddedBody body("a 1\n");
  ParserSet parsers(OptionsOf({}));
  EntryKind kind = EntryKind::kEnd;
  BOOST_TEST(parsers.Start(ExpositionFormat::kText, body.view()).NextIfSeries("a", &kind));
}

}  // namespace
}  // namespace stalemark::exposition_test
