// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "core/text/nearest.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {
namespace {

constexpr FaultKind kFaultKinds[] = {
    FaultKind::kRefuse,   FaultKind::kDialTimeout, FaultKind::kResetBeforeHead, FaultKind::kHang,
    FaultKind::kTruncate, FaultKind::kHangBody,    FaultKind::kStatus,          FaultKind::kSlow,
    FaultKind::kSlowBody, FaultKind::kEmpty,
};
constexpr std::uint64_t kBodyBytesMax = std::uint64_t{1} << 40;

/// Which of an event's qualifying keys a fault uses.
bool UsesAfter(FaultKind kind) {
  return kind == FaultKind::kTruncate || kind == FaultKind::kHangBody;
}
bool UsesDelay(FaultKind kind) {
  return kind == FaultKind::kRefuse || kind == FaultKind::kSlow || kind == FaultKind::kSlowBody ||
         kind == FaultKind::kResetBeforeHead || kind == FaultKind::kStatus;
}

bool HasDuration(const Action& action) {
  return std::holds_alternative<ExporterFault>(action) || std::holds_alternative<TimerJitter>(action) ||
         std::holds_alternative<CommitTrouble>(action) || std::holds_alternative<AppendTrouble>(action);
}

}  // namespace

struct ScenarioLoader::EventNodes {
  const yaml::Node *at = nullptr, *lasts = nullptr;
  const yaml::Node *exporter = nullptr, *targets = nullptr, *reload = nullptr, *clock = nullptr, *pause = nullptr;
  const yaml::Node *jitter = nullptr, *commit = nullptr, *append = nullptr;
  // Of a reload.
  const yaml::Node* expect_error = nullptr;
  // Of a fault.
  const yaml::Node *fault = nullptr, *after = nullptr, *status = nullptr, *delay = nullptr;
};

void ScenarioLoader::ReadEvents(const yaml::Node& node) {
  reader_.Items(node, "a list of events", [this](const yaml::Node& item) { ReadEvent(item); });
}

void ScenarioLoader::ReadEvent(const yaml::Node& node) {
  EventNodes nodes;
  reader_.Mapping(node, "an event: a mapping with the key at and what happens",
                  {{"at", Keep(&nodes.at)},
                   {"for", Keep(&nodes.lasts)},
                   {"exporter", Keep(&nodes.exporter)},
                   {"fault", Keep(&nodes.fault)},
                   {"after", Keep(&nodes.after)},
                   {"status", Keep(&nodes.status)},
                   {"delay", Keep(&nodes.delay)},
                   {"targets", Keep(&nodes.targets)},
                   {"reload", Keep(&nodes.reload)},
                   {"expect_error", Keep(&nodes.expect_error)},
                   {"clock", Keep(&nodes.clock)},
                   {"pause", Keep(&nodes.pause)},
                   {"jitter", Keep(&nodes.jitter)},
                   {"commit", Keep(&nodes.commit)},
                   {"append", Keep(&nodes.append)}});
  if (reader_.failed()) return;
  if (nodes.at == nullptr) {
    reader_.Fail(node, "no at", "the time of the event");
    return;
  }
  ScenarioEvent event;
  event.place = PlaceOf(node);
  const auto at = ReadTime(*nodes.at);
  if (!at) return;
  if (*at > scenario_.duration) {
    reader_.Fail(*nodes.at, "a time behind the end of the run", "one before");
    return;
  }
  event.at = MonotonicTime(*at);
  std::optional<Action> action = ReadAction(node, nodes);
  if (!action) return;
  if (nodes.lasts != nullptr) {
    if (!HasDuration(*action)) {
      reader_.Fail(*nodes.lasts, "key for", "it with a fault, jitter, commit or append only");
      return;
    }
    event.lasts = reader_.Duration(*nodes.lasts);
    if (event.lasts == Nanoseconds(0)) reader_.Fail(*nodes.lasts, "0", "more than no time");
  }
  event.action = std::move(*action);
  scenario_.events.push_back(std::move(event));
}

std::optional<Action> ScenarioLoader::ReadAction(const yaml::Node& node, const EventNodes& nodes) {
  const yaml::Node* kinds[] = {nodes.exporter, nodes.targets, nodes.reload, nodes.clock,
                               nodes.pause,    nodes.jitter,  nodes.commit, nodes.append};
  const auto count =
      std::count_if(std::begin(kinds), std::end(kinds), [](const yaml::Node* n) { return n != nullptr; });
  if (count != 1) {
    reader_.Fail(node, fmt::format("{} of them", count),
                 "exactly one of exporter, targets, reload, clock, pause, jitter, commit, append");
    return {};
  }
  for (const yaml::Node* stray : {nodes.fault, nodes.after, nodes.status, nodes.delay}) {
    if (stray == nullptr || nodes.exporter != nullptr) continue;
    reader_.Fail(*stray, "a key of a fault", "it beside the key exporter only");
    return {};
  }
  if (nodes.reload != nullptr) return ReadReload(nodes);
  if (nodes.expect_error != nullptr) {
    reader_.Fail(*nodes.expect_error, "key expect_error", "it beside the key reload only");
    return {};
  }
  if (nodes.exporter != nullptr) return ReadExporterFault(nodes);
  if (nodes.targets != nullptr) {
    TargetsChange change;
    ReadTargets(*nodes.targets, &change.sets);
    return change;
  }
  if (nodes.clock != nullptr) {
    const auto step = ReadOnly(*nodes.clock, "a mapping with the key step", "step");
    AddTimeMoved(*nodes.clock, step.value_or(Nanoseconds(0)));
    return ClockStep{step.value_or(Nanoseconds(0))};
  }
  if (nodes.pause != nullptr) {
    const auto length = reader_.Duration(*nodes.pause);
    AddTimeMoved(*nodes.pause, length.value_or(Nanoseconds(0)));
    return ProcessPause{length.value_or(Nanoseconds(0))};
  }
  if (nodes.jitter != nullptr) {
    return TimerJitter{ReadOnly(*nodes.jitter, "a mapping with the key up_to", "up_to").value_or(Nanoseconds(0))};
  }
  return nodes.commit != nullptr ? ReadCommitTrouble(*nodes.commit) : ReadAppendTrouble(*nodes.append);
}

