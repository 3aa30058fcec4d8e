// SPDX-License-Identifier: Apache-2.0
// What may stand under exporters and targets, and errors with exact places when something else does.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

/// Loads a scenario whose exporter is this text, at column 10 of line 10; the place is left out when it is there.
std::string ErrorOf(const std::string& exporter) {
  return LoadError(TextOf({"2m", "", exporter}));
}

struct Row {
  const char* name;
  const char* exporter;
  const char* expected;
};

const Row kLatency[] = {
    {"number", "series: [], latency: 5",
     "dir/s.yml:10:31: found \"5\", expected a duration such as 1m30s (did you mean \"5s\"?)"},
    {"unknown distribution", "series: [], latency: {gaussian: 1s}",
     "dir/s.yml:10:32: found unknown key \"gaussian\", expected one of uniform, normal, exponential, percentiles"},
    {"two distributions", "series: [], latency: {uniform: [1s, 2s], exponential: {mean: 1s}}",
     "dir/s.yml:10:31: found 2 distributions, expected exactly one of uniform, normal, exponential, percentiles"},
    {"no distribution", "series: [], latency: {}",
     "dir/s.yml:10:31: found 0 distributions, expected exactly one of uniform, normal, exponential, percentiles"},
    {"uniform backwards", "series: [], latency: {uniform: [2s, 1s]}",
     "dir/s.yml:10:41: found the longer one first, expected [from, to]"},
    {"uniform of one", "series: [], latency: {uniform: [2s]}", "dir/s.yml:10:41: found 1 items, expected [from, to]"},
    {"percentile name", "series: [], latency: {percentiles: {p101: 1s}}",
     "dir/s.yml:10:46: found \"p101\", expected a percentile such as p50 or p99.9"},
    {"percentiles out of order", "series: [], latency: {percentiles: {p90: 1s, p50: 2s}}",
     "dir/s.yml:10:55: found a percentile behind a higher one, or below a lower one's duration, expected both "
     "ascending"},
};

const Row kTemplates[] = {
    {"unknown value", "template: 'a ${ordnal}'",
     "dir/s.yml:10:25: found \"ordnal\", expected one of ordinal, time, time_ms, start_time, uptime, counter (did you "
     "mean \"ordinal\"?)"},
    {"single sign", "template: 'a $x'",
     "dir/s.yml:10:23: found a single $, expected ${...}, or $$ for the sign itself"},
    {"no end", "template: 'a ${time'", "dir/s.yml:10:23: found ${ without }, expected both on one line"},
    {"nothing in it", "template: 'a ${ }'", "dir/s.yml:10:23: found ${}, expected the name of a value in it"},
    {"setting of a value without", "template: 'a ${time rate=1}'",
     "dir/s.yml:10:30: found \"rate=1\" behind time, expected nothing"},
    {"unknown setting", "template: 'a ${counter rat=1}'",
     "dir/s.yml:10:33: found \"rat\", expected one of rate=N, step=N, from=N, kept (did you mean \"rate\"?)"},
    {"bad number", "template: 'a ${counter rate=x}'", "dir/s.yml:10:38: found \"x\", expected a number"},
    {"protobuf", "template: a, format: protobuf",
     "dir/s.yml:10:31: found protobuf, expected a text format: a template is a text"},
    {"negotiated", "template: a, format: negotiated",
     "dir/s.yml:10:31: found \"negotiated\", expected one of text, text 1.0.0, openmetrics, openmetrics 0.0.1, "
     "protobuf"},
    {"two kinds", "template: a, fixture: b",
     "dir/s.yml:10:9: found 2 answers, expected exactly one of fixture, responses, series, template, directory"},
    {"format of a recording", "responses: [{body: a}], format: text",
     "dir/s.yml:10:42: found a key of made answers, expected it beside series, template or directory only"},
    {"empty folder", "directory: bodies",
     "dir/s.yml:10:21: found no file in \"dir/bodies\", expected a folder with bodies"},
};

