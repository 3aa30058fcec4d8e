// SPDX-License-Identifier: Apache-2.0
#include "sim/report/chrome_trace.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/config/json_text.h"
#include "core/model/duration.h"
#include "core/trace/trace_reader.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::report {
namespace {

using scenario::RunRecord;
using trace::LoopId;
using trace::ScrapeSeq;

/// Where something is drawn.
struct Track {
  std::uint64_t process = 0;
  std::uint64_t thread = 0;
};

/// What concerns the server; pools have the processes from 2 on, and thread 0 of each for what concerns the pool.
constexpr Track kServer{1, 0};

struct Arg {
  std::string_view name;
  std::variant<std::uint64_t, std::string> value;
};

std::string Micros(std::int64_t ns) {
  return fmt::format("{}.{:03}", ns / 1000, ns % 1000);
}

/// Writes the objects of `traceEvents`.
class EventWriter {
 public:
  explicit EventWriter(const TextSink& out) : out_(out) {}

  void Name(std::string_view what, Track track, std::string_view name) {
    Write("M", what, track, 0, std::nullopt, {{"name", std::string(name)}});
  }
  void Order(std::string_view what, Track track, std::uint64_t index) {
    Write("M", what, track, 0, std::nullopt, {{"sort_index", index}});
  }
  void Span(std::string_view name, Track track, std::int64_t from_ns, std::int64_t to_ns,
            const std::vector<Arg>& args) {
    Write("X", name, track, from_ns, to_ns - from_ns, args);
  }
  void Instant(std::string_view name, Track track, std::int64_t at_ns, const std::vector<Arg>& args) {
    Write("i", name, track, at_ns, std::nullopt, args);
  }
  void Counter(std::string_view name, Track track, std::int64_t at_ns, const std::vector<Arg>& args) {
    Write("C", name, {track.process, 0}, at_ns, std::nullopt, args);
  }

 private:
  void Write(std::string_view phase, std::string_view name, Track track, std::int64_t at_ns,
             std::optional<std::int64_t> length_ns, const std::vector<Arg>& args) {
    std::string text = count_++ == 0 ? "\n" : ",\n";
    {
      JsonObject object(text);
      object.AlwaysText("ph", phase);
      object.AlwaysText("name", name);
      object.AlwaysUint("pid", track.process);
      object.AlwaysUint("tid", track.thread);
      object.Key("ts") += Micros(at_ns);
      if (length_ns) object.Key("dur") += Micros(*length_ns);
      // The server's instants concern everything below.
      if (phase == "i") object.AlwaysText("s", track.process == kServer.process ? "g" : "t");
      JsonObject values(object.Key("args"));
      for (const Arg& arg : args) {
        if (const auto* number = std::get_if<std::uint64_t>(&arg.value)) {
          values.AlwaysUint(arg.name, *number);
        } else {
          values.AlwaysText(arg.name, std::get<std::string>(arg.value));
        }
      }
    }
    out_(text);
  }

  const TextSink& out_;
  std::size_t count_ = 0;
};

/// A span below that of its scrape.
struct Phase {
  std::string name;
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
  std::vector<Arg> args;
};

/// A scrape that is not drawn yet.
struct Scrape {
  LoopId loop{};
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
  std::vector<Phase> phases;
  /// The last phase goes on.
  bool in_phase = false;
  bool finished = false;
  bool failed = false;
  std::vector<Arg> args;
};

class ChromeTrace {
 public:
  ChromeTrace(const RunRecord& record, const TextSink& out) : record_(record), writer_(out) {
    writer_.Name("process_name", kServer, "server");
    writer_.Name("thread_name", kServer, "events");
  }

  void OnEvent(const trace::TimedEvent& timed) {
    now_ns_ = timed.at.time_since_epoch().count();
    std::visit([this](const auto& event) { Draw(event); }, timed.event);
  }

  /// Scrapes that are under way at the end of the run.
  void Finish(std::int64_t end_ns) {
    now_ns_ = end_ns;
    for (auto& [id, scrape] : scrapes_) {
      if (!scrape.finished) scrape.args.push_back({"end", std::string("the run ends before the scrape")});
      if (!scrape.finished) scrape.to_ns = end_ns;
      DrawScrape(scrape);
    }
    scrapes_.clear();
  }

 private:
  // ---- tracks ----

  std::uint64_t ProcessOf(const std::string& pool) {
    const auto [at, added] = processes_.try_emplace(pool, processes_.size() + kServer.process + 1);
    if (added) {
      writer_.Name("process_name", {at->second, 0}, pool);
      writer_.Order("process_sort_index", {at->second, 0}, at->second);
      writer_.Name("thread_name", {at->second, 0}, "pool");
    }
    return at->second;
  }

  /// Tracks of one target: the first is busy when a loop scrapes it while the one before still does.
  struct Lane {
    Track track;
    std::int64_t busy_until_ns = 0;
  };