std::optional<Action> ScenarioLoader::ReadReload(const EventNodes& nodes) {
  std::optional<ConfigSource> source = ReadConfig(*nodes.reload);
  if (!source) return {};
  reloads_.emplace_back(*source, nodes.reload);
  Reload reload{std::move(*source), ""};
  if (nodes.expect_error != nullptr) {
    constexpr std::string_view kExpected = "a part of the error's text";
    reload.expect_error = reader_.Text(*nodes.expect_error, kExpected).value_or("");
    if (reload.expect_error.empty() && !reader_.failed()) reader_.Fail(*nodes.expect_error, "nothing", kExpected);
  }
  return reload;
}

/// Keeps the sum of all steps and pauses within what a clock can count.
void ScenarioLoader::AddTimeMoved(const yaml::Node& node, Nanoseconds moved) {
  if (time_moved_ > FieldReader::kDurationMax) return;
  time_moved_ += moved < Nanoseconds(0) ? -moved : moved;
  if (time_moved_ <= FieldReader::kDurationMax) return;
  reader_.Fail(node, "clock steps and pauses of more than 366d in all", "less");
}

std::optional<Action> ScenarioLoader::ReadExporterFault(const EventNodes& nodes) {
  const auto address = reader_.Text(*nodes.exporter, "the address of an exporter");
  if (!address) return {};
  std::vector<std::string_view> known;
  for (const ExporterSpec& exporter : scenario_.exporters) known.push_back(exporter.address);
  if (std::find(known.begin(), known.end(), *address) == known.end()) {
    reader_.Fail(*nodes.exporter, text::GoQuote(*address), "an address under exporters",
                 text::NearestWord(*address, known));
    return {};
  }
  if (nodes.fault == nullptr) {
    reader_.Fail(*nodes.exporter, "no fault", "the key fault beside exporter");
    return {};
  }
  std::vector<std::string_view> names;
  for (const FaultKind kind : kFaultKinds) names.push_back(FaultKindText(kind));
  const auto index = reader_.Word(*nodes.fault, names);
  if (!index) return {};
  ExporterFault fault;
  fault.address = *address;
  fault.kind = kFaultKinds[*index];
  const std::string name(FaultKindText(fault.kind));
  const auto refuse = [&](const yaml::Node& at) {
    reader_.Fail(at, "a key that " + name + " does not use", "another fault, or no such key");
  };
  if (nodes.after != nullptr) {
    fault.after = reader_.Number(*nodes.after, kBodyBytesMax).value_or(0);
    if (!UsesAfter(fault.kind)) refuse(*nodes.after);
  }
  if (nodes.status != nullptr) {
    fault.status = static_cast<int>(reader_.Number(*nodes.status, 999).value_or(500));
    if (fault.kind != FaultKind::kStatus) refuse(*nodes.status);
  }
  if (nodes.delay != nullptr) {
    fault.delay = reader_.Duration(*nodes.delay).value_or(Nanoseconds(0));
    if (!UsesDelay(fault.kind)) refuse(*nodes.delay);
  }
  return fault;
}

std::optional<Nanoseconds> ScenarioLoader::ReadOnly(const yaml::Node& node, std::string_view what,
                                                    std::string_view key) {
  std::optional<Nanoseconds> value;
  bool found = false;
  reader_.Mapping(node, what, {{key, [&](const yaml::Node& v) {
                                  found = true;
                                  value = key == "step" ? reader_.SignedDuration(v) : reader_.Duration(v);
                                }}});
  if (!found && !reader_.failed()) reader_.Fail(node, "no " + std::string(key), what);
  return value;
}

std::optional<Action> ScenarioLoader::ReadCommitTrouble(const yaml::Node& node) {
  CommitTrouble trouble;
  reader_.Mapping(
      node, "a mapping with the keys delay, error, storage",
      {{"delay", [&](const yaml::Node& v) { trouble.fault.delay = reader_.Duration(v).value_or(Nanoseconds(0)); }},
       {"error", [&](const yaml::Node& v) { trouble.fault.error = reader_.Text(v, "the error's text").value_or(""); }},
       {"storage", [&](const yaml::Node& v) { trouble.storage = ReadStorageName(v); }}});
  return trouble;
}

std::optional<Action> ScenarioLoader::ReadAppendTrouble(const yaml::Node& node) {
  AppendTrouble trouble;
  reader_.Mapping(
      node, "a mapping with the keys error and storage",
      {{"error", [&](const yaml::Node& v) { trouble.error = reader_.Text(v, "the error's text").value_or(""); }},
       {"storage", [&](const yaml::Node& v) { trouble.storage = ReadStorageName(v); }}});
  if (trouble.error.empty() && !reader_.failed()) reader_.Fail(node, "no error", "the error's text");
  return trouble;
}

}  // namespace stalemark::scenario
