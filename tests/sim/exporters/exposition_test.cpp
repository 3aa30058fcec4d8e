// SPDX-License-Identifier: Apache-2.0
// What exporters of written series send: each format as client libraries write it, and, for random families, what the
// engine's parsers read back.
#include "sim/exporters/exposition.h"

#include <algorithm>
#include <iterator>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/exposition/parser_set.h"
#include "core/model/histogram_text.h"
#include "sim/exporters/negotiation.h"
#include "sim/exporters/series_exporter.h"
#include "sim/seeds.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

struct Answer {
  std::string content_type;
  std::string body;
};

/// The answers to `requests` requests of an exporter written like this, 15 s apart.
std::vector<Answer> AnswersOf(const std::string& exporter, int requests, const std::string& accept = "") {
  const Result<Scenario> scenario = LoadText(TextOf({"2m", "", exporter}));
  if (!scenario.ok()) return {{"", scenario.error().message}};
  SeriesExporter answering(std::get<ExposedFamilies>(scenario->exporters.at(0).answers), scenario->start);
  HopRequest request;
  request.headers.push_back({"Accept", accept});
  std::vector<Answer> answers;
  for (int i = 0; i < requests; ++i) {
    const SimResponsePtr response = answering.Next(MonotonicTime(std::chrono::seconds(15) * (i + 1)), request);
    const SimResponse::Wire& wire = response->WireFor({});
    answers.push_back({wire.head.headers.at(0).value, wire.body});
  }
  return answers;
}

std::string BodyOf(const std::string& exporter) {
  return AnswersOf(exporter, 1).front().body;
}

/// A counter, a gauge, a histogram and a summary, with all that they may have.
std::string AllSeries(const std::string& extras) {
  std::string created = extras, exemplar = extras, unit = extras;
  if (!extras.empty()) {
    created = ", created: -1m30s";
    exemplar = ", exemplars: [{labels: {trace_id: ab}, value: 0.25, time: 10s}]";
    unit = ", unit: seconds";
  }
  return "series: ["
         "{series: 'reqs_total{code=\"200\"}', values: '5', type: counter, help: 'Re\\quests.'" +
         created + exemplar +
         "},"
         "{series: 'up_time{a=\"x\"}', values: '1e+06', type: gauge},"
         "{series: 'lat_seconds_bucket{le=\"0.5\",m=\"GET\"}', values: '1', type: histogram, help: Latency" +
         unit + created + exemplar +
         "},"
         "{series: 'lat_seconds_bucket{le=\"+Inf\",m=\"GET\"}', values: '3'},"
         "{series: 'lat_seconds_sum{m=\"GET\"}', values: '1.5'},"
         "{series: 'lat_seconds_count{m=\"GET\"}', values: '3', age: 5s},"
         "{series: 'size{quantile=\"0.5\"}', values: '10', type: summary},"
         "{series: 'size_sum', values: '100'},"
         "{series: 'size_count', values: '7'},"
         "{series: 'plain', values: '1'}]";
}

constexpr std::string_view kText =
    "# HELP reqs_total Re\\\\quests.\n"
    "# TYPE reqs_total counter\n"
    "reqs_total{code=\"200\"} 5\n"
    "# TYPE up_time gauge\n"
    "up_time{a=\"x\"} 1e+06\n"
    "# HELP lat_seconds Latency\n"
    "# TYPE lat_seconds histogram\n"
    "lat_seconds_bucket{le=\"0.5\",m=\"GET\"} 1 1767225610000\n"
    "lat_seconds_bucket{le=\"+Inf\",m=\"GET\"} 3 1767225610000\n"
    "lat_seconds_sum{m=\"GET\"} 1.5 1767225610000\n"
    "lat_seconds_count{m=\"GET\"} 3 1767225610000\n"
    "# TYPE size summary\n"
    "size{quantile=\"0.5\"} 10\n"
    "size_sum 100\n"
    "size_count 7\n"
    "plain 1\n";

