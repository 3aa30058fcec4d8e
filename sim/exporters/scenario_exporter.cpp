// SPDX-License-Identifier: Apache-2.0
#include "sim/exporters/scenario_exporter.h"

#include <utility>

#include "sim/exporters/fault_answers.h"
#include "sim/exporters/series_exporter.h"
#include "sim/exporters/template_exporter.h"

namespace stalemark::scenario {
namespace {

std::unique_ptr<Exporter> Answering(const std::vector<ScriptedExporter::Step>& steps, WallTime) {
  return std::make_unique<ScriptedExporter>(steps);
}
std::unique_ptr<Exporter> Answering(const ExposedFamilies& exposed, WallTime start) {
  return std::make_unique<SeriesExporter>(exposed, start);
}
std::unique_ptr<Exporter> Answering(const TemplateAnswers& answers, WallTime start) {
  return std::make_unique<TemplateExporter>(answers, start);
}

SimResponsePtr Refusal() {
  ResponseScript script;
  script.fault = SimFault::kRefuse;
  return std::make_shared<const SimResponse>(std::move(script));
}

}  // namespace

ScenarioExporter::ScenarioExporter(const ExporterSpec& spec, WallTime start, std::uint64_t seed)
    : latency_(spec.latency, DeriveSeed(seed, "latency", spec.address)) {
  answers_ = std::visit([&](const auto& answers) { return Answering(answers, start); }, spec.answers);
}

void ScenarioExporter::Restart(MonotonicTime at) {
  up_at_ = at;
  answers_->Restart(at);
}

void ScenarioExporter::AddFault(const RequestSpan& span, const ExporterFault& fault, std::function<void()> on_first) {
  span_faults_.push_back({span, &fault, std::move(on_first)});
}

const ExporterFault* ScenarioExporter::FaultOf(std::uint64_t request) {
  for (auto fault = span_faults_.rbegin(); fault != span_faults_.rend(); ++fault) {
    if (request < fault->span.first || request > fault->span.last) continue;
    if (fault->on_first) std::exchange(fault->on_first, nullptr)();
    return fault->fault;
  }
  return fault_;
}

SimResponsePtr ScenarioExporter::Next(MonotonicTime now, const HopRequest& request) {
  const ExporterFault* fault = FaultOf(++requests_);
  if (now < up_at_) return Refusal();
  if (fault == nullptr) return Answer(now, request);
  if (!TraitsOf(fault->kind).uses_answer) return FaultAnswer(*fault, request);
  return SpoiledAnswer(*Answer(now, request), *fault, request);
}

SimResponsePtr ScenarioExporter::Answer(MonotonicTime now, const HopRequest& request) {
  SimResponsePtr answer = answers_->Next(now, request);
  const Nanoseconds latency = latency_.Next();
  const bool keeps_delay = answer->script().delay > Nanoseconds(0) || latency == Nanoseconds(0);
  return keeps_delay ? answer : answer->Delayed(latency);
}

}  // namespace stalemark::scenario
