// SPDX-License-Identifier: Apache-2.0
// Native histograms of written series: what protobuf says of them, what text formats make of them, and what cannot be
// said at all.
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/exposition/protobuf_parser.h"
#include "sim/exporters/series_exporter.h"
#include "sim/seeds.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

/// The body for a request with this Accept header; or the error of loading.
std::string BodyOf(const std::string& exporter, const std::string& accept = "") {
  const Result<Scenario> scenario = LoadText(TextOf({"2m", "", exporter}));
  if (!scenario.ok()) return scenario.error().message;
  SeriesExporter answering(std::get<ExposedFamilies>(scenario->exporters.at(0).answers), scenario->start);
  HopRequest request;
  request.headers.push_back({"Accept", accept});
  return answering.Next(MonotonicTime(std::chrono::seconds(15)), request)->WireFor({}).body;
}

std::string Exporter(const std::string& format, const std::string& values, const std::string& more = "") {
  return fmt::format("format: {}, series: [{{series: 'h{{a=\"b\"}}', values: '{}'}}{}]", format, values, more);
}

/// The series that a protobuf body has: native histograms by their notation, floats by their number.
std::string ReadBack(const std::string& body) {
  ParserOptions options;
  options.keep_classic = true;
  ProtobufParser parser(options);
  const std::string padded = body + std::string(kBodyPadding, '\0');
  parser.Reset(std::string_view(padded).substr(0, body.size()));
  std::string text;
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
    if (kind == EntryKind::kError) return parser.error().message;
    if (kind == EntryKind::kType) text += fmt::format("{} ", MetricTypeText(parser.metadata().type));
    if (kind != EntryKind::kSeries && kind != EntryKind::kHistogram) continue;
    std::vector<Label> labels;
    parser.SampleLabels(&labels);
    text += SeriesText(Labels::FromSorted(labels)) + " ";
    if (kind == EntryKind::kSeries) {
      text += ValueText(parser.sample().value_bits);
    } else if (const HistogramEntry entry = parser.histogram(); entry.integers != nullptr) {
      text += "integers " + HistogramNotation(ToFloat(*entry.integers), HintShown::kAlways);
    } else {
      text += "floats " + HistogramNotation(*entry.floats, HintShown::kAlways);
    }
    text += "; ";
  }
  return text;
}

struct Row {
  const char* name;
  std::string exporter;
  const char* expected;
};
const Row kProtobuf[] = {
    {"whole counts are integers",
     Exporter("protobuf", "{{schema:1 sum:4.5 count:7 z_bucket:1 z_bucket_w:0.5 buckets:[1 0 2] n_buckets:[3]}}"),
     "histogram h{a=\"b\"} integers {{schema:1 count:7 sum:4.5 z_bucket:1 z_bucket_w:0.5 buckets:[1 0 2] "
     "n_buckets:[3]}}; "},
    {"other counts are floats", Exporter("protobuf", "{{count:2.5 sum:1 buckets:[2.5]}}"),
     "histogram h{a=\"b\"} floats {{count:2.5 sum:1 buckets:[2.5]}}; "},
    {"an empty one is native, too", Exporter("protobuf", "{{}}"), "histogram h{a=\"b\"} integers {{}}; "},
    {"buckets far from 1", Exporter("protobuf", "{{schema:-2 offset:-7 buckets:[1 2] n_offset:3 n_buckets:[1]}}"),
     "histogram h{a=\"b\"} integers {{schema:-2 offset:-7 buckets:[1 2] n_offset:3 n_buckets:[1]}}; "},
    {"a histogram that is classic, too",
     Exporter("protobuf", "{{count:3 sum:1 buckets:[3]}}", ", {series: 'h_bucket{a=\"b\",le=\"1.0\"}', values: '2'}"),
     "histogram h{a=\"b\"} integers {{count:3 sum:1 buckets:[3]}}; h_count{a=\"b\"} 3; h_sum{a=\"b\"} 1; "
     "h_bucket{a=\"b\",le=\"1.0\"} 2; h_bucket{a=\"b\",le=\"+Inf\"} 3; "},
};