constexpr std::string_view kOpenMetrics =
    "# HELP reqs Re\\\\quests.\n"
    "# TYPE reqs counter\n"
    "reqs_total{code=\"200\"} 5.0 # {trace_id=\"ab\"} 0.25 1767225610.0\n"
    "reqs_created{code=\"200\"} 1767225510.0\n"
    "# TYPE up_time gauge\n"
    "up_time{a=\"x\"} 1e+06\n"
    "# HELP lat_seconds Latency\n"
    "# TYPE lat_seconds histogram\n"
    "# UNIT lat_seconds seconds\n"
    "lat_seconds_bucket{le=\"0.5\",m=\"GET\"} 1 1767225610.0 # {trace_id=\"ab\"} 0.25 1767225610.0\n"
    "lat_seconds_bucket{le=\"+Inf\",m=\"GET\"} 3 1767225610.0\n"
    "lat_seconds_sum{m=\"GET\"} 1.5 1767225610.0\n"
    "lat_seconds_count{m=\"GET\"} 3 1767225610.0\n"
    "lat_seconds_created{m=\"GET\"} 1767225510.0\n"
    "# TYPE size summary\n"
    "size{quantile=\"0.5\"} 10.0\n"
    "size_sum 100.0\n"
    "size_count 7\n"
    "plain 1.0\n"
    "# EOF\n";

