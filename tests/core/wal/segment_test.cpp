// SPDX-License-Identifier: Apache-2.0
// WAL-01 to WAL-07, WAL-25: what is written to segments, and what is read from them.
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/wal/crc32c.h"
#include "core/wal/segment_reader.h"
#include "core/wal/segment_writer.h"

namespace stalemark {
namespace {

constexpr std::size_t kPage = wal_page::kPageBytes;

class Disk final : public SegmentSink {
 public:
  Status Create(std::uint64_t index) override {
    names.push_back(SegmentName(index));
    segments.emplace_back();
    return {};
  }
  Status Write(std::string_view bytes, std::size_t& written) override {
    written = std::min(bytes.size(), room);
    segments.back() += bytes.substr(0, written);
    room -= written;
    return written == bytes.size() ? Status() : Status(Error{"no space left on device"});
  }

  std::vector<std::string> names;
  std::vector<std::string> segments;
  /// Bytes that are still taken.
  std::size_t room = static_cast<std::size_t>(-1);
};

std::vector<std::string> Read(std::string_view bytes, std::string& error) {
  SegmentReader reader(bytes);
  std::vector<std::string> records;
  while (reader.Next()) records.emplace_back(reader.record());
  error = reader.error();
  return records;
}

BOOST_AUTO_TEST_CASE(WAL_02_checksums_are_those_of_the_standard) {
  BOOST_TEST(Crc32c("") == 0U);
  BOOST_TEST(Crc32c("123456789") == 0xE3069283U);
  BOOST_TEST(Crc32c(std::string(32, '\0')) == 0x8A9136AAU);
}

BOOST_AUTO_TEST_CASE(WAL_01_names_have_eight_digits) {
  BOOST_TEST(SegmentName(7) == "00000007");
  BOOST_TEST(SegmentName(123456789) == "123456789");
}

BOOST_AUTO_TEST_CASE(WAL_06_what_is_written_is_read_whatever_the_lengths) {
  for (const WalCompression compression : {WalCompression::kNone, WalCompression::kSnappy}) {
    Disk disk;
    SegmentWriter writer({.segment_bytes = 2 * kPage, .compression = compression, .first_segment = 5}, disk);
    BOOST_REQUIRE(writer.Open().ok());
    std::vector<std::string> records;
    std::uint32_t state = 1;
    for (std::size_t length = 0; length < 3 * kPage; length = length * 5 / 4 + 1) {
      std::string record;
      for (std::size_t i = 0; i < length; ++i) {
        state = state * 1664525 + 1013904223;
        record += static_cast<char>(state >> 24 & (length % 2 == 0 ? 0xFF : 1));
      }
      BOOST_REQUIRE(writer.Log(record).ok());
      records.push_back(std::move(record));
    }
    BOOST_REQUIRE(writer.Close().ok());
    BOOST_TEST(disk.names.front() == "00000005");
    BOOST_TEST(disk.segments.size() > 2U);
    std::string all;
    for (const std::string& segment : disk.segments) {
      BOOST_TEST(segment.size() % kPage == 0U);
      all += segment;
    }
    std::string error;
    BOOST_TEST((Read(all, error) == records));
    BOOST_TEST(error == "");
  }
}

BOOST_AUTO_TEST_CASE(WAL_07_a_call_hands_over_the_page_without_padding) {
  Disk disk;
  SegmentWriter writer({.compression = WalCompression::kNone}, disk);
  BOOST_REQUIRE(writer.Open().ok());
  BOOST_REQUIRE(writer.Log("one").ok());
  BOOST_TEST(disk.segments[0].size() == 10U);
  BOOST_TEST(writer.offset() == 10U);
  BOOST_REQUIRE(writer.NextSegment().ok());
  BOOST_TEST(disk.segments[0].size() == kPage);
  BOOST_REQUIRE(writer.Close().ok());
  BOOST_TEST(disk.segments[1].empty());
}

BOOST_AUTO_TEST_CASE(WAL_07_what_was_not_taken_is_handed_over_again) {
  Disk disk;
  SegmentWriter writer({.compression = WalCompression::kNone}, disk);
  BOOST_REQUIRE(writer.Open().ok());
  disk.room = 4;
  BOOST_TEST(writer.Log("one").error().message == "no space left on device");
  disk.room = 1000;
  BOOST_REQUIRE(writer.Log("two").ok());
  std::string error;
  BOOST_TEST((Read(disk.segments[0], error) == std::vector<std::string>{"one", "two"}));
}

BOOST_AUTO_TEST_CASE(WAL_25_bytes_that_end_anywhere) {
  Disk disk;
  SegmentWriter writer({.segment_bytes = 8 * kPage, .compression = WalCompression::kNone}, disk);
  BOOST_REQUIRE(writer.Open().ok());
  BOOST_REQUIRE(writer.Log("one").ok());
  BOOST_REQUIRE(writer.Log(std::string(kPage, 'x')).ok());
  const std::string& segment = disk.segments[0];
  const struct {
    const char* name;
    std::size_t length;
    std::size_t records;
    const char* error;
  } rows[] = {
      {"nothing", 0, 0, ""},
      {"only the first byte of a header", 1, 0, ""},
      {"a part of a header", 2, 0, "corruption after 1 bytes: read remaining header: unexpected EOF"},
      {"a header without data", 7, 0, ""},
      {"a part of the data", 9, 0, "corruption after 7 bytes: unexpected EOF"},
      {"a record", 10, 1, ""},
      {"the first byte of a record in fragments", 11, 1, "corruption after 11 bytes: last record is torn"},
      {"one fragment of two", kPage, 1, "corruption after 32768 bytes: last record is torn"},
      {"both", segment.size(), 2, ""},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      std::string error;
      BOOST_TEST(Read(std::string_view(segment).substr(0, row.length), error).size() == row.records);
      BOOST_TEST(error == row.error);
    }
  }
}

/// A fragment with a right checksum.
std::string Fragment(int type, std::string_view data) {
  const std::uint32_t crc = Crc32c(data);
  std::string out(1, static_cast<char>(type));
  for (const std::size_t part : {data.size() >> 8, data.size()}) out += static_cast<char>(part & 0xFF);
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(crc >> shift & 0xFF);
  return out.append(data);
}

BOOST_AUTO_TEST_CASE(WAL_25_fragments_out_of_place) {
  const struct {
    std::string bytes;
    const char* error;
  } rows[] = {
      {Fragment(2, "a") + Fragment(1, "b"), "corruption after 16 bytes: unexpected full record"},
      {Fragment(2, "a") + Fragment(2, "b"), "corruption after 16 bytes: unexpected first record, dropping buffer"},
      {Fragment(3, "a"), "corruption after 8 bytes: unexpected middle record, dropping buffer"},
      {Fragment(4, "a"), "corruption after 8 bytes: unexpected last record, dropping buffer"},
      {Fragment(7, "a"), "corruption after 8 bytes: unexpected record type 7"},
      {Fragment(9, "\x05"), "corruption after 8 bytes: snappy: corrupt input"},
      {std::string("\x01\x7f\xfa\0\0\0\0", 7), "corruption after 7 bytes: invalid record size 32762"},
  };
  for (const auto& row : rows) {
    std::string error;
    Read(row.bytes, error);
    BOOST_TEST(error == row.error);
  }
}

}  // namespace
}  // namespace stalemark
