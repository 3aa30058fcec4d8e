// SPDX-License-Identifier: Apache-2.0
#include "sim/run/scenario_run.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/storage/fanout.h"
#include "core/text/go_quote.h"
#include "core/trace/trace_writer.h"
#include "sim/exporters/scenario_exporter.h"
#include "sim/faults/plan.h"
#include "sim/final_series.h"
#include "sim/run/action_text.h"
#include "sim/run/observe.h"
#include "sim/run/phase_watch.h"
#include "sim/run/run_choices.h"
#include "sim/run/run_record.h"
#include "sim/scenario/config_error.h"
#include "sim/scenario/event_text.h"
#include "sim/simulation.h"

namespace stalemark::scenario {
namespace {

/// Hands every event of the run to the digests, the evidence and, if wanted, the timeline.
class RunTrace final : public TraceSink, public RequestLog {
 public:
  RunTrace(const Scenario& scenario, const RunOptions& options)
      : with_timeline_(options.lines == RunOptions::Lines::kTimeline),
        also_(options.sink),
        phases_(scenario.events),
        writer_(options.trace),
        timeline_(record_) {}
  /// Before the first event.
  void SetClock(const Clock& clock) { clock_ = &clock; }
  void SetManager(const ScrapeManager& manager) { manager_ = &manager; }

  void OnEvent(MonotonicTime at, const trace::Event& event) override {
    writer_.OnEvent(at, event);
    record_.OnEvent(at, clock_->WallNow(), event);
    limit_use_.OnEvent(at, event, record_, *manager_);
    if (with_timeline_) timeline_.OnEvent(at, clock_->WallNow(), event);
    phases_.OnEvent(event);
    if (also_ != nullptr) also_->OnEvent(at, event);
  }
  /// An event of the run's own, now.
  void Emit(const trace::Event& event) { OnEvent(clock_->MonotonicNow(), event); }

  void OnRequest(MonotonicTime, std::string_view, const HopRequest& request) override { record_.OnRequest(request); }
  void OnFailedDial(MonotonicTime, std::string_view, DialFailure) override {}

  trace::TraceWriter& writer() { return writer_; }
  LimitUse& limit_use() { return limit_use_; }
  RunRecord& record() { return record_; }
  Timeline& timeline() { return timeline_; }
  PhaseWatch& phases() { return phases_; }

 private:
  const bool with_timeline_;
  TraceSink* const also_;
  PhaseWatch phases_;
  const Clock* clock_ = nullptr;
  const ScrapeManager* manager_ = nullptr;
  trace::TraceWriter writer_;
  RunRecord record_;
  LimitUse limit_use_;
  Timeline timeline_;
};

/// The begin or the end of an event, or a look at the server; in the order in which they happen.
struct Step {
  MonotonicTime at{};
  enum class Edge : std::uint8_t { kEnd, kBegin, kObserve } edge = Edge::kBegin;
  /// Of the event.
  std::size_t index = 0;

  friend bool operator<(const Step& a, const Step& b) {
    return std::tie(a.at, a.edge, a.index) < std::tie(b.at, b.edge, b.index);
  }
};

/// What is known before the run begins: no event that waits for a request or a scrape, and no end.
std::multiset<Step> StepsOf(const Scenario& scenario) {
  std::multiset<Step> steps;
  for (std::size_t i = 0; i < scenario.events.size(); ++i) {
    const ScenarioEvent& event = scenario.events[i];
    if (!event.requests && !event.during) steps.insert({event.at, Step::Edge::kBegin, i});
  }
  for (const MonotonicTime at : scenario.expect.observed_at) steps.insert({at, Step::Edge::kObserve, 0});
  return steps;
}

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
  options.targets = SimulationOptions::Targets::kFromConfig;
  return options;
}

class ScenarioRun {
 public:
  ScenarioRun(const Scenario& scenario, const RunOptions& options)
      : scenario_(scenario),
        choices_(ChoicesOf(scenario,
                           [this](ChoicePoint point, std::size_t alternatives, std::size_t picked) {
                             trace_.Emit(trace::ChoiceMade{static_cast<std::uint8_t>(point), alternatives, picked});
                           })),
        trace_(scenario, options),
        simulation_(
            OptionsOf(scenario), scenario.files,
            [this](VirtualClock& clock) -> Appendable& { return MakeStorage(clock); }, &trace_, *choices_) {
    trace_.SetManager(simulation_.manager());
    simulation_.network().SetRequestLog(&trace_);
    simulation_.timers().SetSpans(LateSpansOf(scenario), scenario.seed);
    for (const ExporterSpec& spec : scenario.exporters) {
      auto exporter = std::make_unique<ScenarioExporter>(spec, scenario.start, scenario.seed);
      exporters_[spec.address] = exporter.get();
      std::unique_ptr<Exporter> other_end = std::move(exporter);
      if (options.trace == trace::Level::kDetail) {
        other_end = WithAnswerLog(std::move(other_end), spec.address, &result_.answers);
      }
      simulation_.network().SetExporter(spec.address, std::move(other_end));
    }
    for (const auto& [job, groups] : scenario.targets) simulation_.SetDiscovered(job, groups);
    for (const ScenarioEvent& event : scenario.events) {
      if (event.requests) ArmFault(event);
    }
  }

