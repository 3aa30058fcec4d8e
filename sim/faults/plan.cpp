// SPDX-License-Identifier: Apache-2.0
#include "sim/faults/plan.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/config/config.h"
#include "sim/scenario/event_text.h"
#include "sim/seeds.h"

namespace stalemark::scenario {
namespace {

using std::chrono::milliseconds;

/// Requests of one exporter and intervals of a run for which something is drawn.
constexpr std::int64_t kDrawsMax = 100'000;
/// Requests in a row, and intervals, that one fault lasts at most.
constexpr std::uint64_t kRequestsMax = 4;
constexpr std::uint64_t kIntervalsMax = 4;

constexpr int kStatuses[] = {201, 204, 304, 400, 401, 403, 404, 408, 418, 429, 500, 502, 503, 504, 599};
constexpr int kRedirects[] = {301, 302, 303, 307, 308};
constexpr std::string_view kLocations[] = {"/moved", "/metrics?again=1", "http://nobody.invalid:9/metrics"};
constexpr std::string_view kContentTypes[] = {"", "text/html; charset=utf-8", "application/json",
                                              "text/plain; version=0.0.4; charset=utf-8",
                                              "application/openmetrics-text; version=1.0.0; charset=utf-8"};
constexpr std::string_view kTlsErrors[] = {
    "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    "tls: failed to verify certificate: x509: certificate is valid for localhost, not the target",
    "remote error: tls: handshake failure", "EOF"};
constexpr AppendCode kAppendCodes[] = {AppendCode::kOutOfOrder, AppendCode::kDuplicate, AppendCode::kOutOfBounds,
                                       AppendCode::kTooOld, AppendCode::kOther};

/// What the configuration of the start says about time and jobs.
struct Schedule {
  Nanoseconds interval = std::chrono::minutes(1);
  Nanoseconds timeout = std::chrono::seconds(10);
  std::vector<std::string> jobs;
};

Schedule ScheduleOf(const Scenario& scenario) {
  Schedule schedule;
  const Result<Config> config = LoadConfig(scenario.config.text, scenario.config.load);
  if (!config.ok()) return schedule;
  const Result<std::vector<ScrapeConfig>> jobs = ScrapeConfigs(*config, scenario.config.load, scenario.files);
  if (!jobs.ok() || jobs->empty()) return schedule;
  const auto shortest = std::min_element(jobs->begin(), jobs->end(), [](const ScrapeConfig& a, const ScrapeConfig& b) {
    return a.scrape_interval < b.scrape_interval;
  });
  schedule.interval = std::max<Nanoseconds>(shortest->scrape_interval, milliseconds(1));
  schedule.timeout = shortest->scrape_timeout;
  for (const ScrapeConfig& job : *jobs) schedule.jobs.push_back(job.job_name);
  return schedule;
}

/// Draws for one exporter, or for the server.
class Drawing {
 public:
  Drawing(const Swarm& swarm, const Schedule& schedule, std::uint64_t seed)
      : swarm_(swarm), schedule_(schedule), random_(seed) {}

  bool Happens() { return random_.Below(swarm_.rate_of) < swarm_.rate; }
  std::uint64_t Between(std::uint64_t low, std::uint64_t high) { return random_.Between(low, high); }
  template <class T, std::size_t N>
  T OneOf(const T (&all)[N]) {
    return all[random_.Below(N)];
  }
  template <class T>
  const T& OneOf(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(random_.Below(all.size()))];
  }
  /// In milliseconds, the finest that a scenario file can say.
  Nanoseconds Time(Nanoseconds low, Nanoseconds high) {
    const auto count = [](Nanoseconds t) {
      return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(t).count());
    };
    return milliseconds(static_cast<std::int64_t>(random_.Between(count(low), std::max(count(low), count(high)))));
  }
  /// Up to some intervals.
  Nanoseconds Intervals(std::uint64_t max) {
    return Time(milliseconds(1), schedule_.interval * static_cast<std::int64_t>(max));
  }

