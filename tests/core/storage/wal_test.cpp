// SPDX-License-Identifier: Apache-2.0
// WAL-12, WAL-13, WAL-22: record bytes.
#include "core/storage/wal.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/model/value.h"

namespace stalemark {
namespace {

void EncodeSamples(const std::vector<SampleRecord>& samples, RecordBuffer& out) {
  EncodeSamplesRecord(samples.data(), samples.data() + samples.size(), out);
}

std::string Hex(const RecordBuffer& record) {
  std::string out;
  for (const char c : record.view()) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

BOOST_AUTO_TEST_CASE(WAL_22_series_vector) {
  const Labels labels = Labels::FromSorted({{"__name__", "up"}, {"job", "x"}});
  RecordBuffer record;
  EncodeSeriesRecord({{SeriesRef{1}, &labels}}, record);
  BOOST_TEST(Hex(record) == "01000000000000000102085f5f6e616d655f5f027570036a6f620178");
}

BOOST_AUTO_TEST_CASE(WAL_12_long_labels) {
  const std::string value(300, 'v');
  const Labels labels = Labels::FromSorted({{"a", value}});
  RecordBuffer record;
  EncodeSeriesRecord({{SeriesRef{258}, &labels}}, record);
  std::string expected =
      "01000000000000010201"
      "0161"
      "ac02";
  for (int i = 0; i < 300; ++i) expected += "76";
  BOOST_TEST(Hex(record) == expected);
}

BOOST_AUTO_TEST_CASE(WAL_22_samples_vectors) {
  RecordBuffer record;
  EncodeSamples({{SeriesRef{1}, 1'700'000'000'000, BitsOf(1)}}, record);
  BOOST_TEST(Hex(record) == "0200000000000000010000018bcfe5680000003ff0000000000000");
  EncodeSamples({{SeriesRef{1}, 1'700'000'015'000, kStaleNaN}}, record);
  BOOST_TEST(Hex(record) == "0200000000000000010000018bcfe5a29800007ff0000000000002");
}

BOOST_AUTO_TEST_CASE(WAL_13_deltas_are_signed_and_count_from_the_first) {
  RecordBuffer record;
  EncodeSamples({{SeriesRef{10}, 1000, 0}, {SeriesRef{9}, 999, 1}, {SeriesRef{74}, 1064, 2}}, record);
  BOOST_TEST(Hex(record) ==
             "02000000000000000a00000000000003e8"
             "00000000000000000000"
             "01010000000000000001"
             "800180010000000000000002");
}

BOOST_AUTO_TEST_CASE(WAL_13_no_samples_leave_the_type) {
  RecordBuffer record;
  EncodeSamples({{SeriesRef{10}, 1000, 0}}, record);
  EncodeSamples({}, record);
  BOOST_TEST(Hex(record) == "02");
}

}  // namespace
}  // namespace stalemark