  ScenarioResult Run() {
    ApplyConfig(scenario_.config, nullptr);
    EmitPlan();
    steps_ = StepsOf(scenario_);
    const MonotonicTime end(scenario_.duration);
    while (true) {
      const bool has_step = !steps_.empty() && steps_.begin()->at <= end;
      if (!RunTo(has_step ? steps_.begin()->at : end)) continue;
      if (!has_step) break;
      const Step step = *steps_.begin();
      steps_.erase(steps_.begin());
      Take(step);
    }
    return Finish();
  }

 private:
  /// What was drawn from the seed stands at the start of the trace.
  void EmitPlan() {
    if (scenario_.planned.empty() && !scenario_.seeded_choices) return;
    for (const std::string& line : PlanHead(scenario_)) trace_.Emit(trace::EventPlanned{line});
    for (const std::string& event : scenario_.planned) trace_.Emit(trace::EventPlanned{event});
  }

  /// False: it stopped before, at the end of an instant in which a scrape reached the phase that an event waits for;
  /// there is a step for it now.
  bool RunTo(MonotonicTime until) {
    VirtualClock& clock = simulation_.clock();
    PhaseWatch& phases = trace_.phases();
    while (phases.active() && !phases.has_reached() && clock.RunNext(until)) {
    }
    const bool reached = phases.has_reached();
    // All of this instant, HARN-08.
    simulation_.RunUntil(reached ? clock.MonotonicNow() : until);
    for (const std::size_t index : phases.TakeReached()) {
      const MonotonicTime at = clock.MonotonicNow() + scenario_.events[index].during->after;
      steps_.insert({at, Step::Edge::kBegin, index});
      waited_for_.insert(index);
    }
    return !reached;
  }

  void Take(const Step& step) {
    switch (step.edge) {
      case Step::Edge::kEnd:
        End(scenario_.events[step.index]);
        break;
      case Step::Edge::kBegin:
        Begin(step);
        break;
      case Step::Edge::kObserve:
        result_.observations.push_back(Observe(step.at, simulation_.manager()));
        break;
    }
  }

  void ArmFault(const ScenarioEvent& event) {
    const auto& fault = std::get<ExporterFault>(event.action);
    const RequestSpan span = *event.requests;
    exporters_.at(fault.address)->AddFault(span, fault, [this, &event, span] {
      waited_for_.insert(IndexOf(event));
      result_.events.push_back({IndexOf(event), simulation_.clock().MonotonicNow(), std::nullopt});
      const std::string requests = span.first == span.last ? fmt::format("request {}", span.first)
                                                           : fmt::format("requests {} to {}", span.first, span.last);
      Emit(fmt::format("{}, {}", ActionText(event.action), requests));
    });
  }

  Appendable& MakeStorage(VirtualClock& clock) {
    trace_.SetClock(clock);
    std::vector<Appendable*> secondaries;
    for (std::size_t i = 0; i <= scenario_.secondaries; ++i) {
      result_.storages.push_back(std::make_unique<Head>(scenario_.head));
      faulty_.push_back(std::make_unique<FaultyStorage>(*result_.storages.back(), clock, clock));
      if (i > 0) secondaries.push_back(faulty_.back().get());
    }
    if (secondaries.empty()) return *faulty_.front();
    fanout_ = std::make_unique<FanoutStorage>(*faulty_.front(), std::move(secondaries));
    return *fanout_;
  }

