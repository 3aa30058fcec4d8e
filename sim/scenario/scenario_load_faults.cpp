// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "core/text/nearest.h"
#include "sim/scenario/event_nodes.h"
#include "sim/scenario/event_text.h"
#include "sim/scenario/scenario_yaml.h"

namespace stalemark::scenario {
namespace {

constexpr std::uint64_t kAfterMax = std::uint64_t{1} << 40;
constexpr std::uint64_t kRateMax = 1'000'000;
constexpr std::string_view kHttpPrefix = "http_";

/// What a random plan may hold beside faults of exporters.
struct NamedWhat {
  std::string_view name;
  SwarmKind::What what;
};
constexpr NamedWhat kOthers[] = {
    {"pause", SwarmKind::What::kPause},
    {"clock_step", SwarmKind::What::kClockStep},
    {"clock_drift", SwarmKind::What::kClockDrift},
    {"jitter", SwarmKind::What::kJitter},
    {"commit_delay", SwarmKind::What::kCommitDelay},
    {"commit_error", SwarmKind::What::kCommitError},
    {"append_error", SwarmKind::What::kAppendError},
    {"reload", SwarmKind::What::kReload},
    {"targets", SwarmKind::What::kTargets},
};

}  // namespace

Swarm DefaultSwarm() {
  Swarm swarm;
  for (const FaultTraits& traits : AllFaults()) swarm.enabled.push_back({SwarmKind::What::kFault, traits.kind, 0});
  for (const NamedWhat& other : kOthers) swarm.enabled.push_back({other.what, FaultKind::kRefuse, 0});
  return swarm;
}

std::optional<Action> ScenarioLoader::ReadExporterEvent(const EventNodes& nodes) {
  const auto address = ReadExporterAddress(*nodes.exporter);
  if (!address) return {};
  if ((nodes.fault == nullptr) == (nodes.restart == nullptr)) {
    reader_.Fail(*nodes.exporter, nodes.fault == nullptr ? "no fault" : "fault and restart",
                 "one of the keys fault and restart beside exporter");
    return {};
  }
  return nodes.restart != nullptr ? ReadRestart(*address, nodes) : ReadFault(*address, nodes);
}

std::optional<Action> ScenarioLoader::ReadRestart(const std::string& address, const EventNodes& nodes) {
  for (const yaml::Node* stray : nodes.fault_keys) {
    if (stray == nullptr) continue;
    reader_.Fail(*stray, "a key of a fault", "it beside the key fault only");
    return {};
  }
  constexpr std::string_view kExpected = "true, or how long it is down, such as 10s";
  const auto text = reader_.Text(*nodes.restart, kExpected);
  if (!text) return {};
  if (*text == "true") return ExporterRestart{address, Nanoseconds(0)};
  if (text->empty() || (*text)[0] < '0' || (*text)[0] > '9') {
    reader_.Fail(*nodes.restart, text::GoQuote(*text), kExpected);
    return {};
  }
  return ExporterRestart{address, reader_.Duration(*nodes.restart).value_or(Nanoseconds(0))};
}

std::optional<Action> ScenarioLoader::ReadFault(const std::string& address, const EventNodes& nodes) {
  std::vector<std::string_view> names;
  for (const FaultTraits& traits : AllFaults()) names.push_back(traits.name);
  const yaml::Node* name = reader_.Follow(*nodes.fault);
  if (name != nullptr && name->value.substr(0, kHttpPrefix.size()) == kHttpPrefix) {
    const std::string status = name->value.substr(kHttpPrefix.size());
    reader_.Fail(*nodes.fault, text::GoQuote(name->value),
                 fmt::format("fault: status, and beside it status: {}", status));
    return {};
  }
  const auto index = reader_.Word(*nodes.fault, names);
  if (!index) return {};
  const FaultTraits& traits = AllFaults()[*index];
  ExporterFault fault = DefaultFault(address, traits.kind);
  for (std::size_t i = 0; i < kFaultKeys; ++i) {
    const yaml::Node* node = nodes.fault_keys[i];
    if (node == nullptr) continue;
    const auto key = static_cast<FaultKey>(i);
    ReadFaultKey(key, *node, &fault);
    if (!traits.Takes(key)) {
      reader_.Fail(*node, fmt::format("a key that {} does not use", traits.name), "another fault, or no such key");
    }
  }
  if (traits.kind == FaultKind::kRedirect && fault.text.empty() && !reader_.failed()) {
    reader_.Fail(*nodes.fault, "no location", "the key location beside fault: a URL or a path");
  }
  const bool is_only_late = traits.kind == FaultKind::kSlow || traits.kind == FaultKind::kSlowBody;
  if (is_only_late && fault.delay == Nanoseconds(0) && !reader_.failed()) {
    reader_.Fail(*nodes.fault, "no delay", "the key delay beside fault: how late it is, such as 3s");
  }
  return fault;
}

void ScenarioLoader::ReadFaultKey(FaultKey key, const yaml::Node& node, ExporterFault* fault) {
  const auto at_least_one = [&](std::uint64_t value) {
    if (value == 0 && !reader_.failed()) reader_.Fail(node, "0", "at least 1");
    return value;
  };
  switch (key) {
    case FaultKey::kAfter:
      fault->after = reader_.Number(node, kAfterMax).value_or(0);
      break;
    case FaultKey::kBytes:
      fault->bytes = at_least_one(reader_.Number(node, kFaultBytesMax).value_or(1));
      break;
    case FaultKey::kDelay:
      fault->delay = reader_.Duration(node).value_or(Nanoseconds(0));
      if (fault->kind == FaultKind::kDrip && fault->delay == Nanoseconds(0) && !reader_.failed()) {
        reader_.Fail(node, "0", "more than no time");
      }
      break;
    case FaultKey::kStatus:
      fault->status = ReadStatus(node);
      break;
    case FaultKey::kXor:
      fault->xor_mask = static_cast<std::uint8_t>(at_least_one(reader_.Number(node, 255).value_or(1)));
      break;
    case FaultKey::kError:
      fault->text = reader_.Text(node, "the error's text").value_or("");
      break;
    case FaultKey::kLocation:
      fault->text = reader_.Text(node, "a URL or a path").value_or("");
      break;
    case FaultKey::kContentType:
      fault->text = reader_.Text(node, "a media type").value_or("");
      break;
  }
}

int ScenarioLoader::ReadStatus(const yaml::Node& node) {
  const std::uint64_t status = reader_.Number(node, 999).value_or(500);
  if (status < 100) reader_.Fail(node, std::to_string(status), "a status of HTTP, from 100 to 999");
  return static_cast<int>(status);
}

void ScenarioLoader::ReadFaults(const yaml::Node& node) {
  const yaml::Node* swarm = nullptr;
  reader_.Mapping(
      node, "a mapping with the keys swarm and choices",
      {{"swarm", &swarm}, {"choices", [this](const yaml::Node& v) {
                             scenario_.seeded_choices = reader_.Word(v, {"fixed", "seeded"}) == std::size_t{1};
                           }}});
  if (reader_.failed()) return;
  // Without anything to draw; `stalemark test --seeds` then draws nothing either.
  scenario_.swarm.emplace();
  if (swarm != nullptr) ReadSwarm(*swarm);
}

void ScenarioLoader::ReadSwarm(const yaml::Node& node) {
  Swarm swarm = DefaultSwarm();
  reader_.Mapping(node, "a mapping with the keys enabled, rate, until",
                  {{"enabled",
                    [&](const yaml::Node& v) {
                      swarm.enabled.clear();
                      reader_.Items(v, "a list of what may be drawn", [&](const yaml::Node& item) {
                        if (const auto kind = ReadSwarmKind(item)) swarm.enabled.push_back(*kind);
                      });
                    }},
                   {"rate", [&](const yaml::Node& v) { ReadRate(v, &swarm); }},
                   {"until", [&](const yaml::Node& v) { swarm.until = ReadTime(v); }}});
  scenario_.swarm = std::move(swarm);
}

std::optional<SwarmKind> ScenarioLoader::ReadSwarmKind(const yaml::Node& node) {
  const yaml::Node* value = reader_.Follow(node);
  if (value == nullptr) return {};
  if (value->kind == yaml::NodeKind::kScalar && value->value.substr(0, kHttpPrefix.size()) == kHttpPrefix) {
    yaml::Node number = *value;
    number.value.erase(0, kHttpPrefix.size());
    return SwarmKind{SwarmKind::What::kFault, FaultKind::kStatus, ReadStatus(number)};
  }
  std::vector<std::string_view> names;
  for (const FaultTraits& traits : AllFaults()) names.push_back(traits.name);
  for (const NamedWhat& other : kOthers) names.push_back(other.name);
  const auto index = reader_.Word(node, names);
  if (!index) return {};
  const std::size_t faults = AllFaults().size();
  if (*index < faults) return SwarmKind{SwarmKind::What::kFault, AllFaults()[*index].kind, 0};
  return SwarmKind{kOthers[*index - faults].what, FaultKind::kRefuse, 0};
}

void ScenarioLoader::ReadRate(const yaml::Node& node, Swarm* swarm) {
  constexpr std::string_view kExpected = "a fraction such as 1/20, at most 1";
  const auto text = reader_.Text(node, kExpected);
  if (!text) return;
  if (text->find_first_not_of("0123456789/") != std::string::npos) {
    reader_.Fail(node, text::GoQuote(*text), kExpected);
    return;
  }
  const std::size_t slash = text->find('/');
  yaml::Node part = *reader_.Follow(node);
  part.value = text->substr(0, slash);
  swarm->rate = reader_.Number(part, kRateMax).value_or(1);
  part.value = slash == std::string::npos ? "1" : text->substr(slash + 1);
  swarm->rate_of = reader_.Number(part, kRateMax).value_or(1);
  if ((swarm->rate_of == 0 || swarm->rate > swarm->rate_of) && !reader_.failed()) {
    reader_.Fail(node, text::GoQuote(*text), kExpected);
  }
}

Result<Scenario> ScenarioLoader::LoadPlan(std::string_view text, const Scenario& scenario) {
  yaml::SyntaxError syntax;
  const std::string owned(text);
  const Result<yaml::Document> document = ParseScenarioYaml(owned, &syntax);
  if (!document.ok())
    return Error{fmt::format("{}:{}:{}: {}", scenario_.file, syntax.line, syntax.column, syntax.message)};
  if (document->root() == nullptr) return Error{scenario_.file + ":1:1: found nothing, expected a plan"};
  scenario_ = scenario;
  scenario_.swarm.reset();
  scenario_.planned.clear();
  const std::vector<ScenarioEvent> own = std::move(scenario_.events);
  scenario_.events.clear();
  reader_.Mapping(*document->root(), "a plan: a mapping with the keys seed, choices, events",
                  {{"seed", [&](const yaml::Node& v) { scenario_.seed = reader_.Number(v, kSeedMax).value_or(0); }},
                   {"choices",
                    [&](const yaml::Node& v) {
                      scenario_.seeded_choices = reader_.Word(v, {"fixed", "seeded"}) == std::size_t{1};
                    }},
                   {"events", [&](const yaml::Node& v) { ReadEvents(v); }}});
  if (reader_.failed()) return Error{reader_.errors()};
  const bool is_own = scenario_.seed == scenario.seed && scenario_.seeded_choices == scenario.seeded_choices;
  if (!is_own && !scenario_.expect.under_seeds) scenario_.expect = {};
  for (ScenarioEvent& event : scenario_.events) {
    // No place in the scenario's own file.
    event.place = {};
    scenario_.planned.push_back(EventText(event));
  }
  scenario_.events.insert(scenario_.events.begin(), own.begin(), own.end());
  SortEvents(&scenario_);
  return std::move(scenario_);
}

}  // namespace stalemark::scenario
