// SPDX-License-Identifier: Apache-2.0
// Families, simple metrics, summaries, labels and series bytes. Histograms: protobuf_histogram_test.cpp.
#include "core/exposition/protobuf_parser.h"

#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/exposition/sort_labels.h"
#include "tests/core/exposition/protobuf_bodies.h"

namespace stalemark::exposition_test {
namespace {

using namespace std::string_literals;

constexpr double kInf = std::numeric_limits<double>::infinity();

BOOST_AUTO_TEST_CASE(PB_02_fields_of_every_message) {
  const Message counter = Message().Double(1, 1).Sub(2, Exemplar("x", 2)).Sub(3, Time(3, 0));
  const Message summary =
      Message().Varint(1, 4).Double(2, 5).Sub(3, Message().Double(1, 0.5).Double(2, 6)).Sub(4, Time(7, 0));
  const Message metric = Message().Sub(1, LabelPair("l", "v")).Varint(6, 8);
  const auto one = [&](const char* name, Type type, std::uint64_t field, const Message& value) {
    Message copy = metric;
    return Family(name, type, {copy.Sub(field, value)}).Bytes(5, "unit");
  };
  BOOST_TEST(DumpProtobuf(Body({one("c", kCounter, 3, counter), one("g", kGauge, 2, Value(9)),
                                one("u", kUntyped, 5, Value(10)), one("s", kSummary, 4, summary)})) ==
             "help c \"help\"\nunit c \"unit\"\ntype c counter\n"
             "c{l=\"v\"} 1 @8 st=3000 # {trace=\"x\"} 2\n"
             "help g \"help\"\nunit g \"unit\"\ntype g gauge\n"
             "g{l=\"v\"} 9 @8\n"
             "help u \"help\"\nunit u \"unit\"\ntype u unknown\n"
             "u{l=\"v\"} 10 @8\n"
             "help s \"help\"\nunit s \"unit\"\ntype s summary\n"
             "s_count{l=\"v\"} 4 @8 st=7000\n"
             "s_sum{l=\"v\"} 5 @8 st=7000\n"
             "s{l=\"v\" quantile=\"0.5\"} 6 @8 st=7000\n");
}

BOOST_AUTO_TEST_CASE(PB_02_repeated_fields_overwrite_and_merge) {
  const Message twice = Message()
                            .Sub(3, Message().Double(1, 1).Sub(2, Exemplar("x", 2)))
                            .Sub(3, Message().Double(1, 3).Sub(2, Message().Sub(1, LabelPair("a", "b"))));
  BOOST_TEST(Samples(BodyOf(kCounter, {twice})) == "a{} 3 # {a=\"b\" trace=\"x\"} 2\n");
  const Message type_behind = Message().Bytes(1, "b").Subs(4, {GaugeMetric(4)}).Varint(3, kGauge).Bytes(1, "a");
  BOOST_TEST(Samples(Body({type_behind})) == "a{} 4\n");
}

BOOST_AUTO_TEST_CASE(PB_03_families_without_metrics_and_without_type) {
  const Message without_type = Message().Bytes(1, "a").Subs(4, {CounterMetric(1)});
  BOOST_TEST(DumpProtobuf(Body({Family("x", kGauge, {}), without_type, Family("y", kGauge, {})})) ==
             "help a \"\"\ntype a counter\na{} 1\n");
  // Not even its name is looked at.
  BOOST_TEST(DumpProtobuf(Body({Family("\xFF", kGauge, {})})) == "");
}

BOOST_AUTO_TEST_CASE(PB_04_PB_21_order_of_entries) {
  const Message family = Message().Subs(4, {GaugeMetric(1), GaugeMetric(2)}).Bytes(5, "s").Varint(3, 1).Bytes(1, "a");
  BOOST_TEST(DumpProtobuf(Body({family})) == "help a \"\"\nunit a \"s\"\ntype a gauge\na{} 1\na{} 2\n");
}

BOOST_AUTO_TEST_CASE(PB_05_names_and_texts) {
  const auto labelled = [](std::string_view name, std::string_view value) {
    return Body({Family("a", kGauge, {GaugeMetric(1)}),
                 Family("b", kGauge, {GaugeMetric(2), GaugeMetric(3).Sub(1, LabelPair(name, value))})});
  };
  const std::string before = "help a \"help\"\ntype a gauge\na{} 1\n";
  const std::string in_family = before + "help b \"help\"\ntype b gauge\nb{} 2\n";
  struct Case {
    const char* name;
    std::string body;
    std::string expected;
  };
  const Message good = Family("a", kGauge, {GaugeMetric(1)});
  const std::vector<Case> cases = {
      {"no name", Body({good, Family("", kGauge, {GaugeMetric(1)})}), before + "error invalid metric name: \n"},
      {"name", Body({good, Family("\xFF", kGauge, {GaugeMetric(1)})}), before + "error invalid metric name: \xFF\n"},
      {"UTF-8 name", Body({Family("\xC3\xA4 b", kGauge, {GaugeMetric(1)})}),
       "help \xC3\xA4 b \"help\"\ntype \xC3\xA4 b gauge\n\xC3\xA4 b{} 1\n"},
      {"help", Body({good, Message().Bytes(1, "q\"").Bytes(2, "\xC3").Subs(4, {GaugeMetric(1)})}),
       before + "error invalid help for metric \"q\\\"\": \xC3\n"},
      {"type", Body({good, Message().Bytes(1, "b").Varint(3, 6).Subs(4, {GaugeMetric(1)})}),
       before + "error unknown metric type for metric \"b\": 6\n"},
      {"negative type", Body({Message().Bytes(1, "b").Varint(3, ~std::uint64_t{0}).Subs(4, {GaugeMetric(1)})}),
       "error unknown metric type for metric \"b\": -1\n"},
      {"unit is not looked at", Body({Family("a", kGauge, {GaugeMetric(1)}).Bytes(5, "\xFF")}),
       "help a \"help\"\nunit a \"\\xff\"\ntype a gauge\na{} 1\n"},
      {"label name", labelled("\xFF", "v"), in_family + "error invalid label name: \xFF\n"},
      {"empty label name", labelled("", "v"), in_family + "error invalid label name: \n"},
      {"label value", labelled("l", "\xED\xA0\x80"), in_family + "error invalid label value: \xED\xA0\x80\n"},
  };
  for (const Case& test : cases) {
    BOOST_TEST_CONTEXT(test.name) {
      BOOST_TEST(DumpProtobuf(test.body) == test.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(PB_05_a_label_name_that_was_not_sent_is_empty) {
  const Message metric = GaugeMetric(1).Sub(1, Message().Bytes(2, "v"));
  BOOST_TEST(Samples(BodyOf(kGauge, {metric})) == "{=\"v\" __name__=\"a\"} 1\n");
}

BOOST_AUTO_TEST_CASE(PB_06_timestamps) {
  const auto at = [](std::uint64_t t_ms) { return GaugeMetric(1).Varint(6, t_ms); };
  BOOST_TEST(Samples(BodyOf(kGauge, {at(5), at(0), at(~std::uint64_t{0}), GaugeMetric(1)})) ==
             "a{} 1 @5\na{} 1\na{} 1 @-1\na{} 1\n");
}

BOOST_AUTO_TEST_CASE(PB_07_values_keep_their_bits) {
  const std::vector<std::uint64_t> values = {0x7FF0000000000001, 0xFFF8000000000123, kStaleNaN, 0x8000000000000000,
                                             0x0000000000000001};
  std::vector<Message> gauges;
  std::vector<Message> counters;
  for (const std::uint64_t bits : values) {
    gauges.push_back(Metric(2, Message().Bits(1, bits)));
    counters.push_back(Metric(3, Message().Bits(1, bits)));
  }
  const PaddedBody body(Body({Family("a", kGauge, gauges), Family("a", kCounter, counters)}));
  ProtobufParser parser{ParserOptions()};
  parser.Reset(body.view());
  std::vector<std::uint64_t> got;
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
    if (kind == EntryKind::kSeries) got.push_back(parser.sample().value_bits);
  }
  std::vector<std::uint64_t> expected = values;
  expected.insert(expected.end(), values.begin(), values.end());
  BOOST_TEST(got == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(PB_08_an_untyped_value_is_never_reset) {
  const Message without_value = Metric(5, Message());
  BOOST_TEST(Samples(Body({Family("a", kUntyped, {Metric(5, Value(7)), without_value, Message()}),
                           Family("g", kGauge, {GaugeMetric(1), Message()}),
                           Family("c", kCounter, {CounterMetric(2), Message()}),
                           Family("b", kUntyped, {Message(), Metric(5, Value(8)), Message()})})) ==
             "a{} 7\na{} 7\na{} 7\ng{} 1\ng{} 0\nc{} 2\nc{} 0\nb{} 7\nb{} 8\nb{} 8\n");
  // But not from body to body.
  ProtobufParser parser{ParserOptions()};
  const PaddedBody first(BodyOf(kUntyped, {Metric(5, Value(7))}));
  const PaddedBody second(BodyOf(kUntyped, {Message()}));
  parser.Reset(first.view());
  DumpAll(parser);
  parser.Reset(second.view());
  BOOST_TEST(DumpAll(parser) == "help a \"help\"\ntype a unknown\na{} 0\n");
}

BOOST_AUTO_TEST_CASE(PB_09_PB_19_summaries) {
  const auto quantile = [](double q, double value) { return Message().Double(1, q).Double(2, value); };
  const Message summary = Message().Varint(1, 3).Double(2, 4.5).Subs(
      3, {quantile(0.99, 1), quantile(1, 2), quantile(1e-7, 3), quantile(kInf, 4), quantile(0, 5)});
  BOOST_TEST(Samples(BodyOf(kSummary, {Metric(4, summary), Metric(4, Message().Varint(1, 6)), Metric(4, summary)})) ==
             "a_count{} 3\na_sum{} 4.5\na{quantile=\"0.99\"} 1\na{quantile=\"1.0\"} 2\na{quantile=\"1e-07\"} 3\n"
             "a{quantile=\"+Inf\"} 4\na{quantile=\"0.0\"} 5\n"
             "a_count{} 6\na_sum{} 0\n"
             "a_count{} 3\na_sum{} 4.5\na{quantile=\"0.99\"} 1\na{quantile=\"1.0\"} 2\na{quantile=\"1e-07\"} 3\n"
             "a{quantile=\"+Inf\"} 4\na{quantile=\"0.0\"} 5\n");
}

BOOST_AUTO_TEST_CASE(PB_16_exemplars_of_counters) {
  const auto with = [](const Message& exemplar) { return Metric(3, Message().Double(1, 1).Sub(2, exemplar)); };
  const std::uint64_t minus_one = ~std::uint64_t{0};
  BOOST_TEST(
      Samples(BodyOf(kCounter, {with(Message()), CounterMetric(2), with(Exemplar("x", 3).Sub(3, Time(5, 1'999'999))),
                                with(Exemplar("x", 3).Sub(3, Time(minus_one, std::uint64_t{0} - 1'999'999))),
                                with(Message().Sub(1, LabelPair("z", "1")).Sub(1, LabelPair("a", "\xFF")))})) ==
      "a{} 1 # {} 0\na{} 2\na{} 1 # {trace=\"x\"} 3 @5001\na{} 1 # {trace=\"x\"} 3 @-1001\n"
      "a{} 1 # {a=\"\\xff\" z=\"1\"} 0\n");
  // A gauge has none, whatever the metric holds.
  BOOST_TEST(Samples(BodyOf(kGauge, {with(Exemplar("x", 1))})) == "a{} 0\n");
}

BOOST_AUTO_TEST_CASE(PB_17_start_timestamps) {
  const Message start = Time(12, 3'999'999);
  const Message counter = Metric(3, Message().Sub(3, start));
  const Message summary = Metric(4, Message().Sub(4, start));
  const Message histogram = HistogramMetric(Message().Sub(15, start));
  BOOST_TEST(Samples(Body({Family("c", kCounter, {counter, CounterMetric(1)}), Family("s", kSummary, {summary}),
                           Family("h", kHistogram, {histogram}), Family("g", kGauge, {counter})})) ==
             "c{} 0 st=12003\nc{} 1\ns_count{} 0 st=12003\ns_sum{} 0 st=12003\n"
             "h_count{} 0 st=12003\nh_sum{} 0 st=12003\nh_bucket{le=\"+Inf\"} 0 st=12003\ng{} 0\n");
}

/// The series bytes of all samples, with `|` for 0xFF.
std::string SeriesBytes(const std::string& bytes, const ParserOptions& options = {}) {
  const PaddedBody body(bytes);
  ProtobufParser parser(options);
  parser.Reset(body.view());
  std::string out;
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
    if (kind != EntryKind::kSeries && kind != EntryKind::kHistogram) continue;
    for (const char c : parser.sample().series) out += c == '\xFF' ? '|' : c;
    out += '\n';
  }
  return out;
}

BOOST_AUTO_TEST_CASE(PB_18_series_bytes) {
  const Message histogram = Message().Sub(3, Bucket(1, 2));
  const Message metric =
      HistogramMetric(histogram).Subs(1, {LabelPair("z", "1"), LabelPair("A", "2"), LabelPair("f", "")});
  BOOST_TEST(SeriesBytes(BodyOf(kHistogram, {metric})) ==
             "|A|2a_count|f||z|1\n|A|2a_sum|f||z|1\n|A|2a_bucket|f||le|1.0|z|1\n|A|2a_bucket|f||le|+Inf|z|1\n");
  BOOST_TEST(SeriesBytes(BodyOf(kGauge, {GaugeMetric(1).Sub(1, LabelPair("__name__", "b")), GaugeMetric(1)})) ==
             "ab\na\n");
}

BOOST_AUTO_TEST_CASE(PB_18_equal_names_among_many_labels_lie_as_go_sorts_them) {
  const std::string names = "lckcbjbihgfed";
  const std::string digits = "0123456789abc";
  std::vector<Label> labels;
  for (std::size_t i = 0; i < names.size(); ++i) {
    labels.push_back({std::string_view(names).substr(i, 1), std::string_view(digits).substr(i, 1)});
  }
  SortByName(&labels);
  std::string places;
  for (const Label& label : labels) places += label.value;
  BOOST_TEST(places == "4631cba987520");  // 3 in front of 1
}

BOOST_AUTO_TEST_CASE(PB_19_an_exposed_bound_is_a_duplicate) {
  const Message bucket = HistogramMetric(Message().Sub(3, Bucket(kInf, 2))).Sub(1, LabelPair("le", "x"));
  BOOST_TEST(Samples(BodyOf(kHistogram, {bucket})) ==
             "a_count{le=\"x\"} 0\na_sum{le=\"x\"} 0\na_bucket{le=\"x\" le=\"+Inf\"} 2\n");
  const Message quantile = Metric(4, Message().Sub(3, Value(0.5))).Sub(1, LabelPair("quantile", "x"));
  BOOST_TEST(Samples(BodyOf(kSummary, {quantile})) ==
             "a_count{quantile=\"x\"} 0\na_sum{quantile=\"x\"} 0\na{quantile=\"x\" quantile=\"0.5\"} 0\n");
}

BOOST_AUTO_TEST_CASE(PB_20_type_and_unit_labels) {
  ParserOptions options;
  options.type_and_unit_labels = true;
  const auto exposed = [](const Message& metric) {
    Message copy = metric;
    return copy.Subs(1, {LabelPair("__name__", "n"), LabelPair("__type__", "t"), LabelPair("__unit__", "u")});
  };
  BOOST_TEST(Samples(Body({Family("g", kGauge, {exposed(GaugeMetric(1))}).Bytes(5, "s"),
                           Family("h", kGauge, {exposed(GaugeMetric(2))}),
                           Family("u", kUntyped, {exposed(Metric(5, Value(3)))})}),
                     options) ==
             "g{__type__=\"gauge\" __unit__=\"s\"} 1\n"
             "h{__type__=\"gauge\" __unit__=\"u\"} 2\n"
             "u{__type__=\"t\" __unit__=\"u\"} 3\n");
  const Message histogram = HistogramMetric(Message().Sub(12, Span(0, 0)));
  BOOST_TEST(Samples(BodyOf(kGaugeHistogram, {histogram}), options) ==
             "a{__type__=\"gaugehistogram\"} integers schema=0 count=0 sum=0 zero=0/0 gauge\n");
  BOOST_TEST(Samples(Body({Family("g", kGauge, {exposed(GaugeMetric(1))}).Bytes(5, "s")})) ==
             "g{__name__=\"n\" __type__=\"t\" __unit__=\"u\"} 1\n");
}

BOOST_AUTO_TEST_CASE(a_guess_takes_the_series_that_comes_next_and_nothing_else) {
  const PaddedBody body(BodyOf(kGauge, {GaugeMetric(1).Sub(1, LabelPair("l", "v")), GaugeMetric(2)}));
  ProtobufParser parser{ParserOptions()};
  parser.Reset(body.view());
  const std::string first = "a\xFFl\xFFv";
  EntryKind kind = EntryKind::kEnd;
  BOOST_TEST(!parser.NextIfSeries(first, &kind));  // HELP comes next
  BOOST_TEST((parser.Next() == EntryKind::kHelp));
  BOOST_TEST(!parser.NextIfSeries("a", &kind));
  BOOST_TEST((parser.Next() == EntryKind::kType));
  BOOST_TEST(!parser.NextIfSeries("a", &kind));
  BOOST_TEST(!parser.NextIfSeries(first + "w", &kind));
  BOOST_TEST(parser.NextIfSeries(first, &kind));
  BOOST_TEST((kind == EntryKind::kSeries));
  BOOST_TEST(DumpSample(kind, parser) == "a{l=\"v\"} 1");
  BOOST_TEST(!parser.NextIfSeries(first, &kind));
  BOOST_TEST((parser.Next() == EntryKind::kSeries));
  BOOST_TEST(DumpSample(EntryKind::kSeries, parser) == "a{} 2");
  BOOST_TEST(!parser.NextIfSeries("a", &kind));
  BOOST_TEST((parser.Next() == EntryKind::kEnd));
}

struct Guess {
  const char* name;
  Message metric;
  std::string series;
  std::string expected;
  ParserOptions options = {};
};

ParserOptions WithTypeLabels() {
  ParserOptions options;
  options.type_and_unit_labels = true;
  return options;
}

std::vector<Guess> Guesses() {
  const auto labelled = [](const std::vector<Message>& labels) { return GaugeMetric(1).Subs(1, labels); };
  const std::string long_value(300, 'v');
  return {
      {"plain", labelled({LabelPair("b", "c"), LabelPair("d", "v")}),
       "a\xFF"
       "b\xFF"
       "c\xFF"
       "d\xFFv",
       "guessed a{b=\"c\" d=\"v\"} 1"},
      {"two labels in one name",
       labelled({LabelPair("b\xFF"
                           "c\xFF"
                           "d",
                           "v")}),
       "a\xFF"
       "b\xFF"
       "c\xFF"
       "d\xFFv",
       "error invalid label name: b\xFF"
       "c\xFF"
       "d"},
      {"two labels in one value",
       labelled({LabelPair("b",
                           "c\xFF"
                           "d\xFFv")}),
       "a\xFF"
       "b\xFF"
       "c\xFF"
       "d\xFFv",
       "error invalid label value: c\xFF"
       "d\xFFv"},
      {"a prefix", labelled({}),
       "a\xFF"
       "b\xFF"
       "c",
       "a{} 1"},
      {"more than was asked for", labelled({LabelPair("b", "c")}), "a", "a{b=\"c\"} 1"},
      {"unsorted", labelled({LabelPair("d", "v"), LabelPair("b", "c")}),
       "a\xFF"
       "b\xFF"
       "c\xFF"
       "d\xFFv",
       "guessed a{b=\"c\" d=\"v\"} 1"},
      {"value first", labelled({Message().Bytes(2, "c").Bytes(1, "b")}),
       "a\xFF"
       "b\xFF"
       "c",
       "guessed a{b=\"c\"} 1"},
      {"name twice", labelled({Message().Bytes(1, "b").Bytes(2, "c").Bytes(1, "d")}),
       "a\xFF"
       "d\xFF"
       "c",
       "guessed a{d=\"c\"} 1"},
      {"long", labelled({LabelPair("b", long_value)}),
       "a\xFF"
       "b\xFF" +
           long_value,
       "guessed a{b=\"" + long_value + "\"} 1"},
      {"not ASCII", labelled({LabelPair("b", "\xC3\xA4")}),
       "a\xFF"
       "b\xFF\xC3\xA4",
       "guessed a{b=\"\xC3\xA4\"} 1"},
      {"a type label comes in between", labelled({LabelPair("b", "c")}),
       "a\xFF"
       "b\xFF"
       "c",
       "a{__type__=\"gauge\" b=\"c\"} 1", WithTypeLabels()},
  };
}

BOOST_AUTO_TEST_CASE(a_guess_proves_nothing_by_bytes_that_could_be_cut_otherwise) {
  for (const Guess& test : Guesses()) {
    BOOST_TEST_CONTEXT(test.name) {
      const PaddedBody body(BodyOf(kGauge, {test.metric}));
      ProtobufParser parser(test.options);
      parser.Reset(body.view());
      parser.Next();
      parser.Next();
      EntryKind kind;
      const bool guessed = parser.NextIfSeries(test.series, &kind);
      if (!guessed) kind = parser.Next();
      const std::string entry = kind == EntryKind::kError ? DumpEntry(kind, parser) : DumpSample(kind, parser);
      BOOST_TEST((guessed ? "guessed " : "") + entry == test.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_parser_starts_over) {
  ProtobufParser parser{ParserOptions()};
  const PaddedBody failing("\x01\x80");
  const PaddedBody good(BodyOf(kGauge, {GaugeMetric(1)}));
  for (int round = 0; round < 2; ++round) {
    parser.Reset(good.view());
    EntryKind kind;
    parser.Next();
    parser.NextIfSeries("a", &kind);  // an entry that is never taken
    parser.Reset(failing.view());
    BOOST_TEST(DumpAll(parser) == "error unexpected EOF\n");
    parser.Reset(good.view());
    BOOST_TEST(DumpAll(parser) == "help a \"help\"\ntype a gauge\na{} 1\n");
  }
}

}  // namespace
}  // namespace stalemark::exposition_test
