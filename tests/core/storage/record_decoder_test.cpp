// SPDX-License-Identifier: Apache-2.0
// WAL-11 to WAL-18: what is encoded is decoded, and bytes that are cut or changed are errors.
#include "core/storage/record_decoder.h"

#include <span>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"

namespace stalemark {
namespace {

constexpr std::int64_t kTime = 1'700'000'000'000;

Histogram Exponential(std::uint64_t count) {
  Histogram histogram;
  histogram.schema = 1;
  histogram.zero_threshold = 0.001;
  histogram.zero_count = 2;
  histogram.count = count;
  histogram.sum = 12.5;
  histogram.positive_spans = {{0, 2}, {3, 1}};
  histogram.positive_buckets = {1, 1, -1};
  histogram.negative_spans = {{-7, 1}};
  histogram.negative_buckets = {4};
  histogram.counter_reset_hint = CounterResetHint::kGauge;
  return histogram;
}

FloatHistogram Custom() {
  FloatHistogram histogram;
  histogram.schema = kCustomBucketsSchema;
  histogram.count = 3;
  histogram.sum = -0.0;
  histogram.positive_spans = {{0, 2}};
  histogram.positive_buckets = {1, 2};
  histogram.custom_values = {0.5};
  return histogram;
}

/// Decodes every proper prefix of a record: an error or fewer entries, never more.
template <class Decode>
void CutEverywhere(std::string_view record, std::size_t entries, Decode decode) {
  for (std::size_t length = 0; length < record.size(); ++length) {
    BOOST_TEST(decode(record.substr(0, length)) < entries + 1);
  }
}

BOOST_AUTO_TEST_CASE(WAL_12_series) {
  const Labels first = Labels::FromSorted({{"__name__", "up"}, {"job", "x"}});
  const Labels empty;
  RecordBuffer buffer;
  EncodeSeriesRecord({{SeriesRef{1}, &first}, {SeriesRef{300}, &empty}}, buffer);
  std::vector<DecodedSeries> series;
  BOOST_REQUIRE(DecodeSeriesRecord(buffer.view(), series).ok());
  BOOST_REQUIRE(series.size() == 2U);
  BOOST_TEST((series[0].ref == SeriesRef{1} && series[0].labels == first));
  BOOST_TEST((series[1].ref == SeriesRef{300} && series[1].labels == empty));
  CutEverywhere(buffer.view(), 2, [](std::string_view cut) {
    std::vector<DecodedSeries> out;
    static_cast<void>(DecodeSeriesRecord(cut, out));
    return out.size();
  });
}

const std::vector<SampleRecord> kSamples = {
    {SeriesRef{10}, kTime, BitsOf(1)}, {SeriesRef{9}, kTime - 1, kStaleNaN}, {SeriesRef{500}, kTime + 70'000, 0}};
const std::vector<std::int64_t> kStartTimes = {kTime - 5, kTime - 5, 0};

BOOST_AUTO_TEST_CASE(WAL_13_WAL_18_samples_with_and_without_start_times) {
  for (const bool start_times : {false, true}) {
    RecordBuffer buffer;
    if (start_times) {
      EncodeSamplesV2Record(kSamples, kStartTimes, buffer);
    } else {
      EncodeSamplesRecord(kSamples.data(), kSamples.data() + kSamples.size(), buffer);
    }
    std::vector<DecodedSample> samples;
    BOOST_REQUIRE(DecodeSamplesRecord(buffer.view(), samples).ok());
    BOOST_REQUIRE(samples.size() == kSamples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      BOOST_TEST((samples[i].ref == kSamples[i].ref));
      BOOST_TEST(samples[i].t_ms == kSamples[i].t_ms);
      BOOST_TEST(samples[i].bits == kSamples[i].bits);
      BOOST_TEST(samples[i].st_ms == (start_times ? kStartTimes[i] : 0));
    }
    CutEverywhere(buffer.view(), samples.size(), [](std::string_view cut) {
      std::vector<DecodedSample> out;
      static_cast<void>(DecodeSamplesRecord(cut, out));
      return out.size();
    });
  }
}

BOOST_AUTO_TEST_CASE(WAL_13_errors_count_what_came_before) {
  RecordBuffer buffer;
  EncodeSamplesRecord(kSamples.data(), kSamples.data() + kSamples.size(), buffer);
  std::vector<DecodedSample> samples;
  const Status cut = DecodeSamplesRecord(buffer.view().substr(0, buffer.view().size() - 1), samples);
  BOOST_TEST(cut.error().message == "decode error after 2 samples: invalid size");
  BOOST_TEST(DecodeSamplesRecord("\x01", samples).error().message == "invalid record type");
  BOOST_TEST(!TypeOfRecord("").has_value());
  BOOST_TEST(!TypeOfRecord(std::string_view("\0", 1)).has_value());
  BOOST_TEST(!TypeOfRecord("\x0e").has_value());
}

BOOST_AUTO_TEST_CASE(WAL_14_WAL_15_exemplars_and_metadata) {
  RecordBuffer buffer;
  const std::vector<ExemplarRecord> exemplars = {
      {SeriesRef{3}, {Labels::FromSorted({{"trace_id", "abc"}}), BitsOf(0.5), true, kTime}},
      {SeriesRef{1}, {Labels(), BitsOf(2), true, kTime - 9}}};
  EncodeExemplarsRecord(exemplars, buffer);
  std::vector<ExemplarRecord> exemplars_read;
  BOOST_REQUIRE(DecodeExemplarsRecord(buffer.view(), exemplars_read).ok());
  BOOST_REQUIRE(exemplars_read.size() == 2U);
  BOOST_TEST((exemplars_read[0].exemplar.labels == exemplars[0].exemplar.labels));
  BOOST_TEST((exemplars_read[1].ref == SeriesRef{1}));
  BOOST_TEST(exemplars_read[1].exemplar.t_ms == kTime - 9);

  EncodeMetadataRecord(std::vector<MetadataRecord>{{SeriesRef{300}, {"", MetricType::kStateset, "s", "h\n"}}}, buffer);
  std::vector<MetadataRecord> metadata;
  BOOST_REQUIRE(DecodeMetadataRecord(buffer.view(), metadata).ok());
  BOOST_REQUIRE(metadata.size() == 1U);
  BOOST_TEST((metadata[0].ref == SeriesRef{300} && metadata[0].metadata.type == MetricType::kStateset));
  BOOST_TEST(metadata[0].metadata.unit == "s");
  BOOST_TEST(metadata[0].metadata.help == "h\n");
}

template <class H>
void ReadBack(const RecordBuffer& buffer, const std::vector<HistogramRecord<H>>& expected, bool start_times) {
  std::vector<HistogramRecord<H>> read;
  BOOST_REQUIRE(DecodeHistogramsRecord(buffer.view(), read).ok());
  BOOST_REQUIRE(read.size() == expected.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    BOOST_TEST((read[i].ref == expected[i].ref));
    BOOST_TEST(read[i].t_ms == expected[i].t_ms);
    BOOST_TEST(read[i].st_ms == (start_times ? expected[i].st_ms : 0));
    BOOST_TEST(Equals(read[i].histogram, expected[i].histogram));
    BOOST_TEST((read[i].histogram.counter_reset_hint == expected[i].histogram.counter_reset_hint));
  }
  CutEverywhere(buffer.view(), read.size(), [](std::string_view cut) {
    std::vector<HistogramRecord<H>> out;
    static_cast<void>(DecodeHistogramsRecord(cut, out));
    return out.size();
  });
}

BOOST_AUTO_TEST_CASE(WAL_16_WAL_18_histograms) {
  RecordBuffer buffer;
  const std::vector<HistogramRecord<Histogram>> integers = {{SeriesRef{1}, kTime, kTime - 9, Exponential(9)},
                                                            {SeriesRef{2}, kTime, 0, Exponential(10)}};
  BOOST_TEST(EncodeHistogramsRecord(std::span<const HistogramRecord<Histogram>>(integers), buffer));
  ReadBack(buffer, integers, false);
  EncodeHistogramsV2Record(std::span<const HistogramRecord<Histogram>>(integers), buffer);
  ReadBack(buffer, integers, true);

  const std::vector<HistogramRecord<FloatHistogram>> customs = {{SeriesRef{7}, kTime, 0, Custom()}};
  const std::span<const HistogramRecord<FloatHistogram>> all = customs;
  BOOST_TEST(!EncodeHistogramsRecord(all, buffer));
  BOOST_TEST(EncodeCustomBucketsHistogramsRecord(all, buffer));
  ReadBack(buffer, customs, false);
}

BOOST_AUTO_TEST_CASE(WAL_16_schemas_that_are_unknown_or_too_fine) {
  RecordBuffer buffer;
  std::vector<HistogramRecord<Histogram>> histograms = {{SeriesRef{1}, kTime, 0, Exponential(9)},
                                                        {SeriesRef{2}, kTime, 0, Exponential(9)}};
  histograms[0].histogram.schema = 99;
  histograms[1].histogram.schema = 9;
  BOOST_TEST(EncodeHistogramsRecord(std::span<const HistogramRecord<Histogram>>(histograms), buffer));
  std::vector<HistogramRecord<Histogram>> read;
  BOOST_REQUIRE(DecodeHistogramsRecord(buffer.view(), read).ok());
  BOOST_REQUIRE(read.size() == 1U);
  BOOST_TEST((read[0].ref == SeriesRef{2}));
  BOOST_TEST(read[0].histogram.schema == 8);
}

}  // namespace
}  // namespace stalemark
