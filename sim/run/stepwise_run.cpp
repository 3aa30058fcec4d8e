// SPDX-License-Identifier: Apache-2.0
#include "sim/run/stepwise_run.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/text/go_quote.h"
#include "sim/final_series.h"
#include "sim/run/action_text.h"
#include "sim/run/observe.h"
#include "sim/run/run_choices.h"
#include "sim/scenario/config_error.h"
#include "sim/scenario/event_text.h"

namespace stalemark::scenario {
namespace {

std::vector<LateSpan> LateSpansOf(const Scenario& scenario) {
  std::vector<LateSpan> spans;
  for (const ScenarioEvent& event : scenario.events) {
    const auto* jitter = std::get_if<TimerJitter>(&event.action);
    if (jitter == nullptr) continue;
    const MonotonicTime end(scenario.duration + Nanoseconds(1));
    spans.push_back({event.at, event.lasts ? event.at + *event.lasts : end, jitter->late_max});
  }
  return spans;
}

SimulationOptions OptionsOf(const Scenario& scenario) {
  SimulationOptions options;
  options.start = scenario.start;
  options.hostname = scenario.hostname;
  options.scrape = scenario.scrape;
  options.load = scenario.config.load;
  // What a recording says of targets is all there is.
  options.targets =
      scenario.recording ? SimulationOptions::Targets::kFromCaller : SimulationOptions::Targets::kFromConfig;
  return options;
}

}  // namespace

ScenarioRun::ScenarioRun(const Scenario& scenario, const RunOptions& options)
    : scenario_(scenario),
      end_(scenario.duration),
      choices_(ChoicesOf(scenario,
                         [this](ChoicePoint point, std::size_t alternatives, std::size_t picked) {
                           trace_.Emit(trace::ChoiceMade{static_cast<std::uint8_t>(point), alternatives, picked});
                         })),
      trace_(scenario, options),
      events_(scenario.events.begin(), scenario.events.end()),
      simulation_(
          OptionsOf(scenario), scenario.files,
          [this](VirtualClock& clock) -> Appendable& { return MakeStorage(clock); }, &trace_, *choices_) {
  trace_.SetManager(simulation_.manager());
  simulation_.network().SetRequestLog(&trace_);
  simulation_.timers().SetSpans(LateSpansOf(scenario), scenario.seed);
  AddExporters(options);
  if (scenario.recording) {
    simulation_.timers().SetRecorded(scenario.recording->timers);
    simulation_.network().SetRecorded(scenario.recording->exchanges);
  }
  for (const auto& [job, groups] : scenario.targets) simulation_.SetDiscovered(job, groups);
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].requests) ArmFault(i);
  }
  ApplyConfig(scenario_.config, std::nullopt);
  EmitPlan();
  AddMoments();
}

ScenarioRun::~ScenarioRun() = default;

void ScenarioRun::AddExporters(const RunOptions& options) {
  for (const ExporterSpec& spec : scenario_.exporters) {
    auto exporter = std::make_unique<ScenarioExporter>(spec, scenario_.start, scenario_.seed);
    exporters_[spec.address] = exporter.get();
    std::unique_ptr<Exporter> other_end = std::move(exporter);
    if (options.trace == trace::Level::kDetail) {
      other_end = WithAnswerLog(std::move(other_end), spec.address, &result_.answers);
    }
    simulation_.network().SetExporter(spec.address, std::move(other_end));
  }
}

Appendable& ScenarioRun::MakeStorage(VirtualClock& clock) {
  trace_.SetClock(clock);
  std::vector<Appendable*> secondaries;
  for (std::size_t i = 0; i <= scenario_.secondaries; ++i) {
    HeadSinks sinks;
    if (i == 0) sinks.wal = trace_.commits();
    result_.storages.push_back(std::make_unique<Head>(scenario_.head, sinks));
    faulty_.push_back(std::make_unique<FaultyStorage>(*result_.storages.back(), clock, clock));
    if (i > 0) secondaries.push_back(faulty_.back().get());
  }
  if (secondaries.empty()) return *faulty_.front();
  fanout_ = std::make_unique<FanoutStorage>(*faulty_.front(), std::move(secondaries));
  return *fanout_;
}

/// What is known before the run begins: no event that waits for a request or a scrape, and no end.
void ScenarioRun::AddMoments() {
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const ScenarioEvent& event = events_[i];
    if (!event.requests && !event.during) moments_.insert({event.at, Moment::Edge::kBegin, event.at, i});
  }
  for (const MonotonicTime at : scenario_.expect.observed_at) moments_.insert({at, Moment::Edge::kObserve, at, 0});
}