/// What a parser reads, one line a sample, sorted: labels, value, time, start time, exemplars; and metadata.
std::string ReadBack(ScrapeProtocol protocol, const std::string& body) {
  ParserOptions options;
  options.parse_start_timestamps = true;
  options.keep_classic = true;
  ParserSet parsers(options);
  const std::string padded = body + std::string(kBodyPadding, '\0');
  const ExpositionFormat format = *FormatOfMediaType(ScrapeProtocolMediaType(protocol));
  Parser& parser = parsers.Start(format, std::string_view(padded).substr(0, body.size()));
  std::vector<std::string> lines;
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
    if (kind == EntryKind::kError) return parser.error().message + " in\n" + body;
    if (kind != EntryKind::kSeries && kind != EntryKind::kHistogram) continue;
    std::vector<Label> labels;
    parser.SampleLabels(&labels);
    std::string line = Labels::FromSorted(labels).ToString();
    const SampleEntry sample = parser.sample();
    if (kind == EntryKind::kSeries) {
      line += fmt::format(" {:x}", sample.value_bits);
    } else if (parser.histogram().integers != nullptr) {
      line += " integers " + HistogramText(*parser.histogram().integers);
    } else {
      line += " floats " + HistogramText(*parser.histogram().floats);
    }
    if (sample.has_timestamp) line += fmt::format(" at {}", sample.t_ms);
    line += fmt::format(" since {}", parser.StartTimestamp());
    ExemplarEntry exemplar;
    while (parser.NextExemplar(&exemplar)) {
      line += fmt::format(" # {} {:x}", Labels::FromSorted(exemplar.labels).ToString(), exemplar.value_bits);
      if (exemplar.has_timestamp) line += fmt::format(" {}", exemplar.t_ms);
    }
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

/// Random families that every format can say, as the list of an exporter.
class RandomFamilies {
 public:
  explicit RandomFamilies(std::uint64_t seed) : random_(seed) {}

  std::string Make(bool with_extras) {
    with_extras_ = with_extras;
    const std::uint64_t count = random_.Between(1, 6);
    for (std::uint64_t i = 0; i < count; ++i) Family(fmt::format("f{}", i));
    return "series: [" + out_ + "]";
  }

 private:
  std::string Number() { return fmt::format("{}", random_.Below(2000)) + (random_.Below(2) == 0 ? ".25" : ""); }
  std::string Count() { return fmt::format("{}", random_.Below(100000)); }
  std::string LabelsText(const std::string& more) {
    std::string labels = more;
    if (random_.Below(2) == 0) labels += (labels.empty() ? "" : ",") + std::string("\"odd.name\"=\"x\\\\y\"");
    return labels.empty() ? "" : "{" + labels + "}";
  }

  void Entry(const std::string& series, const std::string& value, const std::string& more) {
    fmt::format_to(std::back_inserter(out_), "{}{{series: '{}', values: '{}'{}}}", out_.empty() ? "" : ", ", series,
                   value, more);
  }
  std::string Exemplar() {
    if (!with_extras_ || random_.Below(2) == 0) return "";
    return fmt::format(", exemplars: [{{labels: {{id: '{}'}}, value: {}, time: {}s}}]", random_.Below(99), Number(),
                       random_.Below(60));
  }
  std::string Created() {
    return with_extras_ && random_.Below(2) == 0 ? fmt::format(", created: {}s", random_.Below(60)) : "";
  }
  std::string Time() { return random_.Below(3) == 0 ? fmt::format(", age: {}s", random_.Below(60)) : ""; }

  void Family(const std::string& name) {
    const std::uint64_t kind = random_.Below(5);
    const std::string index = fmt::format("i=\"{}\"", random_.Below(3));
    if (kind == 0) {
      Entry(name + "_total" + LabelsText(index), Number(),
            ", type: counter, help: h" + Exemplar() + Created() + Time());
    } else if (kind == 1) {
      Entry(name + LabelsText(index), Number(), ", type: gauge" + Time());
      Entry(name + "{b=\"1\"}", "-" + Number(), "");
    } else if (kind == 2) {
      const std::string labels = LabelsText(index);
      const std::string rest = labels.substr(1);
      Entry(name + "_count" + labels, Count(), ", type: histogram" + Created() + Time());
      Entry(name + "_bucket{le=\"0.5\"," + rest, Count(), Exemplar());
      Entry(name + "_bucket{le=\"1.0\"," + rest, Count(), Exemplar());
      Entry(name + "_bucket{le=\"+Inf\"," + rest, Count(), "");
      Entry(name + "_sum" + labels, Number(), "");
    } else if (kind == 3) {
      Entry(name + "{quantile=\"0.5\"}", Number(), ", type: summary" + Created());
      Entry(name + "_sum", Number(), "");
      Entry(name + "_count", Count(), Time());
    } else {
      Entry(name + LabelsText(""), Number(), Time());
    }
  }

  SplitMix64 random_;
  bool with_extras_ = false;
  std::string out_;
};

BOOST_AUTO_TEST_SUITE(exposition)

BOOST_AUTO_TEST_CASE(text_has_families_with_help_and_type) {
  const Answer answer = AnswersOf(AllSeries(""), 1).front();
  BOOST_TEST(answer.body == kText);
  BOOST_TEST(answer.content_type == "text/plain; version=0.0.4; charset=utf-8");
  BOOST_TEST(AnswersOf("format: text 1.0.0, " + AllSeries(""), 1).front().body == kText);
}

BOOST_AUTO_TEST_CASE(openmetrics_has_units_exemplars_start_times_and_an_end) {
  const Answer answer = AnswersOf("format: openmetrics, " + AllSeries("all"), 1).front();
  BOOST_TEST(answer.body == kOpenMetrics);
  BOOST_TEST(answer.content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8");
  BOOST_TEST(AnswersOf("format: openmetrics 0.0.1, " + AllSeries("all"), 1).front().content_type ==
             "application/openmetrics-text; version=0.0.1; charset=utf-8");
}

BOOST_AUTO_TEST_CASE(protobuf_says_the_same_as_openmetrics) {
  const Answer answer = AnswersOf("format: protobuf, " + AllSeries("all"), 1).front();
  BOOST_TEST(ReadBack(ScrapeProtocol::kPrometheusProto, answer.body) ==
             ReadBack(ScrapeProtocol::kOpenMetricsText1_0_0, std::string(kOpenMetrics)));
}

BOOST_AUTO_TEST_CASE(series_of_one_family_stand_together) {
  BOOST_TEST(BodyOf("series: [{series: 'a{x=\"1\"}', values: '1'}, {series: b, values: '2'},"
                    "{series: 'a{x=\"2\"}', values: '3'}]") == "a{x=\"1\"} 1\na{x=\"2\"} 3\nb 2\n");
}

BOOST_AUTO_TEST_CASE(a_gap_leaves_a_series_out_and_a_family_without_series_is_not_there) {
  const std::vector<Answer> answers =
      AnswersOf("series: [{series: a, values: '1 _ 3', type: gauge}, {series: b, values: '2x2'}]", 4);
  BOOST_TEST(answers[0].body == "# TYPE a gauge\na 1\nb 2\n");
  BOOST_TEST(answers[1].body == "b 2\n");
  BOOST_TEST(answers[2].body == "# TYPE a gauge\na 3\nb 2\n");
  BOOST_TEST(answers[3].body == "");
}

BOOST_AUTO_TEST_CASE(exemplars_and_start_times_hold_from_a_request_on) {
  const std::vector<Answer> answers = AnswersOf(
      "format: openmetrics, series: [{series: a_total, values: '1x9', type: counter, created: [{time: 0s}, "
      "{request: 3, time: 1500ms}], exemplars: [{request: 2, labels: {}, value: 1}]}]",
      3);
  BOOST_TEST(answers[0].body == "# TYPE a counter\na_total 1.0\na_created 1767225600.0\n# EOF\n");
  BOOST_TEST(answers[1].body == "# TYPE a counter\na_total 1.0 # {} 1.0\na_created 1767225600.0\n# EOF\n");
  BOOST_TEST(answers[2].body == "# TYPE a counter\na_total 1.0 # {} 1.0\na_created 1767225601.5\n# EOF\n");
}

BOOST_AUTO_TEST_CASE(timestamps_are_seconds_since_the_start_or_an_age) {
  const std::vector<Answer> answers = AnswersOf(
      "series: [{series: a, values: '1x9', timestamps: '0.0625 _ -1'}, {series: b, values: '1x9', age: 500ms}]", 4);
  BOOST_TEST(answers[0].body == "a 1 1767225600063\nb 1 1767225614500\n");
  BOOST_TEST(answers[1].body == "a 1\nb 1 1767225629500\n");
  BOOST_TEST(answers[2].body == "a 1 1767225599000\nb 1 1767225644500\n");
  BOOST_TEST(answers[3].body == "a 1\nb 1 1767225659500\n");
}

BOOST_AUTO_TEST_CASE(random_families_read_back_alike_in_every_format) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    for (const bool with_extras : {false, true}) {
      const std::string series = RandomFamilies(seed).Make(with_extras);
      const auto read = [&](const char* format, ScrapeProtocol protocol) {
        return ReadBack(protocol, BodyOf(fmt::format("format: {}, {}", format, series)));
      };
      const std::string protobuf = read("protobuf", ScrapeProtocol::kPrometheusProto);
      BOOST_TEST_REQUIRE(read("openmetrics", ScrapeProtocol::kOpenMetricsText1_0_0) == protobuf, seed << series);
      if (!with_extras) {
        BOOST_TEST_REQUIRE(read("text", ScrapeProtocol::kPrometheusText0_0_4) == protobuf, seed << series);
      }
    }
  }
}

