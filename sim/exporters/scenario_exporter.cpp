// SPDX-License-Identifier: Apache-2.0
#include "sim/exporters/scenario_exporter.h"

#include <utility>

#include "core/model/value.h"
#include "core/text/go_float.h"
#include "sim/exporters/fault_answers.h"

namespace stalemark::scenario {
namespace {

constexpr std::string_view kTextFormat = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

SeriesExporter::SeriesExporter(const std::vector<ExposedSeries>& series, Nanoseconds latency) : latency_(latency) {
  for (const ExposedSeries& one : series) lines_.push_back({&one.text, SeriesValues::Cursor(one.values)});
}

SimResponsePtr SeriesExporter::Next(MonotonicTime, const HopRequest&) {
  ResponseScript script;
  script.headers.push_back({"Content-Type", std::string(kTextFormat)});
  script.delay = latency_;
  for (Line& line : lines_) {
    SeriesValues::Value value;
    if (!line.values.Next(&value) || !value) continue;
    script.body.append(*line.text).push_back(' ');
    text::AppendShortestG(script.body, DoubleOf(*value));
    script.body.push_back('\n');
  }
  return std::make_shared<const SimResponse>(std::move(script));
}

ScenarioExporter::ScenarioExporter(const ExporterSpec& spec) {
  if (const auto* steps = std::get_if<std::vector<ScriptedExporter::Step>>(&spec.answers)) {
    answers_ = std::make_unique<ScriptedExporter>(*steps);
  } else {
    answers_ = std::make_unique<SeriesExporter>(std::get<std::vector<ExposedSeries>>(spec.answers), spec.latency);
  }
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
  if (fault == nullptr) return answers_->Next(now, request);
  if (!TraitsOf(fault->kind).uses_answer) return FaultAnswer(*fault, request);
  return SpoiledAnswer(*answers_->Next(now, request), *fault, request);
}

}  // namespace stalemark::scenario