/// What was drawn from the seed stands at the start of the trace.
void ScenarioRun::EmitPlan() {
  if (scenario_.planned.empty() && !scenario_.seeded_choices) return;
  for (const std::string& line : PlanHead(scenario_)) trace_.Emit(trace::EventPlanned{line});
  for (const std::string& event : scenario_.planned) trace_.Emit(trace::EventPlanned{event});
}

void ScenarioRun::Emit(const std::string& text) {
  trace_.Emit(trace::ScenarioEvent{text});
}

// ---- time ----

void ScenarioRun::RunTo(MonotonicTime until) {
  until = std::min(until, end_);
  while (true) {
    const bool has_moment = !moments_.empty() && moments_.begin()->at <= until;
    if (!RunEngine(has_moment ? moments_.begin()->at : until)) continue;
    if (!has_moment) break;
    const Moment moment = *moments_.begin();
    moments_.erase(moments_.begin());
    Take(moment);
  }
  done_ = now() >= end_;
}

void ScenarioRun::Step() {
  RunTo(NextDue().value_or(end_));
}

std::optional<MonotonicTime> ScenarioRun::NextDue() const {
  std::optional<MonotonicTime> due = simulation_.clock().NextDue();
  if (!moments_.empty() && (!due || moments_.begin()->at < *due)) due = moments_.begin()->at;
  if (!due || *due > end_) return std::nullopt;
  return std::max(*due, now());
}

/// False: it stopped before, at the end of an instant in which a scrape reached the phase that an event waits for; the
/// event's moment is known now.
bool ScenarioRun::RunEngine(MonotonicTime until) {
  VirtualClock& clock = simulation_.clock();
  PhaseWatch& phases = trace_.phases();
  while (phases.active() && !phases.has_reached() && clock.RunNext(until)) {
  }
  const bool reached = phases.has_reached();
  // All of this instant, HARN-08.
  simulation_.RunUntil(reached ? clock.MonotonicNow() : until);
  for (const std::size_t index : phases.TakeReached()) {
    const ScenarioEvent& event = events_[index];
    moments_.insert({now() + event.during->after, Moment::Edge::kBegin, event.at, index});
    waited_for_.insert(index);
  }
  return !reached;
}

void ScenarioRun::Take(const Moment& moment) {
  switch (moment.edge) {
    case Moment::Edge::kEnd:
      End(moment.index);
      break;
    case Moment::Edge::kBegin:
      Begin(moment.at, moment.index);
      break;
    case Moment::Edge::kObserve:
      result_.observations.push_back(Observe(moment.at, simulation_.manager()));
      break;
  }
}

// ---- events ----

Status ScenarioRun::Inject(ScenarioEvent event) {
  if (event.requests || event.during) return Error{"an injected event happens now, it cannot wait for a scrape"};
  if (std::holds_alternative<TimerJitter>(event.action)) {
    return Error{"jitter has to be known before the run begins, it cannot be injected"};
  }
  // A pause may have moved the clock beyond what was asked for.
  RunTo(now());
  event.at = now();
  events_.push_back(std::move(event));
  Begin(now(), events_.size() - 1);
  RunTo(now());
  return {};
}

void ScenarioRun::ArmFault(std::size_t index) {
  const ScenarioEvent& event = events_[index];
  const auto& fault = std::get<ExporterFault>(event.action);
  exporters_.at(fault.address)->AddFault(*event.requests, fault, [this, &event, index] {
    waited_for_.insert(index);
    result_.events.push_back({index, now(), std::nullopt});
    const RequestSpan span = *event.requests;
    const std::string requests = span.first == span.last ? fmt::format("request {}", span.first)
                                                         : fmt::format("requests {} to {}", span.first, span.last);
    Emit(fmt::format("{}, {}", ActionText(event.action), requests));
  });
}

void ScenarioRun::Begin(MonotonicTime at, std::size_t index) {
  const ScenarioEvent& event = events_[index];
  result_.events.push_back({index, now(), std::nullopt});
  if (event.lasts) moments_.insert({at + *event.lasts, Moment::Edge::kEnd, event.at, index});
  std::string text = ActionText(event.action);
  if (event.lasts) text += fmt::format(", for {}", FormatGoDuration(*event.lasts));
  Emit(text);
  std::visit([&](const auto& action) { Do(action, index); }, event.action);
}

// A later event of the same kind takes the place of one that lasts; the end of the first is then not its end.
void ScenarioRun::Do(const ExporterFault& fault, std::size_t index) {
  exporters_.at(fault.address)->SetFault(fault);
  CloseSpan(std::exchange(fault_events_[fault.address], index));
}

