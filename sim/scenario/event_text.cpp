// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/event_text.h"

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/seams/append_code_text.h"
#include "core/trace/trace_reader.h"
#include "sim/scenario/scenario_loader.h"
#include "sim/scenario/yaml_edit.h"

namespace stalemark::scenario {
namespace {

std::string StorageText(std::size_t storage) {
  return storage == 0 ? std::string() : fmt::format(", storage: 'secondary {}'", storage);
}

struct ActionYaml {
  std::string operator()(const ExporterFault& fault) const {
    const FaultTraits& traits = TraitsOf(fault.kind);
    std::string text = fmt::format("exporter: {}, fault: {}", QuotedScalar(fault.address), traits.name);
    for (std::size_t i = 0; i < kFaultKeys; ++i) {
      const auto key = static_cast<FaultKey>(i);
      if (!traits.Takes(key)) continue;
      const std::string value = ValueOf(key, fault);
      if (!value.empty()) text += fmt::format(", {}: {}", FaultKeyText(key), value);
    }
    return text;
  }
  std::string operator()(const ExporterRestart& restart) const {
    const std::string down = restart.down == Nanoseconds(0) ? "true" : FormatDuration(restart.down);
    return fmt::format("exporter: {}, restart: {}", QuotedScalar(restart.address), down);
  }
  std::string operator()(const TargetsChange& change) const {
    std::vector<std::string> jobs;
    for (const auto& [job, groups] : change.sets) jobs.push_back(QuotedScalar(job) + ": []");
    for (const std::string& job : change.restored) jobs.push_back(QuotedScalar(job) + ": ~");
    return fmt::format("targets: {{{}}}", fmt::join(jobs, ", "));
  }
  std::string operator()(const Reload&) const { return "reload: ~"; }
  std::string operator()(const ClockStep& step) const {
    return fmt::format("clock: {{step: {}}}", FormatDuration(step.step));
  }
  std::string operator()(const ClockDrift& drift) const {
    return fmt::format("clock: {{drift: {}ppm}}", drift.parts_per_million);
  }
  std::string operator()(const ProcessPause& pause) const {
    return fmt::format("pause: {}", FormatDuration(pause.length));
  }
  std::string operator()(const TimerJitter& jitter) const {
    return fmt::format("jitter: {{up_to: {}}}", FormatDuration(jitter.late_max));
  }
  std::string operator()(const CommitTrouble& trouble) const {
    return fmt::format("commit: {{delay: {}, error: {}{}}}", FormatDuration(trouble.fault.delay),
                       QuotedScalar(trouble.fault.error), StorageText(trouble.storage));
  }
  std::string operator()(const AppendTrouble& trouble) const {
    return fmt::format("append: {{kind: {}, error: {}{}}}", AppendCodeText(trouble.fault.code),
                       QuotedScalar(trouble.fault.error), StorageText(trouble.storage));
  }

  /// Empty: as where the key is not there.
  static std::string ValueOf(FaultKey key, const ExporterFault& fault) {
    switch (key) {
      case FaultKey::kAfter:
        return fault.after ? std::to_string(*fault.after) : "";
      case FaultKey::kBytes:
        return std::to_string(fault.bytes);
      case FaultKey::kDelay:
        return FormatDuration(fault.delay);
      case FaultKey::kStatus:
        return std::to_string(fault.status);
      case FaultKey::kXor:
        return std::to_string(fault.xor_mask);
      case FaultKey::kError:
      case FaultKey::kLocation:
      case FaultKey::kContentType:
        return fault.text.empty() ? "" : QuotedScalar(fault.text);
    }
    return {};
  }
};

std::string WhenText(const ScenarioEvent& event) {
  if (event.requests) {
    const RequestSpan& span = *event.requests;
    return span.first == span.last ? fmt::format("request: {}", span.first)
                                   : fmt::format("request: {}-{}", span.first, span.last);
  }
  if (!event.during) return "at: " + FormatDuration(event.at.time_since_epoch());
  const DuringScrape& during = *event.during;
  std::string text = "during: {exporter: " + QuotedScalar(during.exporter);
  if (!during.job.empty()) text += ", job: " + QuotedScalar(during.job);
  text += fmt::format(", scrape: {}, phase: {}", during.scrape, ScrapePhaseText(during.phase));
  if (during.after > Nanoseconds(0)) text += ", after: " + FormatDuration(during.after);
  return text + "}";
}

std::string Document(const std::vector<std::string>& head, const std::vector<std::string>& events) {
  std::string text;
  for (const std::string& line : head) text += line + "\n";
  if (!events.empty()) text += "events:\n";
  for (const std::string& event : events) text += "  - " + event + "\n";
  return text;
}

}  // namespace

std::string EventText(const ScenarioEvent& event) {
  std::string text = fmt::format("{{{}, {}", WhenText(event), std::visit(ActionYaml(), event.action));
  // How long a restart takes stands in it.
  const bool says_how_long = std::holds_alternative<ExporterRestart>(event.action);
  if (event.lasts && !says_how_long) text += ", for: " + FormatDuration(*event.lasts);
  return text + "}";
}

ExporterFault DefaultFault(std::string address, FaultKind kind) {
  const FaultTraits& traits = TraitsOf(kind);
  ExporterFault fault;
  fault.address = std::move(address);
  fault.kind = kind;
  fault.status = traits.status_default;
  fault.bytes = traits.bytes_default;
  fault.delay = traits.delay_default;
  return fault;
}

std::vector<std::string> PlanHead(const Scenario& scenario) {
  return {fmt::format("seed: {}", scenario.seed),
          fmt::format("choices: {}", scenario.seeded_choices ? "seeded" : "fixed")};
}

std::string PlanText(const Scenario& scenario) {
  return Document(PlanHead(scenario), scenario.planned);
}

Result<Scenario> ReadPlan(std::string_view plan, std::string_view plan_file, const Scenario& scenario) {
  const BundleFiles none;
  return ScenarioLoader(plan_file, none).LoadPlan(plan, scenario);
}

Result<std::string> PlanFromTrace(std::string_view trace) {
  Result<trace::TraceReader> reader = trace::TraceReader::Open(trace);
  if (!reader.ok()) return reader.error();
  std::vector<std::string> head;
  std::vector<std::string> events;
  while (true) {
    Result<std::optional<trace::TimedEvent>> next = reader->Next();
    if (!next.ok()) return next.error();
    if (!*next) break;
    const auto* planned = std::get_if<trace::EventPlanned>(&(*next)->event);
    if (planned == nullptr) continue;
    (planned->text.substr(0, 1) == "{" ? events : head).emplace_back(planned->text);
  }
  if (head.empty()) return Error{"the trace has no plan: nothing was drawn from a seed"};
  return Document(head, events);
}

}  // namespace stalemark::scenario