const Row kSeries[] = {
    {"unknown type", "series: [{series: a, values: '1', type: count}]",
     "dir/s.yml:10:50: found \"count\", expected one of counter, gauge, histogram, summary, unknown, gaugehistogram, "
     "info, stateset (did you mean \"counter\"?)"},
    {"no series of the type", "series: [{series: a, values: '1', type: histogram}]",
     "dir/s.yml:10:50: found histogram \"a\", expected a series of one: NAME_bucket{le=...}, NAME_sum, NAME_count, "
     "NAME with histograms as values"},
    {"two types",
     "series: [{series: a_sum, values: '1', type: summary}, {series: a_count, values: '1', type: histogram}]",
     "dir/s.yml:10:101: found histogram, expected summary, as before for a"},
    {"no member of the family", "series: [{series: a_sum, values: '1', type: summary}, {series: a, values: '1'}]",
     "dir/s.yml:10:73: found \"a\" beside summary a, expected a series of one: NAME_sum, NAME_count, "
     "NAME{quantile=...}"},
    {"help twice", "series: [{series: 'a{b=\"1\"}', values: '1', help: x}, {series: a, values: '1', help: y}]",
     "dir/s.yml:10:94: found it a second time, expected it once, at any of the series"},
    {"age and timestamps", "series: [{series: a, values: '1', age: 1s, timestamps: '1'}]",
     "dir/s.yml:10:49: found age and timestamps, expected one of them"},
    {"type in text", "series: [{series: a_info, values: '1', type: info}]",
     "dir/s.yml:10:55: found type info, expected one that text has"},
    {"type in protobuf", "format: protobuf, series: [{series: a, values: '1', type: stateset}]",
     "dir/s.yml:10:68: found type stateset, expected one that protobuf has"},
    {"unit in text", "series: [{series: a_s, values: '1', unit: s}]",
     "dir/s.yml:10:52: found a unit, expected none: text has no units"},
    {"unit of another name", "format: openmetrics, series: [{series: a, values: '1', unit: s}]",
     "dir/s.yml:10:71: found unit s of a, expected a name that ends with the unit, as OpenMetrics wants"},
    {"counter without total", "format: openmetrics, series: [{series: a, values: '1', type: counter}]",
     "dir/s.yml:10:49: found a counter without _total, expected its name with it, as OpenMetrics wants"},
    {"exemplars in text", "series: [{series: a, values: '1', type: counter, exemplars: [{value: 1}]}]",
     "dir/s.yml:10:70: found exemplars, expected none: text has no exemplars"},
    {"exemplars of a gauge", "format: openmetrics, series: [{series: a, values: '1', exemplars: [{value: 1}]}]",
     "dir/s.yml:10:76: found exemplars, expected them at counters, buckets and native histograms only"},
    {"exemplar without value", "format: openmetrics, series: [{series: a, values: '1', exemplars: [{labels: {}}]}]",
     "dir/s.yml:10:77: found no value, expected the key value"},
    {"start time in text", "series: [{series: a, values: '1', type: counter, created: 0s}]",
     "dir/s.yml:10:68: found created, expected it not: text has no start times"},
    {"start time of a gauge", "format: openmetrics, series: [{series: a, values: '1', created: 0s}]",
     "dir/s.yml:10:74: found created, expected it at counters, histograms and summaries only"},
    {"summary without sum", "format: protobuf, series: [{series: a_count, values: '1', type: summary}]",
     "dir/s.yml:10:46: found summary without a_sum, expected all of one, as protobuf must have"},
    {"histogram without the last bucket",
     "format: negotiated, series: [{series: a_count, values: '1', type: histogram}, {series: a_sum, values: '1'}]",
     "dir/s.yml:10:48: found histogram without a_bucket{le=\"+Inf\"}, expected all of one, as a negotiated format must "
     "have"},
    {"bound that is no number",
     "format: protobuf, series: [{series: 'a_bucket{le=\"x\"}', values: '1', type: histogram}]",
     "dir/s.yml:10:46: found a label le that is no number, expected a number"},
    {"count that is none",
     "format: protobuf, series: [{series: a_sum, values: '1', type: summary}, {series: a_count, values: '1 2.5'}]",
     "dir/s.yml:10:108: found 2.5, expected whole numbers: protobuf counts observations with them"},
    {"bad format", "format: open, series: []",
     "dir/s.yml:10:18: found \"open\", expected one of text, text 1.0.0, openmetrics, openmetrics 0.0.1, protobuf, "
     "negotiated"},
};