  ExporterFault Fault(const std::string& address, const SwarmKind& kind);
  Action Other(const SwarmKind& kind);

 private:
  std::uint64_t DrawBytes(FaultKind kind);

  const Swarm& swarm_;
  const Schedule& schedule_;
  SplitMix64 random_;
};

std::uint64_t Drawing::DrawBytes(FaultKind kind) {
  constexpr std::uint64_t kBlock = 65536;
  switch (kind) {
    case FaultKind::kDrip:
      return Between(64, 4096);
    case FaultKind::kGzipBomb:
    case FaultKind::kOversize:
      return Between(1, 16) * kBlock;
    default:
      return Between(1, 16);
  }
}

ExporterFault Drawing::Fault(const std::string& address, const SwarmKind& kind) {
  ExporterFault fault = DefaultFault(address, kind.fault);
  const FaultTraits& traits = TraitsOf(kind.fault);
  const bool has_own_place = kind.fault == FaultKind::kBadGzip || kind.fault == FaultKind::kNonUtf8;
  if (traits.Takes(FaultKey::kAfter) && (!has_own_place || Between(0, 1) == 1)) fault.after = Between(0, 4095);
  if (traits.Takes(FaultKey::kBytes)) fault.bytes = DrawBytes(kind.fault);
  if (traits.Takes(FaultKey::kDelay)) {
    fault.delay = kind.fault == FaultKind::kDrip ? Time(milliseconds(1), std::chrono::seconds(1))
                                                 : Time(Nanoseconds(0), schedule_.timeout * 3 / 2);
  }
  if (traits.Takes(FaultKey::kStatus))
    fault.status = kind.fault == FaultKind::kStatus ? OneOf(kStatuses) : OneOf(kRedirects);
  if (kind.status != 0) fault.status = kind.status;
  if (traits.Takes(FaultKey::kXor)) fault.xor_mask = static_cast<std::uint8_t>(Between(1, 255));
  if (traits.Takes(FaultKey::kError)) fault.text = OneOf(kTlsErrors);
  if (traits.Takes(FaultKey::kLocation)) fault.text = OneOf(kLocations);
  if (traits.Takes(FaultKey::kContentType)) fault.text = OneOf(kContentTypes);
  return fault;
}

Action Drawing::Other(const SwarmKind& kind) {
  // One draw a statement: the order in which the operands of an expression are worked out is the compiler's.
  const auto either_sign = [this](auto value) { return Between(0, 1) == 0 ? value : -value; };
  switch (kind.what) {
    case SwarmKind::What::kPause:
      return ProcessPause{Intervals(2)};
    case SwarmKind::What::kClockStep: {
      const Nanoseconds step = Time(milliseconds(1), std::chrono::seconds(10));
      return ClockStep{either_sign(step)};
    }
    case SwarmKind::What::kClockDrift: {
      const auto ppm = static_cast<std::int64_t>(Between(1, 500));
      return ClockDrift{either_sign(ppm)};
    }
    case SwarmKind::What::kJitter:
      return TimerJitter{Time(milliseconds(1), milliseconds(100))};
    case SwarmKind::What::kCommitDelay:
      return CommitTrouble{0, {Intervals(2), ""}};
    case SwarmKind::What::kCommitError:
      return CommitTrouble{0, {Nanoseconds(0), "write wal: no space left on device"}};
    case SwarmKind::What::kAppendError: {
      const AppendCode code = OneOf(kAppendCodes);
      return AppendTrouble{0, {code, code == AppendCode::kOther ? "disk failure" : AppendCodeError(code)}};
    }
    case SwarmKind::What::kReload:
      return Reload{};
    case SwarmKind::What::kTargets:
    case SwarmKind::What::kFault:
      break;
  }
  TargetsChange gone;
  gone.sets[OneOf(schedule_.jobs)] = {};
  return gone;
}

