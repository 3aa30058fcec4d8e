// SPDX-License-Identifier: Apache-2.0
// RW-06, RW-07, RW-17, RW-19: messages byte by byte; RW-02: what becomes of a series' labels.
#include "core/remote/write_request.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
#include "core/remote/series_table.h"
#include "core/text/hex.h"

namespace stalemark {
namespace {

const Labels kLabels = Labels::FromSorted({{"a", "b"}});

std::vector<TimeSeries> One(TimeSeries series) {
  std::vector<TimeSeries> list;
  series.labels = kLabels;
  list.push_back(std::move(series));
  return list;
}

std::string V1(TimeSeries series) {
  std::string out;
  EncodeWriteRequest(One(std::move(series)), out);
  return text::Hex(out);
}
std::string V2(TimeSeries series, bool type_and_unit_labels = false) {
  std::string out;
  EncodeWriteRequestV2(One(std::move(series)), {.type_and_unit_labels = type_and_unit_labels}, out);
  return text::Hex(out);
}

TimeSeries Sample(double value) {
  TimeSeries series;
  series.t_ms = 1;
  series.value_bits = BitsOf(value);
  return series;
}

BOOST_AUTO_TEST_CASE(RW_06_a_sample) {
  BOOST_TEST(V1(Sample(1)) ==
             "0a150a060a016112016212"
             "0b09000000000000f03f1001");
}

BOOST_AUTO_TEST_CASE(RW_17_zeros_of_either_sign_are_left_out) {
  BOOST_TEST(V1(Sample(0)) ==
             "0a0c0a060a01611201621202"
             "1001");
  BOOST_TEST(V1(Sample(-0.0)) == V1(Sample(0)));
  TimeSeries nothing = Sample(0);
  nothing.t_ms = 0;
  BOOST_TEST(V1(std::move(nothing)) == "0a0a0a060a01611201621200");
}

BOOST_AUTO_TEST_CASE(RW_07_metadata_is_symbolised_first_and_always_written) {
  TimeSeries series = Sample(0);
  series.st_ms = 2;
  BOOST_TEST(V2(std::move(series)) ==
             "2200220161220162"
             "2a0c0a020102120410011802"
             "2a00");
  TimeSeries with_metadata = Sample(0);
  with_metadata.metadata = std::make_shared<const Metadata>(Metadata{"", MetricType::kGauge, "u", "h"});
  BOOST_TEST(V2(std::move(with_metadata)) ==
             "2200220168220175220161220162"
             "2a100a020304120210012a06080218012002");
}

BOOST_AUTO_TEST_CASE(RW_12_type_and_unit_from_labels) {
  const Labels labels = Labels::FromSorted({{"__type__", "counter"}, {"__unit__", "s"}});
  std::vector<TimeSeries> list = One(Sample(0));
  list[0].labels = labels;
  std::string out;
  EncodeWriteRequestV2(list, {.type_and_unit_labels = true}, out);
  const std::string hex = text::Hex(out);
  BOOST_TEST(hex.substr(0, 10) == "2200220173");
  BOOST_TEST(hex.substr(hex.size() - 12) == "2a0408012001");
}

BOOST_AUTO_TEST_CASE(RW_19_counts_of_histograms_are_always_written) {
  TimeSeries integers;
  integers.payload = std::make_unique<const Histogram>();
  BOOST_TEST(V1(std::move(integers)) ==
             "0a0e0a060a01611201622204"
             "08003000");
  TimeSeries floats;
  floats.payload = std::make_unique<const FloatHistogram>();
  BOOST_TEST(V1(std::move(floats)) ==
             "0a1c0a060a01611201622212"
             "110000000000000000390000000000000000");
  TimeSeries with_start_time;
  with_start_time.st_ms = 3;
  with_start_time.payload = std::make_unique<const Histogram>();
  BOOST_TEST(V2(std::move(with_start_time))
                 .find("1a07080030008801"
                       "03") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(RW_02_external_labels_and_rules) {
  RelabelRule drop;
  drop.source_labels = {"i"};
  drop.regex = Regex::Compile("2").value();
  drop.action = RelabelAction::kDrop;
  const std::vector<RelabelRule> rules = {drop};
  SeriesTable table({{"i", "9"}, {"region", "eu"}, {"empty", ""}}, rules);
  table.StoreSeries(SeriesRef{1}, Labels::FromSorted({{"i", "1"}}));
  table.StoreSeries(SeriesRef{2}, Labels::FromSorted({{"i", "2"}}));
  table.StoreSeries(SeriesRef{3}, Labels::FromSorted({{"i", ""}}));
  BOOST_TEST(table.Find(SeriesRef{1}).labels.ToString() == R"({i="1", region="eu"})");
  BOOST_TEST((table.Find(SeriesRef{2}).state == SeriesTable::State::kDropped));
  BOOST_TEST(table.Find(SeriesRef{3}).labels.ToString() == R"({i="9", region="eu"})");
  BOOST_TEST((table.Find(SeriesRef{4}).state == SeriesTable::State::kUnknown));
}

}  // namespace
}  // namespace stalemark
