// SPDX-License-Identifier: Apache-2.0
// HEAD-42, HEAD-49: chunks that keep start times, and the heads that write them.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/storage/out_of_order.h"
#include "core/storage/xor2_chunk.h"
#include "tests/core/storage/head_helpers.h"

namespace stalemark {
namespace {

using namespace testing;

constexpr std::int64_t kT = 1'000'000;

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string EncodeXor2(const std::vector<Sample>& samples) {
  Xor2Encoder chunk;
  for (const Sample& sample : samples) chunk.Append(sample.t_ms, sample.bits, sample.st_ms);
  return std::string(chunk.bytes());
}

std::vector<Sample> Decode(ChunkEncoding encoding, std::string_view bytes) {
  return DecodeChunk({encoding, 0, 0, 0, bytes});
}

BOOST_AUTO_TEST_CASE(HEAD_42_numbers_of_encodings) {
  BOOST_TEST(static_cast<int>(ChunkEncoding::kXor) == 1);
  BOOST_TEST(static_cast<int>(ChunkEncoding::kHistogram) == 2);
  BOOST_TEST(static_cast<int>(ChunkEncoding::kFloatHistogram) == 3);
  BOOST_TEST(static_cast<int>(ChunkEncoding::kXor2) == 4);
  BOOST_TEST(static_cast<int>(ChunkEncoding::kHistogramST) == 5);
  BOOST_TEST(static_cast<int>(ChunkEncoding::kFloatHistogramST) == 6);
}

BOOST_AUTO_TEST_CASE(HEAD_42_header_of_start_times_in_xor2_chunks) {
  struct Row {
    const char* name;
    std::vector<std::int64_t> start_times;
    const char* header;
  };
  std::vector<std::int64_t> constant(130, kT);
  const Row rows[] = {
      {"empty", {}, "000000"},
      {"none", {0, 0, 0}, "000300"},
      {"the first has one", {kT, kT, kT}, "000380"},
      {"from the second on", {0, kT, kT}, "000301"},
      {"the third changes it", {kT, kT, kT + 1}, "000382"},
      {"it vanishes", {kT, 0}, "000281"},
      {"the 128th is written in any case", constant, "0082ff"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      std::vector<Sample> samples;
      for (const std::int64_t st_ms : row.start_times) {
        samples.push_back({kT + static_cast<std::int64_t>(samples.size()), BitsOf(1), nullptr, st_ms});
      }
      const std::string bytes = EncodeXor2(samples);
      BOOST_TEST(Hex(bytes.substr(0, 3)) == row.header);
      BOOST_TEST((Decode(ChunkEncoding::kXor2, bytes) == samples));
    }
  }
}

BOOST_AUTO_TEST_CASE(HEAD_42_time_codes_of_xor2_have_these_lengths) {
  struct Row {
    const char* name;
    std::int64_t change;
    std::size_t bits;
  };
  // With the bit that says that the value is the same, but for no change, whose code says both.
  const Row rows[] = {
      {"none", 0, 1},
      {"13 bits, largest", 4095, 17},
      {"13 bits, smallest", -4096, 17},
      {"20 bits", 4096, 25},
      {"20 bits, negative", -4097, 25},
      {"20 bits, largest", 524'287, 25},
      {"20 bits, smallest", -524'288, 25},
      {"64 bits", 524'288, 70},
      {"64 bits, negative", -524'289, 70},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::vector<Sample> samples = {{0, 0}, {1'000'000, 0}, {2'000'000 + row.change, 0}};
      const std::string bytes = EncodeXor2(samples);
      // Header, time 0, value, 3 bytes for the first delta, 1 bit for its value.
      const std::size_t bits_before = 24 + 8 + 64 + 24 + 1;
      BOOST_TEST(bytes.size() == (bits_before + row.bits + 7) / 8);
      BOOST_TEST((Decode(ChunkEncoding::kXor2, bytes) == samples));
    }
  }
}

BOOST_AUTO_TEST_CASE(HEAD_42_random_xor2_chunks_read_back) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Sample> samples;
    std::int64_t t_ms = static_cast<std::int64_t>(random());
    std::int64_t st_ms = round % 3 == 0 ? 0 : static_cast<std::int64_t>(random() >> (random() % 64));
    std::uint64_t bits = random();
    const unsigned steadiness = static_cast<unsigned>(random() % 5);
    const std::size_t count = 1 + random() % 200;
    while (samples.size() < count) {
      samples.push_back({t_ms, random() % 20 == 0 ? kStaleNaN : bits, nullptr, st_ms});
      const std::uint64_t step = steadiness > 2 ? 15'000 : random() >> (random() % 64);
      t_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(t_ms) + step);
      if (random() % 5 >= steadiness) bits ^= random() >> (random() % 64) << (random() % 64);
      if (random() % 50 >= steadiness * 12) st_ms = static_cast<std::int64_t>(random() >> (random() % 64));
    }
    const std::string bytes = EncodeXor2(samples);
    BOOST_REQUIRE((Decode(ChunkEncoding::kXor2, bytes) == samples));
    // Cut anywhere, it ends early and says so.
    Xor2Reader reader(std::string_view(bytes).substr(0, random() % bytes.size()));
    std::size_t read = 0;
    while (reader.Next()) ++read;
    BOOST_REQUIRE(reader.corrupt());
    BOOST_REQUIRE(read < samples.size());
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_are_read_within_bounds_with_start_times) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    BOOST_REQUIRE(Decode(ChunkEncoding::kXor2, bytes).size() <= bytes.size() * 8);
    BOOST_REQUIRE(Decode(ChunkEncoding::kHistogramST, bytes).size() <= bytes.size() * 8);
    BOOST_REQUIRE(Decode(ChunkEncoding::kFloatHistogramST, bytes).size() <= bytes.size() * 8);
  }
}

BOOST_AUTO_TEST_CASE(HEAD_42_histograms_keep_start_times_when_they_are_written_anew) {
  HistogramEncoder<Histogram> encoder(true);
  Histogram histogram = Buckets({1});
  encoder.StartCut(kT, histogram, 5);
  histogram = Buckets({1, 1});
  BOOST_TEST((encoder.Append(kT + 1, histogram, 6) == HistogramEncoder<Histogram>::Step::kRecoded));
  histogram = HistogramMarker();
  encoder.Append(kT + 2, histogram, 6);
  BOOST_TEST(Show(Decode(ChunkEncoding::kHistogramST, encoder.bytes())) ==
             "1000000=h1?@5 1000001=h2+@6 1000002=hstale?@6");
  // What the chunk says of a reset is in the first byte, beside the count.
  BOOST_TEST(Hex(encoder.bytes().substr(0, 3)) == "000381");
  histogram = Buckets({1});
  BOOST_TEST((encoder.Append(kT + 3, histogram, 7) == HistogramEncoder<Histogram>::Step::kNew));
  histogram.counter_reset_hint = CounterResetHint::kCounterReset;
  encoder.StartCut(kT + 3, histogram);
  BOOST_TEST(Hex(encoder.bytes().substr(0, 3)) == "800100");
  BOOST_TEST((encoder.header() == CounterResetHeader::kReset));
}

BOOST_AUTO_TEST_CASE(HEAD_49_start_times_are_kept_by_the_chunks_that_options_ask_for) {
  struct Row {
    const char* name;
    HeadOptions options;
    const char* chunks;
    const char* samples;
  };
  const Row rows[] = {
      {"none", {}, "X1 H1 F1 X1", "1=1 2=h1? 3=f1? 4=2"},
      {"xor2", {.xor2 = true}, "x1 H1 F1 x1", "1=1@91 2=h1? 3=f1? 4=2@94"},
      {"st_storage", {.st_storage = true}, "x1 H1 F1 x1", "1=1@91 2=h1? 3=f1? 4=2@94"},
      {"histograms", {.histogram_st_encoding = true}, "X1 h1 f1 X1", "1=1 2=h1?@92 3=f1?@93 4=2"},
      {"both", {.xor2 = true, .histogram_st_encoding = true}, "x1 h1 f1 x1", "1=1@91 2=h1?@92 3=f1?@93 4=2@94"},
  };
  const Histogram histogram = Buckets({1});
  const FloatHistogram float_histogram = ToFloat(histogram);
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Head head(row.options);
      Transaction tx(head);
      tx.Send({.t_ms = 1, .st_ms = 91, .value_bits = BitsOf(1)});
      tx.Send({.t_ms = 2, .st_ms = 92, .histogram = &histogram});
      tx.Send({.t_ms = 3, .st_ms = 93, .float_histogram = &float_histogram});
      tx.Send({.t_ms = 4, .st_ms = 94, .value_bits = BitsOf(2)});
      tx.Commit();
      BOOST_TEST(Show(head) == row.samples);
      BOOST_TEST(ShowChunks(head) == row.chunks);
    }
  }
}