void ScenarioRun::Do(const ExporterRestart& restart, std::size_t) {
  exporters_.at(restart.address)->Restart(now() + restart.down);
}

void ScenarioRun::Do(const TargetsChange& change, std::size_t) {
  for (const auto& [job, groups] : change.sets) simulation_.SetDiscovered(job, groups);
  for (const std::string& job : change.restored) {
    const auto found = scenario_.targets.find(job);
    if (found == scenario_.targets.end()) {
      simulation_.ForgetDiscovered(job);
    } else {
      simulation_.SetDiscovered(job, found->second);
    }
  }
  simulation_.SendDiscovered();
}

void ScenarioRun::Do(const Reload& reload, std::size_t index) {
  ApplyConfig(reload.config ? *reload.config : scenario_.config, index);
}

void ScenarioRun::Do(const ClockStep& step, std::size_t) {
  simulation_.clock().StepWall(step.step);
}

void ScenarioRun::Do(const ClockDrift& drift, std::size_t index) {
  simulation_.clock().SetDrift(drift.parts_per_million);
  CloseSpan(std::exchange(drift_event_, index));
}

void ScenarioRun::Do(const ProcessPause& pause, std::size_t) {
  simulation_.clock().Pause(pause.length);
}

/// The timers know it from the start.
void ScenarioRun::Do(const TimerJitter&, std::size_t) {}

void ScenarioRun::Do(const CommitTrouble& trouble, std::size_t index) {
  faulty_[trouble.storage]->SetStandingFault(trouble.fault);
  CloseSpan(std::exchange(commit_events_[trouble.storage], index));
}

void ScenarioRun::Do(const AppendTrouble& trouble, std::size_t index) {
  faulty_[trouble.storage]->SetAppendFault(trouble.fault);
  CloseSpan(std::exchange(append_events_[trouble.storage], index));
}

void ScenarioRun::End(std::size_t index) {
  if (!Undo(index)) return;
  CloseSpan(index);
  Emit("over: " + ActionText(events_[index].action));
}

/// False: something else has taken the event's place.
bool ScenarioRun::Undo(std::size_t index) {
  const Action& action = events_[index].action;
  if (const auto* fault = std::get_if<ExporterFault>(&action)) {
    if (fault_events_[fault->address] != index) return false;
    exporters_.at(fault->address)->ClearFault();
  } else if (const auto* commit = std::get_if<CommitTrouble>(&action)) {
    if (commit_events_[commit->storage] != index) return false;
    faulty_[commit->storage]->SetStandingFault({});
  } else if (const auto* append = std::get_if<AppendTrouble>(&action)) {
    if (append_events_[append->storage] != index) return false;
    faulty_[append->storage]->SetAppendFault({});
  } else if (std::holds_alternative<ClockDrift>(action)) {
    if (drift_event_ != index) return false;
    simulation_.clock().SetDrift(0);
  }
  return true;
}

/// Something else takes the event's place, or its time is over. Nothing: there is none.
void ScenarioRun::CloseSpan(std::optional<std::size_t> index) {
  if (!index) return;
  const auto open = std::find_if(result_.events.rbegin(), result_.events.rend(),
                                 [&](const EventSpan& span) { return span.index == *index; });
  if (open != result_.events.rend() && !open->end) open->end = now();
}

// ---- configurations ----

/// What happens next does not wait for it.
void ScenarioRun::ApplyConfig(const ConfigSource& config, ConfigOrigin origin) {
  configs_.push_back(origin);
  simulation_.StartApplyConfig(config.text, config.load, [this, &config](const Status& status) {
    // They end in the order in which they began.
    const ConfigOrigin ended = configs_.front();
    configs_.pop_front();
    CheckApplied(config, ended, status);
  });
}

std::string ScenarioRun::ExpectedError(ConfigOrigin origin) const {
  return origin ? std::get<Reload>(events_[*origin].action).expect_error : std::string();
}

void ScenarioRun::CheckApplied(const ConfigSource& config, ConfigOrigin origin, const Status& status) {
  configs_applied_ += status.ok() ? 1 : 0;
  config_error_ = status.ok() ? std::string() : status.error().message;
  const std::string expected = ExpectedError(origin);
  if (status.ok() && expected.empty()) return;
  Failure failure{scenario_.file, {}, "config", {}, {}, {}, {}};
  if (origin) failure.place = events_[*origin].place, failure.kind = "reload", failure.subject = "reload";
  if (status.ok()) {
    failure.message = "applied, expected an error with " + text::GoQuote(expected);
    result_.failures.push_back(std::move(failure));
    return;
  }
  const std::string& message = status.error().message;
  const std::string placed = PlacedConfigError(config, scenario_.files);
  if (!expected.empty()) {
    if (placed.find(expected) != std::string::npos || message.find(expected) != std::string::npos) return;
    failure.message = fmt::format("expected an error with {}, found", text::GoQuote(expected));
    failure.detail = placed.empty() ? message : placed;
  } else if (placed.empty()) {
    failure.message = message;
  } else {
    // The text has its own places: those of the configuration.
    failure = {{}, {}, failure.kind, {}, placed, {}, {}};
  }
  result_.failures.push_back(std::move(failure));
}