  Lane& LaneOf(LoopId id, std::int64_t from_ns) {
    const RunRecord::Loop& loop = *record_.FindLoop(id);
    const std::uint64_t process = ProcessOf(loop.pool);
    std::vector<Lane>& lanes = lanes_[{process, scenario::SeriesText(loop.labels)}];
    const auto idle =
        std::find_if(lanes.begin(), lanes.end(), [&](const Lane& lane) { return lane.busy_until_ns <= from_ns; });
    if (idle != lanes.end()) return *idle;
    const Track track{process, ++threads_[process]};
    writer_.Name("thread_name", track,
                 lanes.empty() ? loop.subject : fmt::format("{} ({})", loop.subject, lanes.size() + 1));
    writer_.Order("thread_sort_index", track, track.thread);
    lanes.push_back({track, 0});
    return lanes.back();
  }
  Track TrackOf(LoopId loop) { return LaneOf(loop, now_ns_).track; }
  Track PoolTrack(std::string_view pool) { return {ProcessOf(std::string(pool)), 0}; }

  // ---- scrapes ----

  void DrawScrape(Scrape& scrape) {
    Lane& lane = LaneOf(scrape.loop, scrape.from_ns);
    lane.busy_until_ns = scrape.to_ns;
    writer_.Span(scrape.failed ? "scrape: down" : "scrape", lane.track, scrape.from_ns, scrape.to_ns, scrape.args);
    if (scrape.in_phase) scrape.phases.back().to_ns = scrape.to_ns;
    for (const Phase& phase : scrape.phases) {
      writer_.Span(phase.name, lane.track, phase.from_ns, phase.to_ns, phase.args);
    }
  }

  /// Null: it has been drawn, or there is none.
  Scrape* Find(ScrapeSeq id) {
    const auto at = scrapes_.find(id);
    return at == scrapes_.end() ? nullptr : &at->second;
  }

  void BeginPhase(Scrape& scrape, std::string name, std::vector<Arg> args) {
    EndPhase(scrape);
    scrape.phases.push_back({std::move(name), now_ns_, now_ns_, std::move(args)});
    scrape.in_phase = true;
  }
  void EndPhase(Scrape& scrape) {
    if (scrape.in_phase) scrape.phases.back().to_ns = now_ns_;
    scrape.in_phase = false;
  }

  /// A loop has one scrape at a time: the one before is over.
  void DrawEarlier(LoopId loop) {
    const auto last = last_scrapes_.find(loop);
    if (last == last_scrapes_.end()) return;
    const auto at = scrapes_.find(last->second);
    DrawScrape(at->second);
    scrapes_.erase(at);
  }

  // ---- events ----

