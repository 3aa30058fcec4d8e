// SPDX-License-Identifier: Apache-2.0
#include "sim/explain/inquiry.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/model/histogram_text.h"
#include "core/model/value.h"
#include "core/text/go_quote.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kHistogramBytesMax = 60;

std::string MillisText(std::int64_t ms) {
  const std::int64_t size = ms < 0 ? -ms : ms;
  return fmt::format("{}{}.{:03}s", ms < 0 ? "-" : "", size / 1000, size % 1000);
}

std::string CutHistogram(std::string text) {
  if (text.size() > kHistogramBytesMax) text = text.substr(0, kHistogramBytesMax) + "...";
  return text;
}

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c != 0x7F; });
}

}  // namespace

bool HoldsAll(const Labels& labels, const Labels& wanted) {
  for (const Label label : wanted) {
    if (labels.Get(label.name) != label.value) return false;
  }
  return true;
}

bool Inquiry::IsSubject(const Labels& labels) const {
  return is_complete ? labels == subject : HoldsAll(labels, subject);
}

void Inquiry::Conclude(Outcome outcome, std::string_view reason, std::string headline) {
  out.outcome = outcome;
  out.reason = reason;
  out.headline = std::move(headline);
}

Link& Inquiry::Add(LinkKind kind, std::string text) {
  Link link;
  link.kind = kind;
  link.text = std::move(text);
  out.chain.push_back(std::move(link));
  return out.chain.back();
}

Link& Inquiry::Add(LinkKind kind, MonotonicTime at, std::string text) {
  Link& link = Add(kind, std::move(text));
  link.at = at;
  return link;
}

Link& Inquiry::Add(LinkKind kind, const History::Scrape& scrape, std::string text) {
  Link& link = Add(kind, scrape.fetched.value_or(scrape.begin), std::move(text));
  link.scrape = scrape.seq;
  return link;
}

std::string Inquiry::Since(std::int64_t t_ms) const {
  const std::int64_t start_ms = UnixMillis(scenario.start);
  // Times of exporters may be anything.
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;
  if (t_ms < -kFar || t_ms > kFar) return fmt::format("{} ms since 1970", t_ms);
  return MillisText(t_ms - start_ms);
}

const Sample* Inquiry::StoredAt(std::int64_t t_ms) const {
  const auto found = std::lower_bound(samples.begin(), samples.end(), t_ms,
                                      [](const Sample& a, std::int64_t t) { return a.t_ms < t; });
  return found == samples.end() || found->t_ms != t_ms ? nullptr : &*found;
}

const Sample* Inquiry::NewestAt(std::int64_t t_ms) const {
  const Sample* newest = nullptr;
  for (const Sample& sample : samples) {
    if (sample.t_ms <= t_ms) newest = &sample;
  }
  return newest;
}

std::string Inquiry::Name(const History::Scrape& scrape) const {
  std::string name = scrape.end_of_run ? "the end of run" : fmt::format("scrape {}", scrape.number);
  if (told_loop == nullptr) return name;
  const History::Loop& loop = history.LoopOf(scrape);
  const bool same = loop.pool == told_loop->pool && *loop.labels == *told_loop->labels && loop.url == told_loop->url;
  return same ? name : fmt::format("{} of {}", name, loop.subject);
}

BodyReading Inquiry::Read(const History::Scrape& scrape) const {
  const History::Loop& loop = history.LoopOf(scrape);
  const ServerHistory::Job job = server.JobAt(loop.pool, scrape.fetched.value_or(scrape.begin));
  if (!job || !scrape.fetched) return {};
  const std::optional<Target> target = server.TargetOf(loop);
  const Target::HistogramSwitches switches =
      target ? target->SwitchesOr(*job)
             : Target::HistogramSwitches{job->convert_classic_histograms_to_nhcb, job->always_scrape_classic_histograms,
                                         job->scrape_native_histograms};
  return ReadBody(history.BodyOf(scrape), scrape.content_type, *job, *loop.labels, switches, scenario.scrape);
}

BodyPlace Inquiry::PlaceOf(const History::Scrape& scrape, std::uint64_t offset) const {
  const bool binary = scrape.content_type.find("protobuf") != std::string_view::npos;
  return PlaceInBody(history.BodyOf(scrape), static_cast<std::size_t>(offset),
                     binary ? BodyKind::kBinary : BodyKind::kText);
}

std::string Inquiry::PlaceText(const History::Scrape& scrape, std::uint64_t offset) const {
  const BodyPlace place = PlaceOf(scrape, offset);
  return place.line == 0 ? fmt::format("body byte {}", offset) : fmt::format("body {}:{}", place.line, place.column);
}

Link& Inquiry::AddLine(const History::Scrape& scrape, std::uint64_t offset, std::string_view before) {
  const BodyPlace place = PlaceOf(scrape, offset);
  std::string text = std::string(before) + PlaceText(scrape, offset);
  // The bytes of a binary body say nothing to people.
  if (place.line > 0) text += ": " + (IsPlain(place.bytes) ? std::string(place.bytes) : text::GoQuote(place.bytes));
  Link& link = Add(LinkKind::kBody, scrape, std::move(text));
  link.line = place.line;
  link.column = place.column;
  return link;
}

std::string SecondsText(MonotonicTime at) {
  return MillisText(at.time_since_epoch().count() / 1'000'000);
}

std::string LengthText(Nanoseconds length) {
  const bool fine = length.count() % 1'000'000 != 0;
  return fine ? FormatGoDuration(length) : FormatDuration(length);
}

std::string InstantText(MonotonicTime at) {
  const Nanoseconds since = at.time_since_epoch();
  return since.count() % 1'000'000 == 0 ? FormatDuration(since) : SecondsText(at);
}

std::string AppendedText(const History::Append& append) {
  if (!append.histogram.empty()) return CutHistogram(std::string(append.histogram));
  return ValueText(append.value_bits);
}

std::string SampleText(const Sample& sample) {
  if (sample.histogram == nullptr || IsStaleNaN(sample.bits)) return ValueText(sample.bits);
  return CutHistogram(std::visit([](const auto& histogram) { return HistogramText(histogram); }, *sample.histogram));
}

std::string SubjectText(const Labels& labels) {
  return labels.Has(kMetricName) ? SeriesText(labels) : labels.ToString();
}

}  // namespace stalemark::scenario