struct AcceptRow {
  const char* name;
  const char* accept;
  const char* content_type;
};
// Asked of NegotiateIncludingOpenMetrics of prometheus/common v0.70.1.
const AcceptRow kAccepts[] = {
    {"nothing", "", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"},
    {"what Prometheus sends",
     "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/"
     "openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/"
     "plain;version=0.0.4;q=0.3,*/*;q=0.2",
     "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"},
    {"protobuf first",
     "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/"
     "plain;version=0.0.4;q=0.5,*/*;q=0.2",
     "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
     "escaping=underscores"},
    {"text 1.0.0 is not known, its escaping is", "text/plain;version=1.0.0;escaping=dots;q=0.6,text/plain;q=0.5",
     "text/plain; version=0.0.4; charset=utf-8; escaping=dots"},
    {"weights, not order", "text/plain;version=0.0.4;q=0.1, application/openmetrics-text; version=0.0.1 ;q=0.9",
     "application/openmetrics-text; version=0.0.1; charset=utf-8; escaping=underscores"},
    {"other protobuf", "application/vnd.google.protobuf;proto=other;encoding=delimited",
     "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"},
};

BOOST_AUTO_TEST_CASE(a_negotiated_format_is_the_one_client_golang_chooses) {
  for (const AcceptRow& row : kAccepts) {
    const Answer answer = AnswersOf("format: negotiated, " + AllSeries("all"), 1, row.accept).front();
    BOOST_TEST(answer.content_type == row.content_type, row.name << ": " << answer.content_type);
  }
  // What the format cannot say is left out.
  BOOST_TEST(AnswersOf("format: negotiated, " + AllSeries("all"), 1).front().body == kText);
}

struct EscapeRow {
  const char* name;
  EscapingScheme scheme;
  const char* expected;
};
const EscapeRow kEscapes[] = {
    {"a.b_c", EscapingScheme::kAllowUtf8, "a.b_c"},
    {"a.b_c", EscapingScheme::kUnderscores, "a_b_c"},
    {"a.b_c", EscapingScheme::kDots, "a_dot_b__c"},
    {"a.b_c", EscapingScheme::kValues, "U__a_2e_b__c"},
    {"a_c", EscapingScheme::kUnderscores, "a_c"},
    {"a_c", EscapingScheme::kDots, "a__c"},
    {"a_c", EscapingScheme::kValues, "a_c"},
    {"1\xc3\xa4", EscapingScheme::kUnderscores, "__"},
    {"1\xc3\xa4", EscapingScheme::kValues, "U___31__e4_"},
};

BOOST_AUTO_TEST_CASE(names_are_escaped_as_the_request_asks) {
  for (const EscapeRow& row : kEscapes) BOOST_TEST(EscapedName(row.name, row.scheme) == row.expected);
  const std::string series = "series: [{series: '{\"a.b\",\"c.d\"=\"e\"}', values: '1'}]";
  BOOST_TEST(AnswersOf("format: negotiated, " + series, 1).front().body == "a_b{c_d=\"e\"} 1\n");
  BOOST_TEST(AnswersOf("format: negotiated, " + series, 1, "text/plain;escaping=allow-utf-8").front().body ==
             "{\"a.b\",\"c.d\"=\"e\"} 1\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
