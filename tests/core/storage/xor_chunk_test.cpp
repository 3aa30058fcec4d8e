// SPDX-License-Identifier: Apache-2.0
// HEAD-42 to HEAD-45: bytes of XOR chunks, and reading them back.
#include "core/storage/xor_chunk.h"

#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/model/value.h"
#include "core/storage/sample_merge.h"

namespace stalemark {
namespace {

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string Encode(const std::vector<Sample>& samples) {
  XorChunk chunk;
  for (const Sample& sample : samples) chunk.Append(sample.t_ms, sample.bits);
  return chunk.Bytes();
}

std::vector<Sample> Decode(std::string_view bytes) {
  std::vector<Sample> samples;
  XorReader reader(bytes);
  while (reader.Next()) samples.push_back({reader.t_ms(), reader.bits()});
  return samples;
}

BOOST_AUTO_TEST_CASE(HEAD_45_vector) {
  const std::string bytes = Encode({{1000, BitsOf(1)}, {2000, BitsOf(1)}, {3000, BitsOf(2)}});
  BOOST_TEST(Hex(bytes) == "0003d00f3ff0000000000000e8073097ffc0");
}

BOOST_AUTO_TEST_CASE(HEAD_42_an_empty_chunk_is_its_count) {
  BOOST_TEST(Hex(XorChunk().Bytes()) == "0000");
  BOOST_TEST(Decode(XorChunk().Bytes()).empty());
}

BOOST_AUTO_TEST_CASE(HEAD_43_time_codes_have_these_lengths) {
  struct Row {
    const char* name;
    std::int64_t change;
    std::size_t bits;
  };
  const Row rows[] = {
      {"none", 0, 1},
      {"14 bits, largest", 8192, 16},
      {"14 bits, smallest", -8191, 16},
      {"17 bits", 8193, 20},
      {"17 bits, largest", 65536, 20},
      {"17 bits, negative", -8192, 20},
      {"17 bits, smallest", -65535, 20},
      {"20 bits", 65537, 24},
      {"20 bits, largest", 524288, 24},
      {"20 bits, smallest", -524287, 24},
      {"64 bits", 524289, 68},
      {"64 bits, negative", -524288, 68},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::vector<Sample> samples = {{0, 0}, {1'000'000, 0}, {2'000'000 + row.change, 0}};
      const std::string bytes = Encode(samples);
      // Count, time 0, value, 3 bytes for the first delta, 1 bit for its value.
      const std::size_t bits_before = 16 + 8 + 64 + 24 + 1;
      BOOST_TEST(bytes.size() == (bits_before + row.bits + 1 + 7) / 8);
      BOOST_TEST((Decode(bytes) == samples));
    }
  }
}

BOOST_AUTO_TEST_CASE(HEAD_44_random_chunks_read_back) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Sample> samples;
    std::int64_t t_ms = static_cast<std::int64_t>(random());
    std::uint64_t bits = random();
    const int steadiness = static_cast<int>(random() % 5);
    const std::size_t count = 1 + random() % 200;
    while (samples.size() < count) {
      samples.push_back({t_ms, bits});
      // Any step, also backwards and around the end of the numbers: the encoder does not mind.
      const unsigned step_bits = static_cast<unsigned>(random() % 64);
      const std::uint64_t step = steadiness > 2 ? 15'000 : random() >> step_bits;
      t_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(t_ms) + step);
      if (random() % 5 >= static_cast<unsigned>(steadiness)) bits ^= random() >> (random() % 64) << (random() % 64);
    }
    const std::string bytes = Encode(samples);
    BOOST_REQUIRE((Decode(bytes) == samples));
    // Cut anywhere, it ends early and says so.
    const std::size_t kept = random() % bytes.size();
    XorReader reader(std::string_view(bytes).substr(0, kept));
    std::size_t read = 0;
    while (reader.Next()) ++read;
    BOOST_REQUIRE(reader.corrupt());
    BOOST_REQUIRE(read < samples.size());
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_are_read_within_bounds) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    XorReader reader(bytes);
    std::size_t read = 0;
    while (reader.Next()) ++read;
    BOOST_REQUIRE(read <= bytes.size() * 8);
  }
}

}  // namespace
}  // namespace stalemark