// ---- the end ----

ScenarioResult ScenarioRun::Finish() {
  RunTo(end_);
  CheckPending();
  CheckHappened();
  CheckPools();
  for (const std::unique_ptr<Head>& head : result_.storages) AddSeries(*head);
  result_.observations.push_back(Observe(end_, simulation_.manager()));
  for (const ObservedTarget& target : result_.observations.back().targets) {
    result_.target_count += target.dropped ? 0 : 1;
  }
  for (const ExporterSpec& spec : scenario_.exporters) {
    if (exporters_.at(spec.address)->requests() == 0) result_.unasked_exporters.push_back(spec.address);
  }
  result_.scrape_count = trace_.record().scrapes().size();
  result_.store_digest = trace::DigestText(trace_.writer().store_digest());
  result_.trace_digest = trace::DigestText(trace_.writer().trace_digest());
  result_.timeline = trace_.timeline().Take();
  result_.record = std::move(trace_.record());
  result_.limit_use = std::move(trace_.limit_use());
  result_.trace = trace_.writer().TakeBytes();
  return std::move(result_);
}

/// Configurations that are still being applied.
void ScenarioRun::CheckPending() {
  for (const ConfigOrigin& origin : configs_) {
    if (!origin) continue;
    const ScenarioEvent& reload = events_[*origin];
    const std::string since = FormatGoDuration(reload.at.time_since_epoch());
    trace_.timeline().Add({now(), simulation_.clock().WallNow(), "-", "config",
                           fmt::format("the reload of {} is not done at the end of the run", since), Tone::kBad});
    const std::string expected = ExpectedError(origin);
    if (expected.empty()) continue;
    std::string message = "not done at the end of the run, expected an error with " + text::GoQuote(expected);
    result_.failures.push_back({scenario_.file, reload.place, "reload", "reload", std::move(message), {}, {}});
  }
}

/// Events of the file that waited for a request or a scrape in vain. A plan may well have some.
void ScenarioRun::CheckHappened() {
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const ScenarioEvent& event = events_[i];
    if (event.place.line == 0 || waited_for_.count(i) > 0 || (!event.requests && !event.during)) continue;
    std::string message = "never happened: ";
    if (event.requests) {
      const std::string& address = std::get<ExporterFault>(event.action).address;
      message += fmt::format("{} got {} requests", address, exporters_.at(address)->requests());
    } else {
      message +=
          fmt::format("{} scrapes of {} began, and the phase {} of scrape {} did not", trace_.phases().ScrapesSeen(i),
                      event.during->exporter, ScrapePhaseText(event.during->phase), event.during->scrape);
    }
    result_.failures.push_back(
        {scenario_.file, event.place, "event", ActionText(event.action), std::move(message), {}, {}});
  }
}

/// A job without a pool scrapes nothing. What the scenario expects of a pool, sim/expect judges.
void ScenarioRun::CheckPools() {
  const std::vector<ExpectedPoolError>& expected = scenario_.expect.server.pool_errors;
  for (const RunRecord::PoolError& error : trace_.record().pool_errors()) {
    const bool is_expected = std::any_of(expected.begin(), expected.end(),
                                         [&error](const ExpectedPoolError& one) { return one.pool == error.pool; });
    if (is_expected) continue;
    Failure failure{scenario_.file, {}, "pool", error.pool, "the pool could not be created: " + error.error, {}, {}};
    failure.next =
        fmt::format("mend the job, or expect it: `expect: {{pool_errors: {{{}: 'PART OF THE ERROR'}}}}`", error.pool);
    result_.failures.push_back(std::move(failure));
  }
}

void ScenarioRun::AddSeries(const Head& head) {
  const bool is_primary = &head == result_.storages.front().get();
  head.ForEachSeries([&](const SeriesView& series) {
    if (series.samples.empty()) return;
    AddFinalSeries(series, &trace_.writer());
    if (is_primary) result_.sample_count += series.samples.size();
  });
}

}  // namespace stalemark::scenario
