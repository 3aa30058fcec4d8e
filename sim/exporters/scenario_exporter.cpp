// SPDX-License-Identifier: Apache-2.0
#include "sim/exporters/scenario_exporter.h"

#include <utility>

#include "core/model/value.h"
#include "core/text/go_float.h"

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

SimResponsePtr ScenarioExporter::Next(MonotonicTime now, const HopRequest& request) {
  if (!fault_) return answers_->Next(now, request);
  if (SimResponsePtr without = WithoutAnswer(*fault_)) return without;
  return Spoiled(*answers_->Next(now, request), *fault_);
}

SimResponsePtr ScenarioExporter::WithoutAnswer(const ExporterFault& fault) {
  ResponseScript script;
  script.delay = fault.delay;
  switch (fault.kind) {
    case FaultKind::kRefuse:
      script.fault = SimFault::kRefuse;
      break;
    case FaultKind::kDialTimeout:
      script.fault = SimFault::kDialTimeout;
      break;
    case FaultKind::kResetBeforeHead:
      script.fault = SimFault::kResetBeforeHead;
      break;
    case FaultKind::kHang:
      script.fault = SimFault::kHang;
      break;
    case FaultKind::kStatus:
      script.status = fault.status;
      break;
    case FaultKind::kTruncate:
    case FaultKind::kHangBody:
    case FaultKind::kSlow:
    case FaultKind::kSlowBody:
    case FaultKind::kEmpty:
      return nullptr;
  }
  return std::make_shared<const SimResponse>(std::move(script));
}

SimResponsePtr ScenarioExporter::Spoiled(const SimResponse& answer, const ExporterFault& fault) {
  const SimResponse::Wire& plain = answer.WireFor({});
  ResponseScript script = answer.script();
  script.body = plain.body;
  script.headers = plain.head.headers;
  switch (fault.kind) {
    case FaultKind::kTruncate:
      script.fault = SimFault::kTruncate;
      script.after = fault.after;
      break;
    case FaultKind::kHangBody:
      script.fault = SimFault::kHangBody;
      script.after = fault.after;
      break;
    case FaultKind::kSlow:
      script.delay += fault.delay;
      break;
    case FaultKind::kSlowBody:
      script.body_delay += fault.delay;
      break;
    default:  // kEmpty; the rest never gets here
      script.body.clear();
      break;
  }
  return std::make_shared<const SimResponse>(std::move(script));
}

}  // namespace stalemark::scenario