BOOST_AUTO_TEST_CASE(HEAD_49_late_samples_keep_their_start_times) {
  Head head(
      {.out_of_order_window_ms = 60'000, .out_of_order_samples_max = 2, .xor2 = true, .histogram_st_encoding = true});
  const Histogram histogram = Buckets({1});
  Transaction tx(head);
  tx.Send({.t_ms = kT, .st_ms = 9, .value_bits = BitsOf(1)});
  tx.Commit();
  // The first two are a list of their own, which is encoded.
  for (const std::int64_t before : {10, 30, 20, 40}) {
    Transaction late(head);
    late.Send({.t_ms = kT - before, .st_ms = before, .value_bits = BitsOf(2)});
    late.Send({.t_ms = kT - before - 1, .st_ms = before + 1, .histogram = &histogram});
    late.Commit();
  }
  BOOST_TEST(Show(head) ==
             "999959=h1?@41 999960=2@40 999969=h1?@31 999970=2@30 999979=h1?@21 999980=2@20 999989=h1?@11 "
             "999990=2@10 1000000=1@9");
}

BOOST_AUTO_TEST_CASE(HEAD_30_HEAD_49_a_marker_that_becomes_a_histogram_keeps_its_start_time) {
  Head head({.histogram_st_encoding = true});
  const Histogram histogram = Buckets({1});
  Transaction first(head);
  first.Send({.t_ms = kT, .st_ms = 7, .histogram = &histogram});
  first.Commit();
  Transaction second(head);
  second.Send({.t_ms = kT + 1, .st_ms = 8, .value_bits = kStaleNaN});
  second.Commit();
  BOOST_TEST(Show(head) == "1000000=h1?@7 1000001=hstale?@8");
}

BOOST_AUTO_TEST_CASE(HEAD_32_HEAD_49_the_zero_at_a_start_time_has_none) {
  Head head({.st_zero_samples = true, .st_storage = true});
  Transaction tx(head);
  tx.Send({.t_ms = kT, .st_ms = kT - 5, .value_bits = BitsOf(7)});
  tx.Commit();
  BOOST_TEST(Show(head) == "999995=0 1000000=7@999995");
}

BOOST_AUTO_TEST_CASE(HEAD_40_HEAD_49_chunks_end_earlier_when_start_times_fill_them) {
  for (const bool changing : {false, true}) {
    BOOST_TEST_CONTEXT(changing) {
      Head head({.xor2 = true});
      std::mt19937_64 random(3);
      Transaction tx(head);
      for (int i = 0; i < 121; ++i) {
        const auto st_ms = static_cast<std::int64_t>(random() >> 24);
        tx.Send({.t_ms = kT + i, .st_ms = changing ? st_ms : 1, .value_bits = random() >> 8});
      }
      tx.Commit();
      std::vector<std::size_t> sizes;
      head.VisitChunks(SeriesRef{1}, [&sizes](const ChunkView& chunk) { sizes.push_back(chunk.bytes.size()); });
      BOOST_TEST(sizes.size() == 2u);
      BOOST_TEST((sizes[0] > 1005) == changing);
      BOOST_TEST(ShowChunks(head) == (changing ? "x65 x56" : "x120 x1"));
    }
  }
}

}  // namespace
}  // namespace stalemark