const Row kTargets[] = {
    {"times backwards", "[{at: 10s, groups: []}, {at: 5s, groups: []}]",
     "dir/s.yml:3:43: found a time not after the one before, expected ascending times of the run"},
    {"behind the end", "[{at: 3m, groups: []}]",
     "dir/s.yml:3:20: found a time behind the end of the run, expected ascending times of the run"},
    {"file and groups", "[{at: 0s, groups: [], file: x}]",
     "dir/s.yml:3:15: found neither or both, expected the key at, and one of file and groups"},
    {"no time", "[{at: 0s, groups: []}, {groups: []}]",
     "dir/s.yml:3:37: found no at, expected the key at, and one of file and groups"},
};

BOOST_AUTO_TEST_SUITE(exporter_load)

BOOST_AUTO_TEST_CASE(latencies) {
  for (const Row& row : kLatency)
    BOOST_TEST(ErrorOf(row.exporter) == row.expected, row.name << ": " << ErrorOf(row.exporter));
  BOOST_TEST(ErrorOf("series: [], latency: {percentiles: {p0: 1ms, p50: 2ms, p99.9: 3ms, p100: 3ms}}") == "");
  BOOST_TEST(ErrorOf("series: [], latency: {normal: {mean: 5ms, deviation: 1ms}}") == "");
}

BOOST_AUTO_TEST_CASE(templates_and_what_stands_beside_them) {
  for (const Row& row : kTemplates) {
    BOOST_TEST(ErrorOf(row.exporter) == row.expected, row.name << ": " << ErrorOf(row.exporter));
  }
}

BOOST_AUTO_TEST_CASE(a_place_in_a_block_of_text_is_that_of_the_line) {
  const std::string text = TextOf({}) + "  b:80:\n    template: |\n      a 1\n\n      b ${tme}\n";
  BOOST_TEST(LoadError(text) ==
             "dir/s.yml:15:11: found \"tme\", expected one of ordinal, time, time_ms, start_time, uptime, counter (did "
             "you mean \"time\"?)");
}

BOOST_AUTO_TEST_CASE(written_series_must_be_what_the_format_can_say) {
  for (const Row& row : kSeries)
    BOOST_TEST(ErrorOf(row.exporter) == row.expected, row.name << ": " << ErrorOf(row.exporter));
}

BOOST_AUTO_TEST_CASE(targets_by_time) {
  for (const Row& row : kTargets) {
    const std::string error = LoadError(TextOf({"2m", std::string("targets: {j: ") + row.exporter + "}\n"}));
    BOOST_TEST(error == row.expected, row.name << ": " << error);
  }
}

BOOST_AUTO_TEST_CASE(restarts) {
  const auto error = [](const std::string& event) { return LoadError(TextOf({}) + "events: [{" + event + "}]\n"); };
  BOOST_TEST(error("at: 1s, exporter: 'a:80', restart: true") == "");
  BOOST_TEST(error("at: 1s, exporter: 'a:80', restart: false") ==
             "dir/s.yml:11:46: found \"false\", expected true, or how long it is down, such as 10s");
  BOOST_TEST(error("at: 1s, exporter: 'a:80', restart: 10s, fault: hang") ==
             "dir/s.yml:11:29: found fault and restart, expected one of the keys fault and restart beside exporter");
  BOOST_TEST(error("at: 1s, exporter: 'a:80', restart: 10s, delay: 1s") ==
             "dir/s.yml:11:58: found a key of a fault, expected it beside the key fault only");
  BOOST_TEST(error("at: 1s, exporter: 'a:80', restart: 10s, for: 1s") ==
             "dir/s.yml:11:56: found key for, expected it with a fault at a time, jitter, drift, commit or "
             "append only");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
