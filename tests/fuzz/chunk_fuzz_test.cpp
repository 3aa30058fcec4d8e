// SPDX-License-Identifier: Apache-2.0
// Readers of chunks: hostile bytes are corrupt, never more.
#include <string>
#include <type_traits>

#include <boost/test/unit_test.hpp>

#include "core/storage/histogram_chunk.h"
#include "core/storage/xor2_chunk.h"
#include "core/storage/xor_chunk.h"
#include "tests/fuzz/corpus.h"

namespace stalemark::fuzz {
namespace {

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

/// The recorded chunks of an encoding.
Corpus Chunks(std::string_view encoding) {
  Corpus corpus;
  ForEachCase("tsdb/chunks.jsonl", [&](const Json& test) {
    if (test.at("encoding") != encoding) return;
    for (const Json& chunk : test.at("expected").at("chunks")) AddInput(corpus, FromHex(chunk.at("hex")));
  });
  return corpus;
}

/// A chunk tells its number of samples in 16 bits, and a sample takes a bit at least.
constexpr Bound kSamples{16, 8};

template <class Reader>
Outcome Verdict(const Reader& reader) {
  return reader.corrupt() ? Outcome::Refused("corrupt") : Outcome();
}

template <class Reader>
Target Floats() {
  return {[](std::string_view chunk, Steps& steps) {
            Reader reader(chunk);
            while (steps.Take() && reader.Next()) {
            }
            return Verdict(reader);
          },
          kSamples,
          {1024, 0}};
}

enum class StartTimes : std::uint8_t { kNone, kKept };

template <class H>
Target Histograms(StartTimes start_times) {
  return {[start_times](std::string_view chunk, Steps& steps) {
            HistogramReader<H> reader(chunk, start_times == StartTimes::kKept);
            std::size_t samples = 0;
            while (steps.Take() && reader.Next()) {
              // Each is as large as the layout: a few tell as much as all.
              if (++samples <= 4 && reader.Read().bucket_count() > chunk.size() * 8) {
                return Outcome::Wrong("more buckets than bits");
              }
            }
            return Verdict(reader);
          },
          kSamples,
          {16 << 10, 4096}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(chunks)

BOOST_AUTO_TEST_CASE(floats) {
  CheckByFuzz(Floats<XorReader>(), Chunks("XOR"), 100'000);
  CheckByFuzz(Floats<Xor2Reader>(), Chunks("XOR2"), 100'000);
}

BOOST_AUTO_TEST_CASE(histograms) {
  CheckByFuzz(Histograms<Histogram>(StartTimes::kNone), Chunks("histogram"), 50'000);
  CheckByFuzz(Histograms<FloatHistogram>(StartTimes::kNone), Chunks("floathistogram"), 50'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::fuzz
