// SPDX-License-Identifier: Apache-2.0
// Chunks of histograms beyond the recorded ones: what is written is read, and hostile bytes are survived (HEAD-41,
// HEAD-42).
#include "core/storage/histogram_chunk.h"

#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"

namespace stalemark {
namespace {

Histogram RandomHistogram(std::mt19937& random, const Histogram& before) {
  Histogram histogram = before;
  histogram.count += random() % 100;
  histogram.zero_count += random() % 3;
  histogram.sum = static_cast<double>(random()) / 7;
  // A delta more in one bucket and less in the next keeps the others.
  const std::size_t at = random() % histogram.positive_buckets.size();
  const auto more = static_cast<std::int64_t>(random() % 1'000'000);
  histogram.positive_buckets[at] += more;
  if (at + 1 < histogram.positive_buckets.size()) histogram.positive_buckets[at + 1] -= more;
  return histogram;
}

template <class H>
void CheckReadBack(const std::vector<H>& histograms) {
  HistogramEncoder<H> encoder;
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    H copy = histograms[i];
    const auto t_ms = static_cast<std::int64_t>(i * i * i) - 500;
    if (i == 0) {
      encoder.StartCut(t_ms, copy);
    } else {
      BOOST_REQUIRE((encoder.Append(t_ms, copy) == HistogramEncoder<H>::Step::kAppended));
    }
  }
  HistogramReader<H> reader(encoder.bytes());
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    BOOST_REQUIRE(reader.Next());
    BOOST_TEST(reader.t_ms() == static_cast<std::int64_t>(i * i * i) - 500);
    BOOST_REQUIRE(Equals(reader.Read(), histograms[i]));
  }
  BOOST_TEST(!reader.Next());
  BOOST_TEST(!reader.corrupt());
  // No cut of the bytes is read as if it were whole.
  const std::string bytes(encoder.bytes());
  for (std::size_t size = 0; size + 1 < bytes.size(); size += 7) {
    HistogramReader<H> cut(std::string_view(bytes).substr(0, size));
    while (cut.Next()) {
    }
    BOOST_REQUIRE(cut.corrupt());
  }
}

BOOST_AUTO_TEST_CASE(HEAD_42_random_histograms_read_back) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    Histogram histogram;
    histogram.schema = static_cast<std::int32_t>(seed % 9);
    histogram.zero_threshold = seed % 2 == 0 ? 0.001 : 0.25;
    histogram.positive_spans = {{-3, 2}, {4, 3}, {0, 0}, {2, 1}};
    histogram.positive_buckets = {5, 1, 2, 3, 4, 5};
    std::vector<Histogram> integers;
    std::vector<FloatHistogram> floats;
    for (int i = 0; i < 60; ++i) {
      integers.push_back(histogram);
      floats.push_back(ToFloat(histogram));
      histogram = RandomHistogram(random, histogram);
    }
    CheckReadBack(integers);
    CheckReadBack(floats);
  }
}

BOOST_AUTO_TEST_CASE(HEAD_42_custom_bounds_read_back) {
  Histogram histogram;
  histogram.schema = kCustomBucketsSchema;
  histogram.custom_values = {-1.5, 0, 0.001, 0.0015, 1.1, 33554.43, 33554.431, 1e300};
  CheckReadBack<Histogram>({histogram});
}

BOOST_AUTO_TEST_CASE(HEAD_42_hostile_bytes_end_and_take_no_memory) {
  // A span of four thousand million buckets behind the shortest layout.
  BitWriter huge;
  huge.Reset(kHistogramChunkHeaderBytes);
  huge.bytes()[1] = 1;
  huge.Put(0, 8);
  PutVarbitInt(huge, 0);
  PutVarbitUint(huge, 1);
  PutVarbitUint(huge, 0xFFFFFFFF);
  for (int i = 0; i < 100; ++i) PutVarbitInt(huge, 1);
  HistogramReader<Histogram> reader(huge.bytes());
  BOOST_TEST(!reader.Next());
  BOOST_TEST(reader.corrupt());

  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    HistogramReader<Histogram> integers(bytes);
    while (integers.Next()) integers.Read();
    HistogramReader<FloatHistogram> floats(bytes);
    while (floats.Next()) floats.Read();
  }
}

BOOST_AUTO_TEST_CASE(HEAD_41_headers_say_how_a_chunk_follows_the_one_before) {
  struct Row {
    const char* name;
    CounterResetHint hint;
    std::int64_t count;
    std::int32_t schema;
    CounterResetHeader integer_header;
    CounterResetHeader float_header;
  };
  // The chunk before holds one histogram of schema 0 with 5 observations.
  const Row rows[] = {
      {"fewer observations", CounterResetHint::kUnknown, 4, 0, CounterResetHeader::kReset, CounterResetHeader::kReset},
      {"another schema", CounterResetHint::kUnknown, 9, 1, CounterResetHeader::kUnknown, CounterResetHeader::kUnknown},
      {"a gauge", CounterResetHint::kGauge, 9, 0, CounterResetHeader::kGauge, CounterResetHeader::kGauge},
      {"a reset that is told", CounterResetHint::kCounterReset, 9, 0, CounterResetHeader::kReset,
       CounterResetHeader::kReset},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Histogram before;
      before.count = 5;
      Histogram after;
      after.counter_reset_hint = row.hint;
      after.count = static_cast<std::uint64_t>(row.count);
      after.schema = row.schema;
      HistogramEncoder<Histogram> integers;
      integers.StartCut(0, before);
      BOOST_REQUIRE((integers.Append(1, after) == HistogramEncoder<Histogram>::Step::kNew));
      integers.StartNext(1, after);
      BOOST_TEST((integers.header() == row.integer_header));
      HistogramEncoder<FloatHistogram> floats;
      floats.StartCut(0, ToFloat(before));
      FloatHistogram float_after = ToFloat(after);
      BOOST_REQUIRE((floats.Append(1, float_after) == HistogramEncoder<FloatHistogram>::Step::kNew));
      floats.StartNext(1, float_after);
      BOOST_TEST((floats.header() == row.float_header));
    }
  }
}

}  // namespace
}  // namespace stalemark
