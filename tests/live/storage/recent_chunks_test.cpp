// SPDX-License-Identifier: Apache-2.0
#include "live/storage/recent_chunks.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
#include "core/storage/head.h"

namespace stalemark::testing {
namespace {

ChunkView Chunk(std::int64_t min_t_ms, std::int64_t max_t_ms, std::string_view bytes) {
  return {ChunkEncoding::kXor, min_t_ms, max_t_ms, 1, bytes};
}

std::string Held(const RecentChunks& chunks, std::uint64_t ref) {
  std::string out;
  chunks.Visit(SeriesRef(ref), [&](const ChunkView& chunk) { out += chunk.bytes; });
  return out;
}

BOOST_AUTO_TEST_CASE(what_ends_a_retention_before_the_newest_goes) {
  RecentChunks chunks(std::chrono::seconds(10));
  chunks.Write(SeriesRef(1), Chunk(0, 1000, "a"));
  chunks.Write(SeriesRef(2), Chunk(0, 5000, "b"));
  chunks.Write(SeriesRef(1), Chunk(1000, 11'000, "c"));
  BOOST_TEST(Held(chunks, 1) == "ac");  // exactly a retention: it stays
  chunks.Write(SeriesRef(3), Chunk(0, 11'001, "d"));
  BOOST_TEST(Held(chunks, 1) == "c");
  BOOST_TEST(Held(chunks, 2) == "b");
  chunks.Write(SeriesRef(2), Chunk(5000, 30'000, "e"));
  BOOST_TEST(Held(chunks, 1) + Held(chunks, 2) + Held(chunks, 3) == "e");
  BOOST_TEST(chunks.chunk_count() == 1u);
  BOOST_TEST(chunks.bytes() == 1u);
  BOOST_TEST(Held(chunks, 99) == "");
}

BOOST_AUTO_TEST_CASE(a_head_that_runs_for_long_keeps_its_retention) {
  RecentChunks chunks(std::chrono::hours(1));
  Head head({}, {nullptr, &chunks});
  const Labels labels = Labels::FromSorted({{"__name__", "m"}});
  for (std::int64_t t_ms = 0; t_ms < 24 * 3'600'000; t_ms += 15'000) {
    const auto appender = head.NewAppender({});
    AppendRequest request;
    request.labels = &labels;
    request.t_ms = t_ms;
    request.value_bits = BitsOf(static_cast<double>(t_ms));
    BOOST_REQUIRE((appender->Append(request).code == AppendCode::kOk));
    appender->Commit([](const std::optional<std::string>&) {});
  }
  const std::vector<Sample> samples = head.Samples(SeriesRef(1));
  BOOST_TEST(samples.size() >= 240u);         // the hour
  BOOST_TEST(samples.size() <= 240u + 240u);  // and at most the open chunk and one that is half too old
  BOOST_TEST(samples.back().t_ms == 24 * 3'600'000 - 15'000);
}

}  // namespace
}  // namespace stalemark::testing