class Planner {
 public:
  explicit Planner(const Scenario& scenario)
      : scenario_(scenario), swarm_(*scenario.swarm), schedule_(ScheduleOf(scenario)) {
    end_ = std::min(swarm_.until.value_or(scenario.duration), scenario.duration);
    for (const SwarmKind& kind : swarm_.enabled) {
      const bool has_no_job = kind.what == SwarmKind::What::kTargets && schedule_.jobs.empty();
      if (kind.what == SwarmKind::What::kFault) {
        faults_.push_back(kind);
      } else if (!has_no_job) {
        others_.push_back(kind);
      }
    }
  }

  std::vector<ScenarioEvent> Draw() {
    if (!faults_.empty()) {
      for (const ExporterSpec& exporter : scenario_.exporters) DrawFaults(exporter.address);
    }
    if (!others_.empty()) DrawOthers();
    return std::move(events_);
  }

 private:
  /// Scrape intervals of the time in which something may begin.
  std::int64_t Draws() const { return std::min<std::int64_t>(end_ / schedule_.interval, kDrawsMax); }

  void DrawFaults(const std::string& address) {
    Drawing draw(swarm_, schedule_, DeriveSeed(scenario_.seed, "plan.exporter", address));
    const auto requests = static_cast<std::uint64_t>(Draws());
    for (std::uint64_t request = 1; request <= requests; ++request) {
      if (!draw.Happens()) continue;
      ScenarioEvent event;
      event.requests = RequestSpan{request, std::min(request + draw.Between(0, kRequestsMax - 1), requests)};
      event.action = draw.Fault(address, draw.OneOf(faults_));
      request = event.requests->last;
      events_.push_back(std::move(event));
    }
  }

  void DrawOthers() {
    Drawing draw(swarm_, schedule_, DeriveSeed(scenario_.seed, "plan.server"));
    for (std::int64_t i = 0; i < Draws(); ++i) {
      if (!draw.Happens()) continue;
      ScenarioEvent event;
      event.at =
          MonotonicTime(schedule_.interval * i + draw.Time(Nanoseconds(0), schedule_.interval - milliseconds(1)));
      const SwarmKind& kind = draw.OneOf(others_);
      event.action = draw.Other(kind);
      AddOther(std::move(event), draw.Intervals(kIntervalsMax));
    }
  }

  /// `lasts`: for those that do.
  void AddOther(ScenarioEvent event, Nanoseconds lasts) {
    const Action& action = event.action;
    if (const auto* gone = std::get_if<TargetsChange>(&action)) {
      ScenarioEvent back;
      back.at = event.at + lasts;
      back.action = TargetsChange{{}, {gone->sets.begin()->first}};
      events_.push_back(std::move(event));
      if (back.at <= MonotonicTime(scenario_.duration)) events_.push_back(std::move(back));
      return;
    }
    const bool ends = std::holds_alternative<TimerJitter>(action) || std::holds_alternative<CommitTrouble>(action) ||
                      std::holds_alternative<AppendTrouble>(action) || std::holds_alternative<ClockDrift>(action);
    if (ends) event.lasts = lasts;
    events_.push_back(std::move(event));
  }

  const Scenario& scenario_;
  const Swarm& swarm_;
  const Schedule schedule_;
  Nanoseconds end_{0};
  std::vector<SwarmKind> faults_;
  std::vector<SwarmKind> others_;
  std::vector<ScenarioEvent> events_;
};

}  // namespace

Scenario WithPlan(const Scenario& scenario) {
  Scenario planned = scenario;
  if (!scenario.swarm) return planned;
  for (ScenarioEvent& event : Planner(scenario).Draw()) {
    planned.planned.push_back(EventText(event));
    planned.events.push_back(std::move(event));
  }
  planned.swarm.reset();
  SortEvents(&planned);
  return planned;
}

Scenario UnderSeed(const Scenario& scenario, std::uint64_t seed) {
  Scenario seeded = scenario;
  seeded.seed = seed;
  seeded.seeded_choices = true;
  seeded.replay_arguments = {"--seed", std::to_string(seed)};
  if (!seeded.swarm) seeded.swarm = DefaultSwarm();
  if (!seeded.expect.under_seeds) seeded.expect = {};
  return seeded;
}

}  // namespace stalemark::scenario
