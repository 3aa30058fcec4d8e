// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/seams/append_code_text.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"
#include "sim/scenario/event_nodes.h"
#include "sim/scenario/event_text.h"

namespace stalemark::scenario {
namespace {

constexpr std::uint64_t kScrapesMax = 1'000'000'000;
constexpr std::int64_t kDriftMax = 100'000;

/// Codes that a storage gives a sample, with the texts of upstream's errors.
struct AppendKind {
  AppendCode code;
  std::string_view error;
};
constexpr AppendKind kAppendKinds[] = {
    {AppendCode::kOutOfOrder, "out of order sample"},
    {AppendCode::kDuplicate, "duplicate sample for timestamp"},
    {AppendCode::kOutOfBounds, "out of bounds"},
    {AppendCode::kTooOld, "too old sample"},
    {AppendCode::kNotFound, "not found"},
    {AppendCode::kOther, ""},
};

constexpr std::string_view kPhases[kScrapePhases] = {"waiting", "connecting", "head",  "body",
                                                     "parse",   "append",     "commit"};

/// Jitter is known to the timers before the run begins.
bool NeedsTime(const Action& action) {
  return std::holds_alternative<TimerJitter>(action);
}

bool HasDuration(const Action& action) {
  return std::holds_alternative<ExporterFault>(action) || std::holds_alternative<TimerJitter>(action) ||
         std::holds_alternative<CommitTrouble>(action) || std::holds_alternative<AppendTrouble>(action) ||
         std::holds_alternative<ClockDrift>(action);
}

}  // namespace

std::string_view ScrapePhaseText(ScrapePhase phase) {
  return kPhases[static_cast<std::size_t>(phase)];
}

std::string AppendCodeError(AppendCode code) {
  for (const AppendKind& kind : kAppendKinds) {
    if (kind.code == code) return std::string(kind.error);
  }
  return {};
}

void SortEvents(Scenario* scenario) {
  std::stable_sort(scenario->events.begin(), scenario->events.end(),
                   [](const ScenarioEvent& a, const ScenarioEvent& b) { return a.at < b.at; });
}

void ScenarioLoader::ReadEvents(const yaml::Node& node) {
  reader_.Items(node, "a list of events", [this](const yaml::Node& item) { ReadEvent(item); });
}

void ScenarioLoader::ReadEvent(const yaml::Node& node) {
  EventNodes nodes;
  std::vector<FieldReader::KeptKey> keys = {{"at", &nodes.at},
                                            {"request", &nodes.request},
                                            {"during", &nodes.during},
                                            {"for", &nodes.lasts},
                                            {"exporter", &nodes.exporter},
                                            {"fault", &nodes.fault},
                                            {"restart", &nodes.restart},
                                            {"targets", &nodes.targets},
                                            {"reload", &nodes.reload},
                                            {"expect_error", &nodes.expect_error},
                                            {"clock", &nodes.clock},
                                            {"pause", &nodes.pause},
                                            {"jitter", &nodes.jitter},
                                            {"commit", &nodes.commit},
                                            {"append", &nodes.append}};
  for (std::size_t i = 0; i < kFaultKeys; ++i) {
    keys.push_back({FaultKeyText(static_cast<FaultKey>(i)), &nodes.fault_keys[i]});
  }
  reader_.Nodes(node, "an event: a mapping with the key at and what happens", keys);
  if (reader_.failed()) return;
  ScenarioEvent event;
  event.place = PlaceOf(node);
  if (!ReadWhen(node, nodes, &event)) return;
  std::optional<Action> action = ReadAction(node, nodes);
  if (!action) return;
  if (event.during && NeedsTime(*action)) {
    reader_.Fail(*nodes.during, "jitter during a scrape", "it at a time");
    return;
  }
  if (nodes.lasts != nullptr) {
    if (!HasDuration(*action) || event.requests) {
      reader_.Fail(*nodes.lasts, "key for", "it with a fault at a time, jitter, drift, commit or append only");
      return;
    }
    event.lasts = reader_.Duration(*nodes.lasts);
    if (event.lasts == Nanoseconds(0)) reader_.Fail(*nodes.lasts, "0", "more than no time");
  }
  // It is over when the exporter is up again.
  if (const auto* restart = std::get_if<ExporterRestart>(&*action); restart != nullptr) {
    if (restart->down > Nanoseconds(0)) event.lasts = restart->down;
  }
  event.action = std::move(*action);
  scenario_.events.push_back(std::move(event));
}

bool ScenarioLoader::ReadWhen(const yaml::Node& node, const EventNodes& nodes, ScenarioEvent* event) {
  const yaml::Node* whens[] = {nodes.at, nodes.request, nodes.during};
  const auto count =
      std::count_if(std::begin(whens), std::end(whens), [](const yaml::Node* n) { return n != nullptr; });
  if (count != 1) {
    reader_.Fail(node, count == 0 ? "no time of the event" : fmt::format("{} of at, request, during", count),
                 "exactly one of at (a time), request (a number), during (a phase of a scrape)");
    return false;
  }
  if (nodes.request != nullptr) {
    event->requests = ReadRequests(*nodes.request);
    if (event->requests && nodes.fault == nullptr) {
      reader_.Fail(*nodes.request, "key request", "it with a fault of an exporter only");
    }
    return !reader_.failed();
  }
  if (nodes.during != nullptr) {
    event->during = ReadDuring(*nodes.during);
    return event->during.has_value();
  }
  const auto at = ReadTime(*nodes.at);
  if (!at) return false;
  if (*at > scenario_.duration) {
    reader_.Fail(*nodes.at, "a time behind the end of the run",
                 fmt::format("one up to its duration of {}", FormatDuration(scenario_.duration)));
    return false;
  }
  event->at = MonotonicTime(*at);
  return true;
}

std::optional<RequestSpan> ScenarioLoader::ReadRequests(const yaml::Node& node) {
  constexpr std::string_view kExpected = "the number of a request, from 1, or two of them: 5-8";
  const auto text = reader_.Text(node, kExpected);
  if (!text) return {};
  const std::size_t dash = text->find('-');
  yaml::Node first = *reader_.Follow(node);
  yaml::Node last = first;
  first.value = text->substr(0, dash);
  if (dash != std::string::npos) last.value = text->substr(dash + 1);
  RequestSpan span;
  span.first = reader_.Number(first, kScrapesMax).value_or(0);
  span.last = reader_.Number(last, kScrapesMax).value_or(0);
  if (reader_.failed()) return {};
  if (span.first >= 1 && span.last >= span.first) return span;
  reader_.Fail(node, text::GoQuote(*text), kExpected);
  return {};
}

std::optional<std::string> ScenarioLoader::ReadExporterAddress(const yaml::Node& node) {
  auto address = reader_.Text(node, "the address of an exporter");
  if (!address) return {};
  std::vector<std::string_view> known;
  for (const ExporterSpec& exporter : scenario_.exporters) known.push_back(exporter.address);
  if (std::find(known.begin(), known.end(), *address) != known.end()) return address;
  reader_.Fail(node, text::GoQuote(*address), "an address under exporters", text::NearestWord(*address, known));
  return {};
}

std::optional<DuringScrape> ScenarioLoader::ReadDuring(const yaml::Node& node) {
  DuringScrape during;
  const yaml::Node *exporter = nullptr, *phase = nullptr;
  reader_.Mapping(
      node, "a mapping with the keys exporter, scrape, phase",
      {{"exporter", &exporter},
       {"job", [&](const yaml::Node& v) { during.job = reader_.Text(v, "a job").value_or(""); }},
       {"scrape",
        [&](const yaml::Node& v) {
          during.scrape = reader_.Number(v, kScrapesMax).value_or(1);
          if (during.scrape == 0) reader_.Fail(v, "0", "the number of a scrape, from 1");
        }},
       {"phase", &phase},
       {"after", [&](const yaml::Node& v) { during.after = reader_.Duration(v).value_or(Nanoseconds(0)); }}});
  if (reader_.failed()) return {};
  if (exporter == nullptr || phase == nullptr) {
    reader_.Fail(node, exporter == nullptr ? "no exporter" : "no phase", "the keys exporter and phase");
    return {};
  }
  const auto address = ReadExporterAddress(*exporter);
  const auto index = reader_.Word(*phase, {std::begin(kPhases), std::end(kPhases)});
  if (!address || !index) return {};
  during.exporter = *address;
  during.phase = static_cast<ScrapePhase>(*index);
  return during;
}

std::optional<Action> ScenarioLoader::ReadAction(const yaml::Node& node, const EventNodes& nodes) {
  const yaml::Node* kinds[] = {nodes.exporter, nodes.targets, nodes.reload, nodes.clock,
                               nodes.pause,    nodes.jitter,  nodes.commit, nodes.append};
  const auto count =
      std::count_if(std::begin(kinds), std::end(kinds), [](const yaml::Node* n) { return n != nullptr; });
  if (count != 1) {
    reader_.Fail(node, count == 0 ? "nothing that happens" : fmt::format("{} things that happen", count),
                 "exactly one of exporter, targets, reload, clock, pause, jitter, commit, append");
    return {};
  }
  std::vector<const yaml::Node*> of_exporter = {nodes.fault, nodes.restart};
  of_exporter.insert(of_exporter.end(), std::begin(nodes.fault_keys), std::end(nodes.fault_keys));
  for (const yaml::Node* stray : of_exporter) {
    if (stray == nullptr || nodes.exporter != nullptr) continue;
    reader_.Fail(*stray, "a key of an exporter's event", "it beside the key exporter only");
    return {};
  }
  if (nodes.reload != nullptr) return ReadReload(nodes);
  if (nodes.expect_error != nullptr) {
    reader_.Fail(*nodes.expect_error, "key expect_error", "it beside the key reload only");
    return {};
  }
  if (nodes.exporter != nullptr) return ReadExporterEvent(nodes);
  if (nodes.targets != nullptr) return ReadTargetsChange(*nodes.targets);
  if (nodes.clock != nullptr) return ReadClock(*nodes.clock);
  if (nodes.pause != nullptr) {
    const auto length = reader_.Duration(*nodes.pause);
    AddTimeMoved(*nodes.pause, length.value_or(Nanoseconds(0)));
    return ProcessPause{length.value_or(Nanoseconds(0))};
  }
  if (nodes.jitter != nullptr) return ReadJitter(*nodes.jitter);
  return nodes.commit != nullptr ? ReadCommitTrouble(*nodes.commit) : ReadAppendTrouble(*nodes.append);
}

std::optional<Action> ScenarioLoader::ReadTargetsChange(const yaml::Node& node) {
  TargetsChange change;
  reader_.Entries(node, "a mapping from job to a file_sd document, a list of target groups, or nothing",
                  [&](const std::string& job, const yaml::Node& key_node, const yaml::Node& value) {
                    const yaml::Node* groups_node = reader_.Follow(value);
                    if (groups_node == nullptr) return;
                    jobs_with_targets_.emplace_back(job, &key_node);
                    if (groups_node->IsNull()) {
                      change.restored.push_back(job);
                    } else if (auto groups = ReadTargetGroups(value)) {
                      change.sets[job] = std::move(*groups);
                    }
                  });
  return change;
}

std::optional<Action> ScenarioLoader::ReadReload(const EventNodes& nodes) {
  Reload reload;
  const yaml::Node* value = reader_.Follow(*nodes.reload);
  if (value == nullptr) return {};
  if (!value->IsNull()) {
    reload.config = ReadConfig(*nodes.reload);
    if (!reload.config) return {};
    reloads_.emplace_back(*reload.config, nodes.reload);
  }
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

std::optional<Action> ScenarioLoader::ReadClock(const yaml::Node& node) {
  std::optional<Nanoseconds> step;
  std::optional<std::string> drift;
  const yaml::Node* drift_node = &node;
  reader_.Mapping(
      node, "a mapping with the key step or drift",
      {{"step", [&](const yaml::Node& v) { step = reader_.SignedDuration(v); }},
       {"drift", [&](const yaml::Node& v) { drift_node = &v, drift = reader_.Text(v, "such as -50ppm"); }}});
  if (reader_.failed()) return {};
  if (step.has_value() == drift.has_value()) {
    reader_.Fail(node, step ? "step and drift" : "no step", "one of the keys step and drift");
    return {};
  }
  if (step) {
    if (*step == Nanoseconds(0)) reader_.Fail(node, "a step of 0s", "a step that moves the clock, such as 90s or -90s");
    AddTimeMoved(node, *step);
    return ClockStep{*step};
  }
  constexpr std::string_view kUnit = "ppm";
  yaml::Node number = *reader_.Follow(*drift_node);
  const bool negative = drift->substr(0, 1) == "-";
  if (drift->size() < kUnit.size() || drift->substr(drift->size() - kUnit.size()) != kUnit) {
    reader_.Fail(*drift_node, text::GoQuote(*drift), "millionths, such as 200ppm or -50ppm");
    return {};
  }
  number.value = drift->substr(negative ? 1 : 0, drift->size() - kUnit.size() - (negative ? 1 : 0));
  const auto millionths = static_cast<std::int64_t>(reader_.Number(number, kDriftMax).value_or(0));
  return ClockDrift{negative ? -millionths : millionths};
}

std::optional<Action> ScenarioLoader::ReadJitter(const yaml::Node& node) {
  std::optional<Nanoseconds> up_to;
  constexpr std::string_view kWhat = "a mapping with the key up_to";
  reader_.Mapping(node, kWhat, {{"up_to", [&](const yaml::Node& v) { up_to = reader_.Duration(v); }}});
  if (!up_to && !reader_.failed()) reader_.Fail(node, "no up_to", kWhat);
  return TimerJitter{up_to.value_or(Nanoseconds(0))};
}

std::optional<Action> ScenarioLoader::ReadCommitTrouble(const yaml::Node& node) {
  CommitTrouble trouble;
  reader_.Mapping(
      node, "a mapping with the keys delay, error, storage",
      {{"delay", [&](const yaml::Node& v) { trouble.fault.delay = reader_.Duration(v).value_or(Nanoseconds(0)); }},
       {"error", [&](const yaml::Node& v) { trouble.fault.error = reader_.Text(v, "the error's text").value_or(""); }},
       {"storage", [&](const yaml::Node& v) { trouble.storage = ReadStorageName(v); }}});
  if (trouble.fault.delay == Nanoseconds(0) && trouble.fault.error.empty() && !reader_.failed()) {
    reader_.Fail(node, "neither delay nor error", "one of them, or both");
  }
  return trouble;
}

std::optional<Action> ScenarioLoader::ReadAppendTrouble(const yaml::Node& node) {
  AppendTrouble trouble;
  std::vector<std::string_view> names;
  for (const AppendKind& kind : kAppendKinds) names.push_back(AppendCodeText(kind.code));
  const AppendKind* kind = nullptr;
  reader_.Mapping(
      node, "a mapping with the keys kind, error, storage",
      {{"kind",
        [&](const yaml::Node& v) {
          if (const auto index = reader_.Word(v, names)) kind = &kAppendKinds[*index];
        }},
       {"error", [&](const yaml::Node& v) { trouble.fault.error = reader_.Text(v, "the error's text").value_or(""); }},
       {"storage", [&](const yaml::Node& v) { trouble.storage = ReadStorageName(v); }}});
  if (reader_.failed()) return {};
  trouble.fault.code = kind == nullptr ? AppendCode::kOther : kind->code;
  if (trouble.fault.error.empty() && kind != nullptr) trouble.fault.error = kind->error;
  if (trouble.fault.error.empty()) reader_.Fail(node, "no error", "the error's text, or another kind than other");
  return trouble;
}

}  // namespace stalemark::scenario
