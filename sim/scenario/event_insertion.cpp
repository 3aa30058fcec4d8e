// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/event_insertion.h"

#include <chrono>

#include <fmt/format.h>

#include "sim/scenario/scenario_yaml.h"
#include "sim/scenario/yaml_edit.h"

namespace stalemark::scenario {
namespace {

/// RFC 3339 in UTC with nanoseconds.
std::string InstantText(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<86'400>>>(time.time_since_epoch());
  const std::chrono::year_month_day date(
      std::chrono::sys_days(std::chrono::duration_cast<std::chrono::days>(std::chrono::seconds(day))));
  const std::int64_t ns = (time.time_since_epoch() - day).count();
  constexpr std::int64_t kSecond = 1'000'000'000;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), ns / kSecond / 3600,
                     ns / kSecond / 60 % 60, ns / kSecond % 60, ns % kSecond);
}

}  // namespace

Result<InsertedEvent> InsertEvent(std::string_view scenario, std::string_view file, WallTime start, MonotonicTime at,
                                  std::string_view event) {
  yaml::SyntaxError syntax;
  const Result<yaml::Document> added = ParseScenarioYaml(event, &syntax);
  const bool is_mapping = added.ok() && added->root() != nullptr && added->root()->kind == yaml::NodeKind::kMapping;
  if (!is_mapping || event.empty() || event.front() != '{') return Error{"expected an event: a mapping in braces"};
  for (const std::string_view key : {"at", "request", "during"}) {
    if (added->root()->Find(key) != nullptr) {
      return Error{fmt::format("found key {}, expected none: an injected event happens now", key)};
    }
  }
  if (added->root()->children.empty()) return Error{"expected an event, found an empty mapping"};
  InsertedEvent inserted;
  inserted.event = fmt::format("{{at: '{}', {}", InstantText(start + at.time_since_epoch()), event.substr(1));

  const Result<yaml::Document> document = ParseScenarioYaml(scenario, &syntax);
  if (!document.ok()) return Error{fmt::format("{}:{}:{}: {}", file, syntax.line, syntax.column, syntax.message)};
  const yaml::Node* root = document->root();
  const yaml::Node* events = root == nullptr ? nullptr : root->Find("events");
  if (events != nullptr && events->kind == yaml::NodeKind::kSequence) {
    Edit edit;
    edit.kind = Edit::Kind::kAppendItem;
    edit.place = {events->line, events->column};
    edit.text = inserted.event;
    Result<EditedYaml> edited = EditYaml(scenario, {edit});
    if (!edited.ok()) return edited.error();
    if (!edited->refusals.front().empty()) return Error{fmt::format("{}: events: {}", file, edited->refusals.front())};
    inserted.scenario = std::move(edited->text);
    return inserted;
  }
  if (events != nullptr || scenario.empty() || root->line == 0 || scenario.find('{') == 0) {
    return Error{fmt::format("{}: found no list events to add to, and no place for one", file)};
  }
  inserted.scenario = scenario;
  if (inserted.scenario.back() != '\n') inserted.scenario += '\n';
  inserted.scenario += "events:\n  - " + inserted.event + "\n";
  return inserted;
}

}  // namespace stalemark::scenario
