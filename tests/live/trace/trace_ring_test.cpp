// SPDX-License-Identifier: Apache-2.0
#include "live/trace/trace_ring.h"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/trace/trace_reader.h"

namespace stalemark::testing {
namespace {

using trace::LoopId;
using trace::ScrapeSeq;

/// One loop; each of its scrapes has a body of 1,000 bytes of its own.
struct Scrapes {
  explicit Scrapes(std::size_t bytes) : ring(bytes) {
    trace::LoopStarted started;
    started.loop = LoopId(7);
    started.pool = "p";
    started.labels = &labels;
    ring.OnEvent(MonotonicTime(Nanoseconds(1)), started);
  }
  void Run(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      ++last;
      const MonotonicTime at{Nanoseconds(last * 100)};
      trace::ScrapeStarted begin;
      begin.loop = LoopId(7);
      begin.scrape = ScrapeSeq(last);
      begin.t_ms = static_cast<std::int64_t>(last);
      ring.OnEvent(at, begin);
      const std::string body(1000, 'x');
      trace::FetchFinished fetched;
      fetched.scrape = ScrapeSeq(last);
      fetched.body_hash = last;
      fetched.body_bytes = 1000;
      fetched.body = body;
      ring.OnEvent(at, fetched);
    }
  }

  const Labels labels = Labels::FromSorted({{"instance", "a:1"}});
  TraceRing ring;
  std::uint64_t last = 0;
};

struct Read {
  std::set<std::uint64_t> scrapes;
  std::set<std::int64_t> times;
  std::size_t loops = 0;
};

Read ReadAll(const std::string& bytes) {
  Read read;
  Result<trace::TraceReader> reader = trace::TraceReader::Open(bytes);
  BOOST_REQUIRE(reader.ok());
  for (;;) {
    const Result<std::optional<trace::TimedEvent>> record = reader->Next();
    BOOST_REQUIRE_MESSAGE(record.ok(), (record.ok() ? "" : record.error().message));
    if (!*record) return read;
    const trace::Event& event = (*record)->event;
    if (const auto* started = std::get_if<trace::ScrapeStarted>(&event)) {
      read.scrapes.insert(static_cast<std::uint64_t>(started->scrape));
      read.times.insert(started->t_ms);
    }
    if (const auto* loop = std::get_if<trace::LoopStarted>(&event)) {
      BOOST_TEST((loop->loop == LoopId(7)));
      BOOST_TEST(loop->labels->Get("instance") == "a:1");
      ++read.loops;
    }
  }
}

BOOST_AUTO_TEST_CASE(what_fits_is_all_there) {
  Scrapes scrapes(1 << 20);
  scrapes.Run(10);
  const Read read = ReadAll(scrapes.ring.bytes());
  BOOST_TEST(read.scrapes.size() == 10u);
  BOOST_TEST(read.loops == 1u);
}

BOOST_AUTO_TEST_CASE(the_ring_keeps_the_end_and_numbers_it_anew) {
  constexpr std::size_t kWanted = 1 << 17;
  Scrapes scrapes(kWanted);
  for (int i = 0; i < 100; ++i) {
    scrapes.Run(11);
    BOOST_TEST(scrapes.ring.bytes().size() <= kWanted + 4096);
    const Read read = ReadAll(scrapes.ring.bytes());
    BOOST_TEST(read.loops == 1u);
    BOOST_TEST(*read.scrapes.begin() == 1u);
    BOOST_TEST(*read.scrapes.rbegin() == read.scrapes.size());
    BOOST_TEST(*read.times.rbegin() == static_cast<std::int64_t>(scrapes.last));
  }
  BOOST_TEST(scrapes.ring.bytes().size() >= kWanted / 2);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_too_large_is_left_out) {
  Scrapes scrapes(1 << 16);
  const std::string body(1 << 20, 'x');
  trace::FetchFinished fetched;
  fetched.scrape = ScrapeSeq(1);
  fetched.body = body;
  scrapes.ring.OnEvent(MonotonicTime(Nanoseconds(5)), fetched);
  BOOST_TEST(scrapes.ring.bytes().size() < 1000u);
}

}  // namespace
}  // namespace stalemark::testing
