// SPDX-License-Identifier: Apache-2.0
// Explanations as text and as JSON.
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/model/duration.h"
#include "sim/explain/explain.h"
#include "sim/explain/inquiry.h"
#include "sim/run/timeline.h"

namespace stalemark::scenario {
namespace {

using Json = nlohmann::ordered_json;

struct OutcomeName {
  Outcome outcome;
  std::string_view name;
};
constexpr OutcomeName kOutcomes[] = {
    {Outcome::kSample, "sample"},
    {Outcome::kStaleMarker, "stale_marker"},
    {Outcome::kNone, "none"},
    {Outcome::kTargetActive, "target_active"},
    {Outcome::kTargetAbsent, "target_absent"},
};

struct KindName {
  LinkKind kind;
  std::string_view name;
};
constexpr KindName kKinds[] = {
    {LinkKind::kTarget, "target"},     {LinkKind::kEvent, "event"}, {LinkKind::kScrape, "scrape"},
    {LinkKind::kResponse, "response"}, {LinkKind::kBody, "body"},   {LinkKind::kRelabel, "relabel"},
    {LinkKind::kTime, "time"},         {LinkKind::kLimit, "limit"}, {LinkKind::kAppend, "append"},
    {LinkKind::kCommit, "commit"},     {LinkKind::kChunk, "chunk"}, {LinkKind::kNote, "note"},
};

double Seconds(Nanoseconds since_start) {
  return static_cast<double>(since_start.count() / 1'000'000) / 1000.0;
}

/// Bodies may hold any bytes; JSON may not.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

Json LinkJson(const Link& link) {
  Json json;
  json["kind"] = LinkKindText(link.kind);
  if (link.at) json["at_seconds"] = Seconds(link.at->time_since_epoch());
  if (link.scrape > 0) json["scrape"] = link.scrape;
  if (link.number > 0) json["number"] = link.number;
  if (link.line > 0) json["line"] = link.line;
  if (link.column > 0) json["column"] = link.column;
  if (link.rule > 0) json["rule"] = link.rule;
  if (link.last_rule > 0) json["last_rule"] = link.last_rule;
  if (!link.series.empty()) json["series"] = link.series;
  json["text"] = link.text;
  return json;
}

}  // namespace

std::string_view OutcomeText(Outcome outcome) {
  for (const OutcomeName& one : kOutcomes) {
    if (one.outcome == outcome) return one.name;
  }
  return {};
}

std::string_view LinkKindText(LinkKind kind) {
  for (const KindName& one : kKinds) {
    if (one.kind == kind) return one.name;
  }
  return {};
}

std::string ExplanationText(const Explanation& explanation) {
  std::string text =
      fmt::format("{} at {} ({}): {}.\n", explanation.subject, SecondsText(MonotonicTime(explanation.at)),
                  TimeOfDay(explanation.wall), explanation.headline);
  for (const Link& link : explanation.chain) {
    const std::string at = link.at ? SecondsText(*link.at) : std::string();
    text += fmt::format("{:>10}  {}\n", at, link.text);
  }
  if (explanation.query) {
    std::string view = explanation.query->text;
    view[0] = 'A';
    text += view + ".\n";
  }
  if (!explanation.next.empty()) text += "next: " + explanation.next + "\n";
  text.pop_back();
  return text;
}

std::string ExplanationJson(const Explanation& explanation) {
  Json json;
  json["subject"] = explanation.subject;
  json["at_seconds"] = Seconds(explanation.at);
  json["t_ms"] = UnixMillis(explanation.wall);
  json["outcome"] = OutcomeText(explanation.outcome);
  json["reason"] = explanation.reason;
  json["headline"] = explanation.headline;
  json["chain"] = Json::array();
  for (const Link& link : explanation.chain) json["chain"].push_back(LinkJson(link));
  if (explanation.query) {
    Json& query = json["instant_query"];
    query["text"] = explanation.query->text;
    if (explanation.query->t_ms) {
      query["t_ms"] = *explanation.query->t_ms;
      query["value"] = explanation.query->value;
    }
  }
  if (!explanation.next.empty()) json["next"] = explanation.next;
  return Dump(json);
}

}  // namespace stalemark::scenario
