// SPDX-License-Identifier: Apache-2.0
// A scrape as such: when it was due, what was going on, what came over the network, why it failed.
#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/scrape/sample_labels.h"
#include "core/text/nearest.h"
#include "sim/explain/inquiry.h"
#include "sim/run/action_text.h"

namespace stalemark::scenario {
namespace {

/// More would push the cause out of the chain.
constexpr std::size_t kEventsShownMax = 3;

std::string AddressOf(std::string_view url) {
  const std::size_t host = url.find("://");
  if (host == std::string_view::npos) return {};
  const std::string_view rest = url.substr(host + 3);
  return std::string(rest.substr(0, rest.find_first_of("/?")));
}

/// Whether a URL's address is that of an exporter: a URL leaves the default port out.
bool IsExporter(std::string_view address, std::string_view in_url) {
  return address == in_url || address.substr(0, address.rfind(':')) == in_url;
}

/// The answer that was on its way to the scrape's last request, or null.
const PlannedAnswer* PlannedFor(const Inquiry& inquiry, const History::Scrape& scrape) {
  if (scrape.hops.empty()) return nullptr;
  const History::Hop& hop = scrape.hops.back();
  const std::string address = AddressOf(hop.url);
  for (const PlannedAnswer& answer : inquiry.result.answers) {
    if (IsExporter(answer.address, address) && answer.at == hop.at) return &answer;
  }
  return nullptr;
}

/// What the scrape waited for when its time was up.
std::string WaitedFor(const Inquiry& inquiry, const History::Scrape& scrape) {
  const PlannedAnswer* answer = PlannedFor(inquiry, scrape);
  if (scrape.hops.empty()) return "no request was sent";
  const History::Hop& hop = scrape.hops.back();
  if (!hop.head_at) {
    if (answer == nullptr) return "no response";
    switch (answer->fault) {
      case SimFault::kDialTimeout:
        return "no connection";
      case SimFault::kHang:
        return "the exporter never answers";
      default:
        return fmt::format("response head after {}", LengthText(answer->head_after + (hop.at - scrape.begin)));
    }
  }
  const std::string head = fmt::format("response head after {}", LengthText(*hop.head_at - scrape.begin));
  if (answer != nullptr && answer->fault == SimFault::kHangBody) return head + ", the body never ends";
  if (answer == nullptr) return head + ", no complete body";
  return head + fmt::format(", body after {}", LengthText(*hop.head_at - scrape.begin + answer->body_after));
}

/// The exporter that it concerns, or null: all of them.
const std::string* ExporterOf(const Action& action) {
  if (const auto* fault = std::get_if<ExporterFault>(&action)) return &fault->address;
  if (const auto* restart = std::get_if<ExporterRestart>(&action)) return &restart->address;
  return nullptr;
}

/// How long it lasts by itself: some have an instant only. Nothing: until it is over.
std::optional<Nanoseconds> LengthOf(const Action& action) {
  if (const auto* pause = std::get_if<ProcessPause>(&action)) return pause->length;
  if (const auto* restart = std::get_if<ExporterRestart>(&action)) return restart->down;
  const bool instant = std::holds_alternative<TargetsChange>(action) || std::holds_alternative<Reload>(action) ||
                       std::holds_alternative<ClockStep>(action);
  return instant ? std::optional<Nanoseconds>(Nanoseconds(0)) : std::nullopt;
}

/// Whether one of the requests between the two times was one of the event's.
bool HasRequest(const Inquiry& inquiry, std::string_view address, const RequestSpan& span, MonotonicTime from,
                MonotonicTime to) {
  std::uint64_t number = 0;
  for (const PlannedAnswer& answer : inquiry.result.answers) {
    if (answer.address != address || answer.at > to) continue;
    ++number;
    if (answer.at >= from && span.first <= number && number <= span.last) return true;
  }
  return false;
}

/// Whether the event had a say in what happened to the target between the two times. Of one instant the scrapes come
/// first, then what ends, then what begins. What a restart began anew shows in the first scrape behind it: `before` is
/// when the last one before `from` began.
bool WasActive(const Inquiry& inquiry, const EventSpan& span, std::string_view target, MonotonicTime before,
               MonotonicTime from, MonotonicTime to) {
  const ScenarioEvent& event = inquiry.scenario.events[span.index];
  const std::string* exporter = ExporterOf(event.action);
  if (exporter != nullptr && !IsExporter(*exporter, target)) return false;
  if (event.requests) return HasRequest(inquiry, *exporter, *event.requests, from, to);
  if (span.begin >= to) return false;
  // TellClock tells of one that was there before.
  if (std::holds_alternative<ClockDrift>(event.action)) return span.begin >= from;
  const bool restarts = std::holds_alternative<ExporterRestart>(event.action);
  if (const std::optional<Nanoseconds> length = LengthOf(event.action)) {
    return span.begin + *length >= (restarts ? before : from);
  }
  return !span.end || *span.end >= from;
}

/// `since 1m10s, for 45s`, `at 5m`, `for request 3`.
std::string WhenText(const ScenarioEvent& event, MonotonicTime begin) {
  if (event.requests) {
    const RequestSpan& span = *event.requests;
    return span.first == span.last ? fmt::format("for request {}", span.first)
                                   : fmt::format("for requests {} to {}", span.first, span.last);
  }
  const bool instant = LengthOf(event.action) == Nanoseconds(0);
  std::string when = (instant ? "at " : "since ") + InstantText(begin);
  if (event.lasts) when += ", for " + LengthText(*event.lasts);
  return when;
}

/// `fault: refuse on app-1:8080 since 1m10s, for 45s`, `restart of app-1:8080 at 5m`, `event at 5m: reload`.
std::string EventText(const ScenarioEvent& event, MonotonicTime begin) {
  const std::string when = WhenText(event, begin);
  if (const auto* restart = std::get_if<ExporterRestart>(&event.action)) {
    return fmt::format("restart of {} {}", restart->address, when);
  }
  std::string what = ActionText(event.action);
  const auto* fault = std::get_if<ExporterFault>(&event.action);
  if (fault == nullptr) return fmt::format("event {}: {}", when, what);
  const std::string prefix = fault->address + ": ";
  if (what.compare(0, prefix.size(), prefix) == 0) what.erase(0, prefix.size());
  const std::size_t comma = std::min(what.find(','), what.size());
  return fmt::format("fault: {} on {} {}{}", what.substr(0, comma), fault->address, when, what.substr(comma));
}

/// The last event before the scrape that changed the wall clock, if the scrape's time shows it.
void TellClock(Inquiry& inquiry, const History::Scrape& scrape) {
  const RunRecord::Scrape* seen = inquiry.result.record.FindScrape(trace::ScrapeSeq{scrape.seq});
  const Nanoseconds late = seen == nullptr ? Nanoseconds(0) : seen->late;
  const WallTime undisturbed = inquiry.scenario.start + scrape.begin.time_since_epoch();
  const Nanoseconds ahead = WallTime(std::chrono::milliseconds(scrape.t_ms)) + late - undisturbed;
  // Rounded up: sample times are cut to milliseconds.
  const std::int64_t ahead_ms = std::chrono::ceil<std::chrono::milliseconds>(ahead).count();
  const EventSpan* last = nullptr;
  for (const EventSpan& span : inquiry.result.events) {
    const Action& action = inquiry.scenario.events[span.index].action;
    const bool clock = std::holds_alternative<ClockStep>(action) || std::holds_alternative<ClockDrift>(action);
    if (clock && span.begin < scrape.begin) last = &span;
  }
  if (last == nullptr || ahead_ms == 0) return;
  inquiry.Add(
      LinkKind::kEvent, last->begin,
      fmt::format("{}; at this scrape it is {} {}", EventText(inquiry.scenario.events[last->index], last->begin),
                  LengthText(std::chrono::milliseconds(ahead_ms < 0 ? -ahead_ms : ahead_ms)),
                  ahead_ms < 0 ? "slow" : "fast"));
}

/// The first sample of the body that exceeds a limit of labels.
void TellLabelLimit(Inquiry& inquiry, const History::Scrape& scrape, const ServerHistory::Job& job) {
  if (!job) return;
  const LabelLimits limits{job->label_limit, job->label_name_length_limit, job->label_value_length_limit};
  for (const BodySample& sample : inquiry.Read(scrape).samples) {
    const Status status = sample.after.empty() ? Status() : CheckLabelLimits(sample.after, limits);
    if (status.ok()) continue;
    const std::string_view text = status.error().message;
    const bool ours = inquiry.IsSubject(sample.after);
    Link& link = inquiry.AddLine(scrape, sample.offset,
                                 fmt::format("{}: {}, ", text.substr(0, text.find(' ')),
                                             ours ? "a label of this series" : "a label of another series"));
    link.kind = LinkKind::kLimit;
    link.series = SeriesText(sample.after);
    return;
  }
}

/// A target that no exporter answers for is refused; often its address is misspelt on one side.
void TellMissingExporter(Inquiry& inquiry, const History::Scrape& scrape, const History::Loop& loop) {
  const std::string target = AddressOf(loop.url);
  std::vector<std::string_view> addresses;
  for (const ExporterSpec& exporter : inquiry.scenario.exporters) {
    if (IsExporter(exporter.address, target)) return;
    addresses.push_back(exporter.address);
  }
  const std::string_view nearest = text::NearestWord(target, addresses);
  inquiry.Add(LinkKind::kNote, scrape,
              fmt::format("the scenario has no exporter at {}: connections are refused{}", target,
                          nearest.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", nearest)));
}

}  // namespace

void TellSchedule(Inquiry& inquiry, const History::Scrape& scrape) {
  const History::Loop& loop = inquiry.history.LoopOf(scrape);
  const std::int64_t slot = loop.grid.SlotOf(scrape.t_ms);
  std::string text = fmt::format("scrape {} of {} begins", scrape.number, loop.subject);
  if (slot < 0) {
    text += fmt::format(", before the first one that was planned, at {}", inquiry.Since(loop.grid.g0_ms));
  } else {
    const std::int64_t late_ms = scrape.t_ms - (loop.grid.g0_ms + slot * loop.grid.interval_ms);
    text += fmt::format(", slot {}: every {} from {}", slot, LengthText(loop.interval), inquiry.Since(loop.grid.g0_ms));
    if (late_ms > 0) text += fmt::format(", {} late", LengthText(std::chrono::milliseconds(late_ms)));
  }
  const RunRecord::Scrape* seen = inquiry.result.record.FindScrape(trace::ScrapeSeq{scrape.seq});
  if (seen != nullptr && seen->late != Nanoseconds(0)) {
    text += fmt::format("; it began {} off and takes the grid's time", LengthText(seen->late));
  }
  inquiry.Add(LinkKind::kScrape, scrape.begin, std::move(text)).scrape = scrape.seq;
  TellClock(inquiry, scrape);
  TellEvents(inquiry, loop, scrape.begin, scrape.end().value_or(MonotonicTime(inquiry.scenario.duration)));
  if (scrape.error_kind() == ScrapeErrorKind::kTransport) TellMissingExporter(inquiry, scrape, loop);
}

void TellEvents(Inquiry& inquiry, const History::Loop& loop, MonotonicTime from, MonotonicTime to) {
  const std::string target = AddressOf(loop.url);
  MonotonicTime before = loop.started;
  for (const std::uint64_t seq : loop.scrapes) {
    const MonotonicTime begin = inquiry.history.FindScrape(seq)->begin;
    if (begin < from) before = begin;
  }
  std::vector<const EventSpan*> shown;
  for (const EventSpan& span : inquiry.result.events) {
    if (WasActive(inquiry, span, target, before, from, to)) shown.push_back(&span);
  }
  const std::size_t left_out = shown.size() - std::min(shown.size(), kEventsShownMax);
  for (std::size_t i = left_out; i < shown.size(); ++i) {
    std::string text = EventText(inquiry.scenario.events[shown[i]->index], shown[i]->begin);
    if (i == left_out && i > 0) text += fmt::format(" (and {} more events before it)", left_out);
    inquiry.Add(LinkKind::kEvent, shown[i]->begin, std::move(text));
  }
}

void TellResponse(Inquiry& inquiry, const History::Scrape& scrape) {
  if (!scrape.fetched) return;
  if (scrape.failed() && !scrape.fetch_error.empty()) {
    Link& link = inquiry.Add(LinkKind::kResponse, scrape, FailureSentence(inquiry, scrape));
    link.scrape = scrape.seq;
    return;
  }
  std::string text = scrape.hops.size() > 1 ? fmt::format("after {} redirects: ", scrape.hops.size() - 1) : "";
  text += fmt::format("response {}, {} bytes, {}", scrape.hops.empty() ? "" : scrape.hops.back().status,
                      scrape.body_bytes, scrape.content_type.empty() ? "no Content-Type" : scrape.content_type);
  const Nanoseconds took = *scrape.fetched - scrape.begin;
  if (took > Nanoseconds(0)) text += fmt::format(", after {}", LengthText(took));
  inquiry.Add(LinkKind::kResponse, scrape, std::move(text));
}

std::string FailureSentence(const Inquiry& inquiry, const History::Scrape& scrape) {
  const History::Loop& loop = inquiry.history.LoopOf(scrape);
  const std::string_view error = scrape.finished ? scrape.finished->error : scrape.fetch_error;
  if (!scrape.forced_error.empty()) {
    return fmt::format("{} asked for nothing: {}", inquiry.Name(scrape), scrape.forced_error);
  }
  if (scrape.error_kind() == ScrapeErrorKind::kTimeout && scrape.fetched) {
    return fmt::format("{} was given up at {}: timeout {}, {}", inquiry.Name(scrape), SecondsText(*scrape.fetched),
                       LengthText(loop.timeout), WaitedFor(inquiry, scrape));
  }
  if (scrape.parse_failed != nullptr) {
    const trace::ParseFailed& parse = *scrape.parse_failed;
    const std::string place =
        parse.line == 0 ? fmt::format("byte {}", parse.offset) : fmt::format("{}:{}", parse.line, parse.column);
    return fmt::format("{} failed: the body does not parse at {}: {}", inquiry.Name(scrape), place, error);
  }
  return fmt::format("{} failed: {}", inquiry.Name(scrape), error);
}

void TellFailure(Inquiry& inquiry, const History::Scrape& scrape) {
  const ServerHistory::Job job = inquiry.server.JobAt(inquiry.history.LoopOf(scrape).pool, scrape.begin);
  switch (scrape.error_kind()) {
    case ScrapeErrorKind::kParse:
      if (scrape.parse_failed == nullptr) break;
      inquiry.AddLine(scrape, scrape.parse_failed->offset, "does not parse at ");
      break;
    case ScrapeErrorKind::kSampleLimit:
      inquiry.Add(LinkKind::kLimit, scrape,
                  fmt::format("sample_limit is {}: {} samples are left after metric relabelling",
                              job ? job->sample_limit : 0, scrape.finished->samples_post_relabel));
      break;
    case ScrapeErrorKind::kLabelLimit:
      TellLabelLimit(inquiry, scrape, job);
      break;
    default:
      inquiry.Add(LinkKind::kNote, scrape, FailureSentence(inquiry, scrape));
      break;
  }
  inquiry.Add(LinkKind::kNote, scrape,
              "a scrape that fails keeps nothing of its body, also what stood before the error");
}

std::string_view FailureReason(const History::Scrape& scrape) {
  switch (scrape.error_kind()) {
    case ScrapeErrorKind::kTimeout:
      return "timeout";
    case ScrapeErrorKind::kParse:
      return "parse_failed";
    case ScrapeErrorKind::kSampleLimit:
    case ScrapeErrorKind::kLabelLimit:
    case ScrapeErrorKind::kBucketLimit:
    case ScrapeErrorKind::kBodyLimit:
      return "limit";
    case ScrapeErrorKind::kAppend:
      return "append_failed";
    default:
      return scrape.forced_error.empty() ? "scrape_failed" : "limit";
  }
}

}  // namespace stalemark::scenario
