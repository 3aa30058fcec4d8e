// SPDX-License-Identifier: Apache-2.0
// The trace encoding: what is written is what is read, levels do not change digests, damage is an error.
#include <boost/test/unit_test.hpp>

#include "core/trace/trace_reader.h"
#include "core/trace/trace_writer.h"

namespace stalemark::trace {
namespace {

MonotonicTime At(std::int64_t ns) {
  return MonotonicTime(Nanoseconds(ns));
}

/// A short run: every type of field, a label set used twice, a body seen twice, a detail event.
void WriteRun(TraceWriter& writer) {
  const Labels labels = Labels::FromSorted({{"__name__", "up"}, {"job", "x"}});
  writer.OnEvent(At(5), LoopStarted{LoopId{1}, "pool", &labels, "http://h/", 15, 10, 3, true});
  writer.OnEvent(At(8), RequestSent{ScrapeSeq{1}, 1, "http://h/"});
  writer.OnEvent(At(9), FetchFinished{ScrapeSeq{1}, "", "text/plain", 4, 77, "up 1"});
  writer.OnEvent(At(9), FetchFinished{ScrapeSeq{2}, "", "text/plain", 4, 77, "up 1"});
  SampleAppended append;
  append.scrape = ScrapeSeq{1};
  append.labels = &labels;
  append.t_ms = INT64_MIN;
  append.value_bits = 0x7ff0000000000002;
  writer.OnEvent(At(9), append);
  writer.OnEvent(At(9), TransactionEnded{ScrapeSeq{1}, true, ""});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trace)

BOOST_AUTO_TEST_CASE(reading_returns_what_was_written) {
  TraceWriter writer(Level::kDetail);
  WriteRun(writer);
  Result<TraceReader> reader = TraceReader::Open(writer.bytes());
  BOOST_REQUIRE(reader.ok());
  std::vector<TimedEvent> events;
  for (;;) {
    Result<std::optional<TimedEvent>> next = reader->Next();
    BOOST_REQUIRE(next.ok());
    if (!*next) break;
    events.push_back(**next);
  }
  BOOST_REQUIRE(events.size() == 6u);
  const auto& loop = std::get<LoopStarted>(events[0].event);
  BOOST_TEST(events[0].at.time_since_epoch().count() == 5);
  BOOST_TEST(loop.labels->ToString() == "{__name__=\"up\", job=\"x\"}");
  BOOST_TEST(loop.cache_reused);
  BOOST_TEST(std::get<FetchFinished>(events[2].event).body == "up 1");
  BOOST_TEST(std::get<FetchFinished>(events[3].event).body.empty());
  const auto& append = std::get<SampleAppended>(events[4].event);
  BOOST_TEST(append.t_ms == INT64_MIN);
  BOOST_TEST(append.value_bits == 0x7ff0000000000002u);
  BOOST_TEST((append.labels == loop.labels));
}

/// The worked example of docs/formats/trace.md; a change here is a change of the format.
BOOST_AUTO_TEST_CASE(encoding_and_digests_are_those_of_the_format_page) {
  TraceWriter writer(Level::kDetail);
  WriteRun(writer);
  BOOST_TEST(writer.bytes().size() == 143u);
  BOOST_TEST(writer.bytes().substr(0, 12) == std::string("STMK\x03\x2a\x06\x0a\x01\x04po", 12));
  BOOST_TEST(writer.bytes().substr(137) == std::string("\x05\x0f\x00\x01\x01\x00", 6));
  BOOST_TEST(DigestText(writer.trace_digest()) == "f3d7b05924f825b7");
  BOOST_TEST(DigestText(writer.store_digest()) == "b0f309f847492c77");
}

BOOST_AUTO_TEST_CASE(digests_do_not_depend_on_the_level) {
  TraceWriter none(Level::kDigestsOnly);
  TraceWriter outcome(Level::kOutcome);
  TraceWriter detail(Level::kDetail);
  for (TraceWriter* writer : {&none, &outcome, &detail}) WriteRun(*writer);
  BOOST_TEST(none.bytes().empty());
  BOOST_TEST(outcome.bytes().size() < detail.bytes().size());
  BOOST_TEST(none.trace_digest() == detail.trace_digest());
  BOOST_TEST(outcome.trace_digest() == detail.trace_digest());
  BOOST_TEST(none.store_digest() == detail.store_digest());
}

BOOST_AUTO_TEST_CASE(digests_tell_runs_apart) {
  TraceWriter one(Level::kDigestsOnly);
  TraceWriter other(Level::kDigestsOnly);
  WriteRun(one);
  WriteRun(other);
  other.OnEvent(At(9), TransactionEnded{ScrapeSeq{2}, false, "disk full"});
  BOOST_TEST(one.trace_digest() != other.trace_digest());
  BOOST_TEST(one.store_digest() != other.store_digest());
}

BOOST_AUTO_TEST_CASE(store_digest_tells_histograms_start_times_and_exemplars_apart) {
  const Labels labels = Labels::FromSorted({{"__name__", "h"}});
  const auto digest = [&labels](std::string_view histogram, std::int64_t st_ms, std::string_view exemplars) {
    TraceWriter writer(Level::kDigestsOnly);
    SampleAppended append;
    append.labels = &labels;
    append.histogram = histogram;
    append.st_ms = st_ms;
    append.exemplars = exemplars;
    writer.OnEvent(At(1), append);
    return writer.store_digest();
  };
  BOOST_TEST(digest("", 0, "") != digest("{{schema:0}}", 0, ""));
  BOOST_TEST(digest("{{schema:0}}", 0, "") != digest("{{schema:1}}", 0, ""));
  BOOST_TEST(digest("", 0, "") != digest("", 5, ""));
  BOOST_TEST(digest("", 0, "") != digest("", 0, "{} 0 1"));
}

BOOST_AUTO_TEST_CASE(every_truncation_and_every_flipped_byte_ends) {
  TraceWriter writer(Level::kDetail);
  WriteRun(writer);
  const auto read_all = [](std::string_view bytes) {
    Result<TraceReader> reader = TraceReader::Open(bytes);
    if (!reader.ok()) return;
    for (std::size_t i = 0; i <= bytes.size(); ++i) {
      Result<std::optional<TimedEvent>> next = reader->Next();
      if (!next.ok() || !*next) return;
    }
    BOOST_ERROR("the reader does not end");
  };
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    read_all(std::string_view(writer.bytes()).substr(0, size));
    std::string damaged = writer.bytes();
    damaged[size] = static_cast<char>(damaged[size] ^ 0x55);
    read_all(damaged);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::trace