  void Draw(const trace::ScrapeStarted& e) {
    DrawEarlier(e.loop);
    last_scrapes_[e.loop] = e.scrape;
    Scrape& scrape = scrapes_[e.scrape];
    scrape.loop = e.loop;
    scrape.from_ns = scrape.to_ns = now_ns_;
    scrape.args = {{"scrape", static_cast<std::uint64_t>(e.scrape)}, {"t_ms", std::to_string(e.t_ms)}};
    if (e.late_ns != 0) scrape.args.push_back({"late", FormatGoDuration(Nanoseconds(e.late_ns))});
  }
  void Draw(const trace::RequestSent& e) {
    if (Scrape* scrape = Find(e.scrape)) {
      BeginPhase(*scrape, e.hop <= 1 ? "request" : fmt::format("redirect {}", e.hop - 1),
                 {{"url", std::string(e.url)}});
    }
  }
  void Draw(const trace::HeadReceived& e) {
    if (Scrape* scrape = Find(e.scrape)) BeginPhase(*scrape, "body", {{"status", std::string(e.status)}});
  }
  void Draw(const trace::FetchFinished& e) {
    Scrape* scrape = Find(e.scrape);
    if (scrape == nullptr) return;
    EndPhase(*scrape);
    scrape->to_ns = now_ns_;
    if (e.body_bytes >= 0) scrape->args.push_back({"body_bytes", static_cast<std::uint64_t>(e.body_bytes)});
  }
  void Draw(const trace::ScrapeFinished& e) {
    Scrape* scrape = Find(e.scrape);
    if (scrape == nullptr) return;
    EndPhase(*scrape);
    scrape->finished = true;
    scrape->failed = e.error_kind != 0;
    scrape->to_ns = now_ns_;
    scrape->args.insert(scrape->args.end(), {{"samples_scraped", e.samples_scraped},
                                             {"samples_post_relabel", e.samples_post_relabel},
                                             {"series_added", e.series_added},
                                             {"stale_markers", e.stale_markers}});
    if (scrape->failed) scrape->args.push_back({"error", std::string(e.error)});
    const std::string& subject = record_.FindLoop(e.loop)->subject;
    writer_.Counter("samples " + subject, TrackOf(e.loop), now_ns_,
                    {{"scraped", e.samples_scraped}, {"new series", e.series_added}});
  }
  void Draw(const trace::TransactionEnded& e) {
    Scrape* scrape = Find(e.scrape);
    if (scrape == nullptr) return;
    if (scrape->finished && now_ns_ > scrape->to_ns) {
      scrape->phases.push_back({"commit", scrape->to_ns, now_ns_, {}});
      scrape->to_ns = now_ns_;
    }
    if (!e.committed) scrape->args.push_back({"transaction", std::string("rolled back")});
    if (!e.error.empty()) scrape->args.push_back({"commit_error", std::string(e.error)});
  }
  void Draw(const trace::ParseFailed& e) {
    const Scrape* scrape = Find(e.scrape);
    if (scrape == nullptr) return;
    writer_.Instant(
        "parse error", TrackOf(scrape->loop), now_ns_,
        {{"error", std::string(e.error)}, {"line", e.line}, {"column", e.column}, {"bytes", std::string(e.bytes)}});
  }
  void Draw(const trace::SampleAppended& e) {
    const Scrape* scrape = Find(e.scrape);
    if (e.verdict == 0 || scrape == nullptr) return;
    writer_.Instant("refused sample", TrackOf(scrape->loop), now_ns_,
                    {{"series", scenario::SeriesText(*e.labels)}, {"error", std::string(e.error)}});
  }
  void Draw(const trace::LoopStarted& e) {
    writer_.Instant("loop started", TrackOf(e.loop), now_ns_,
                    {{"url", std::string(e.url)},
                     {"interval", FormatGoDuration(Nanoseconds(e.interval_ns))},
                     {"timeout", FormatGoDuration(Nanoseconds(e.timeout_ns))},
                     {"first scrape in", FormatGoDuration(Nanoseconds(e.wait_ns))}});
  }
  void Draw(const trace::LoopStopped& e) { writer_.Instant("loop stopped", TrackOf(e.loop), now_ns_, {}); }
  void Draw(const trace::EndOfRun& e) {
    writer_.Instant(e.abandoned ? "no stale markers: the pool stopped" : "stale markers at the end of the loop",
                    TrackOf(e.loop), now_ns_, {});
  }
  void Draw(const trace::PoolCreated& e) {
    writer_.Instant(e.error.empty() ? "pool created" : "pool not created", PoolTrack(e.pool), now_ns_,
                    {{"error", std::string(e.error)}});
  }
  void Draw(const trace::PoolStopped& e) { writer_.Instant("pool stopped", PoolTrack(e.pool), now_ns_, {}); }
  void Draw(const trace::PoolSynced& e) {
    writer_.Instant("targets", PoolTrack(e.pool), now_ns_,
                    {{"active", e.active}, {"dropped", e.dropped}, {"failed", e.failed}});
  }
  void Draw(const trace::TargetRefused& e) {
    writer_.Instant(e.error.empty() ? "target dropped" : "target failed", PoolTrack(e.pool), now_ns_,
                    {{"address", std::string(e.discovered == nullptr ? "" : e.discovered->Get("__address__"))},
                     {"error", std::string(e.error)}});
  }
  void Draw(const trace::ConfigApplied& e) {
    writer_.Instant(e.error.empty() ? "configuration applied" : "configuration refused", kServer, now_ns_,
                    {{"error", std::string(e.error)}});
  }
  void Draw(const trace::TargetsReceived& e) {
    writer_.Instant("targets received", kServer, now_ns_, {{"jobs", e.jobs}});
  }
  void Draw(const trace::ScenarioEvent& e) { writer_.Instant(e.text, kServer, now_ns_, {}); }
  /// What is no moment of its own.
  template <class E>
  void Draw(const E&) {}

  const RunRecord& record_;
  EventWriter writer_;
  std::int64_t now_ns_ = 0;
  std::map<std::string, std::uint64_t> processes_;
  /// Threads that were given out, by process.
  std::map<std::uint64_t, std::uint64_t> threads_;
  /// By process and the target's labels.
  std::map<std::pair<std::uint64_t, std::string>, std::vector<Lane>> lanes_;
  /// The last one of each loop, and their numbers.
  std::map<ScrapeSeq, Scrape> scrapes_;
  std::map<LoopId, ScrapeSeq> last_scrapes_;
};

}  // namespace

Status WriteChromeTrace(const scenario::Scenario& scenario, const scenario::ScenarioResult& result,
                        const TextSink& out) {
  Result<trace::TraceReader> reader = trace::TraceReader::Open(result.trace);
  if (!reader.ok()) return reader.error();
  std::string head = "{\"displayTimeUnit\":\"ms\",\"otherData\":";
  {
    JsonObject other(head);
    other.AlwaysText("scenario", scenario.name);
    other.AlwaysInt("start_unix_ms", UnixMillis(scenario.start));
    other.AlwaysText("trace_digest", result.trace_digest);
  }
  out(head + ",\"traceEvents\":[");
  ChromeTrace chrome(result.record, out);
  for (;;) {
    const Result<std::optional<trace::TimedEvent>> next = reader->Next();
    if (!next.ok()) return next.error();
    if (!*next) break;
    chrome.OnEvent(**next);
  }
  chrome.Finish(scenario.duration.count());
  out("\n]}\n");
  return {};
}

}  // namespace stalemark::report