const Row kErrors[] = {
    {"text", Exporter("text", "{{count:1}}"),
     "dir/s.yml:10:62: found histograms, expected numbers: native histograms need the format protobuf or negotiated"},
    {"numbers among them", Exporter("protobuf", "{{count:1}} 1"),
     "dir/s.yml:10:66: found a number, expected histograms, as the others"},
    {"custom buckets", Exporter("protobuf", "{{schema:-53 custom_values:[1 2] buckets:[1 1]}}"),
     "dir/s.yml:10:66: found custom buckets, expected exponential ones: no format has custom ones"},
    {"fractions of nothing", Exporter("protobuf", "{{count:0 buckets:[0.5]}}"),
     "dir/s.yml:10:66: found fractions of observations without a count, expected a count above 0: protobuf tells "
     "floats by it"},
    {"a count beside it", Exporter("protobuf", "{{count:1}}", ", {series: 'h_count{a=\"b\"}', values: '1'}"),
     "dir/s.yml:10:46: found _sum or _count beside native histograms, expected neither: a native one has its own"},
};

BOOST_AUTO_TEST_SUITE(native_histograms)

BOOST_AUTO_TEST_CASE(protobuf_says_them) {
  for (const Row& row : kProtobuf) {
    const std::string body = BodyOf(row.exporter);
    BOOST_TEST(ReadBack(body) == row.expected, row.name << ": " << ReadBack(body) << body);
  }
}

BOOST_AUTO_TEST_CASE(other_formats_refuse_them) {
  for (const Row& row : kErrors) BOOST_TEST(BodyOf(row.exporter) == row.expected, row.name << BodyOf(row.exporter));
}

BOOST_AUTO_TEST_CASE(a_negotiated_text_has_count_and_sum_as_client_golang_does) {
  const std::string exporter = Exporter("negotiated", "{{count:3 sum:1.5 buckets:[3]}}");
  BOOST_TEST(BodyOf(exporter) ==
             "# TYPE h histogram\nh_bucket{a=\"b\",le=\"+Inf\"} 3\nh_sum{a=\"b\"} 1.5\nh_count{a=\"b\"} 3\n");
  BOOST_TEST(BodyOf(exporter, "application/openmetrics-text;version=1.0.0") ==
             "# TYPE h histogram\nh_bucket{a=\"b\",le=\"+Inf\"} 3\nh_sum{a=\"b\"} 1.5\nh_count{a=\"b\"} 3\n# EOF\n");
}

BOOST_AUTO_TEST_CASE(random_histograms_read_back_alike) {
  SplitMix64 random(1);
  for (int i = 0; i < 500; ++i) {
    const bool whole = random.Below(2) == 0;
    const auto count = [&] { return fmt::format("{}{}", random.Below(5), whole || random.Below(2) == 0 ? "" : ".5"); };
    std::string text = fmt::format("{{{{schema:{} sum:{}", static_cast<int>(random.Below(13)) - 4, random.Below(100));
    if (random.Below(2) == 0) text += fmt::format(" z_bucket:{} z_bucket_w:0.25", count());
    for (const char* side : {"", "n_"}) {
      if (random.Below(3) == 0) continue;
      text += fmt::format(" {}offset:{} {}buckets:[", side, static_cast<int>(random.Below(40)) - 20, side);
      for (std::uint64_t buckets = random.Between(1, 6); buckets > 0; --buckets) text += count() + " ";
      text.back() = ']';
    }
    text += fmt::format(" count:1{}}}}}", count());
    const Result<SampleValue> value = ParseSampleValue(text);
    BOOST_REQUIRE(value.ok());
    const std::string notation = HistogramNotation(value->histogram->histogram, HintShown::kAlways);
    const std::string read = ReadBack(BodyOf(Exporter("protobuf", text)));
    // Which kind it is depends on the counts alone.
    const std::size_t begin = std::min(read.find("{{"), read.size());
    const std::size_t end = read.rfind("; ");
    BOOST_TEST_REQUIRE(read.substr(begin, end - begin) == notation, text << " " << read);
  }
}

BOOST_AUTO_TEST_CASE(scraped_native_histograms_are_stored) {
  const std::string text =
      "name: t\nduration: 50s\nprometheus: {hostname: prom-0, config: {global: {scrape_interval: 15s}, scrape_configs: "
      "[{job_name: j, scrape_native_histograms: true, static_configs: [{targets: ['a:80']}]}]}}\nexporters: {'a:80': "
      "{" +
      Exporter("negotiated", "{{count:1 buckets:[1]}}+{{count:2 buckets:[2]}}x1 _") +
      "}}\nexpect:\n  samples:\n"
      "    - {series: 'h{a=\"b\",instance=\"a:80\",job=\"j\"}', values: '{{count:1 buckets:[1]}} {{count:3 "
      "buckets:[3]}} "
      "stale'}\n";
  BOOST_TEST(Failures(RunText(text)) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