  /// `reload`: null for the first configuration. What happens next does not wait for it.
  void ApplyConfig(const ConfigSource& config, const ScenarioEvent* reload) {
    configs_.push_back(reload);
    simulation_.StartApplyConfig(config.text, config.load, [this, &config](const Status& status) {
      // They end in the order in which they began.
      const ScenarioEvent* ended = configs_.front();
      configs_.pop_front();
      CheckApplied(config, ended, status);
    });
  }

  static std::string ExpectedError(const ScenarioEvent* reload) {
    return reload == nullptr ? std::string() : std::get<Reload>(reload->action).expect_error;
  }

  void CheckApplied(const ConfigSource& config, const ScenarioEvent* reload, const Status& status) {
    const std::string expected = ExpectedError(reload);
    if (status.ok() && expected.empty()) return;
    Failure failure{scenario_.file, {}, "config", {}, {}, {}, {}};
    if (reload != nullptr) failure.place = reload->place, failure.kind = "reload", failure.subject = "reload";
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

  /// Configurations that are still being applied.
  void CheckPending() {
    for (const ScenarioEvent* reload : configs_) {
      if (reload == nullptr) continue;
      const VirtualClock& clock = simulation_.clock();
      const std::string since = FormatGoDuration(reload->at.time_since_epoch());
      trace_.timeline().Add({clock.MonotonicNow(), clock.WallNow(), "-", "config",
                             fmt::format("the reload of {} is not done at the end of the run", since), Tone::kBad});
      const std::string expected = ExpectedError(reload);
      if (expected.empty()) continue;
      result_.failures.push_back({scenario_.file,
                                  reload->place,
                                  "reload",
                                  "reload",
                                  "not done at the end of the run, expected an error with " + text::GoQuote(expected),
                                  {},
                                  {}});
    }
  }

  void Emit(const std::string& text) { trace_.Emit(trace::ScenarioEvent{text}); }

  std::size_t IndexOf(const ScenarioEvent& event) const {
    return static_cast<std::size_t>(&event - scenario_.events.data());
  }

  /// Something else takes the event's place, or its time is over. Null: there is none.
  void CloseSpan(const ScenarioEvent* event) {
    if (event == nullptr) return;
    const auto open = std::find_if(result_.events.rbegin(), result_.events.rend(),
                                   [&](const EventSpan& span) { return span.index == IndexOf(*event); });
    if (open != result_.events.rend() && !open->end) open->end = simulation_.clock().MonotonicNow();
  }

  void Begin(const Step& step) {
    const ScenarioEvent& event = scenario_.events[step.index];
    result_.events.push_back({step.index, simulation_.clock().MonotonicNow(), std::nullopt});
    if (event.lasts) steps_.insert({step.at + *event.lasts, Step::Edge::kEnd, step.index});
    std::string text = ActionText(event.action);
    if (event.lasts) text += fmt::format(", for {}", FormatGoDuration(*event.lasts));
    Emit(text);
    std::visit([&](const auto& action) { Do(action, event); }, event.action);
  }

  // A later event of the same kind takes the place of one that lasts; the end of the first is then not its end.
  void Do(const ExporterFault& fault, const ScenarioEvent& event) {
    exporters_.at(fault.address)->SetFault(fault);
    CloseSpan(std::exchange(fault_events_[fault.address], &event));
  }
  void Do(const ExporterRestart& restart, const ScenarioEvent&) {
    exporters_.at(restart.address)->Restart(simulation_.clock().MonotonicNow() + restart.down);
  }
  void Do(const TargetsChange& change, const ScenarioEvent&) {
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
  void Do(const Reload& reload, const ScenarioEvent& event) {
    ApplyConfig(reload.config ? *reload.config : scenario_.config, &event);
  }
  void Do(const ClockStep& step, const ScenarioEvent&) { simulation_.clock().StepWall(step.step); }
  void Do(const ClockDrift& drift, const ScenarioEvent& event) {
    simulation_.clock().SetDrift(drift.parts_per_million);
    CloseSpan(std::exchange(drift_event_, &event));
  }
  void Do(const ProcessPause& pause, const ScenarioEvent&) { simulation_.clock().Pause(pause.length); }
  /// The timers know it from the start.
  void Do(const TimerJitter&, const ScenarioEvent&) {}
  void Do(const CommitTrouble& trouble, const ScenarioEvent& event) {
    faulty_[trouble.storage]->SetStandingFault(trouble.fault);
    CloseSpan(std::exchange(commit_events_[trouble.storage], &event));
  }
  void Do(const AppendTrouble& trouble, const ScenarioEvent& event) {
    faulty_[trouble.storage]->SetAppendFault(trouble.fault);
    CloseSpan(std::exchange(append_events_[trouble.storage], &event));
  }

  void End(const ScenarioEvent& event) {
    if (!Undo(event)) return;
    CloseSpan(&event);
    Emit("over: " + ActionText(event.action));
  }

  /// False: something else has taken the event's place.
  bool Undo(const ScenarioEvent& event) {
    if (const auto* fault = std::get_if<ExporterFault>(&event.action)) {
      if (fault_events_[fault->address] != &event) return false;
      exporters_.at(fault->address)->ClearFault();
    } else if (const auto* commit = std::get_if<CommitTrouble>(&event.action)) {
      if (commit_events_[commit->storage] != &event) return false;
      faulty_[commit->storage]->SetStandingFault({});
    } else if (const auto* append = std::get_if<AppendTrouble>(&event.action)) {
      if (append_events_[append->storage] != &event) return false;
      faulty_[append->storage]->SetAppendFault({});
    } else if (std::holds_alternative<ClockDrift>(event.action)) {
      if (drift_event_ != &event) return false;
      simulation_.clock().SetDrift(0);
    }
    return true;
  }

  /// Events of the file that waited for a request or a scrape in vain. A plan may well have some.
  void CheckHappened() {
    for (std::size_t i = 0; i < scenario_.events.size(); ++i) {
      const ScenarioEvent& event = scenario_.events[i];
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

  ScenarioResult Finish() {
    CheckPending();
    CheckHappened();
    for (const std::unique_ptr<Head>& head : result_.storages) AddSeries(*head);
    result_.observations.push_back(Observe(MonotonicTime(scenario_.duration), simulation_.manager()));
    for (const ObservedTarget& target : result_.observations.back().targets)
      result_.target_count += target.dropped ? 0 : 1;
    result_.scrape_count = trace_.record().scrapes().size();
    result_.store_digest = trace::DigestText(trace_.writer().store_digest());
    result_.trace_digest = trace::DigestText(trace_.writer().trace_digest());
    result_.timeline = trace_.timeline().Take();
    result_.record = std::move(trace_.record());
    result_.limit_use = std::move(trace_.limit_use());
    result_.trace = trace_.writer().TakeBytes();
    return std::move(result_);
  }

  void AddSeries(const Head& head) {
    const bool is_primary = &head == result_.storages.front().get();
    head.ForEachSeries([&](const SeriesView& series) {
      if (series.samples.empty()) return;
      AddFinalSeries(series, &trace_.writer());
      if (is_primary) result_.sample_count += series.samples.size();
    });
  }

  const Scenario& scenario_;
  ScenarioResult result_;
  std::unique_ptr<Choices> choices_;
  RunTrace trace_;
  std::vector<std::unique_ptr<FaultyStorage>> faulty_;
  std::unique_ptr<FanoutStorage> fanout_;
  /// The events whose configurations are being applied; null for the first configuration.
  std::deque<const ScenarioEvent*> configs_;
  Simulation simulation_;
  /// The network owns them.
  std::map<std::string, ScenarioExporter*> exporters_;
  std::map<std::string, const ScenarioEvent*> fault_events_;
  std::map<std::size_t, const ScenarioEvent*> commit_events_;
  std::map<std::size_t, const ScenarioEvent*> append_events_;
  const ScenarioEvent* drift_event_ = nullptr;
  /// Still to come.
  std::multiset<Step> steps_;
  /// Events whose request or scrape has come.
  std::set<std::size_t> waited_for_;
};

}  // namespace

ScenarioResult RunScenario(const Scenario& scenario, const RunOptions& options) {
  if (!scenario.swarm) return ScenarioRun(scenario, options).Run();
  const Scenario planned = WithPlan(scenario);
  return ScenarioRun(planned, options).Run();
}

}  // namespace stalemark::scenario
