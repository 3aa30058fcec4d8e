// SPDX-License-Identifier: Apache-2.0
// Explanations as text and as JSON.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/config/json_text.h"
#include "core/model/duration.h"
#include "sim/explain/explain.h"
#include "sim/explain/inquiry.h"
#include "sim/run/timeline.h"

namespace stalemark::scenario {
namespace {

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

/// Milliseconds are as fine as it gets, and `40.0` says that the number is not a whole one by nature.
std::string Seconds(Nanoseconds since_start) {
  std::string text = fmt::format("{:.3f}", static_cast<double>(since_start.count() / 1'000'000) / 1000.0);
  text.erase(std::max(text.find_last_not_of('0') + 1, text.find('.') + 2));
  return text;
}

void AppendLink(std::string& out, const Link& link) {
  JsonObject json(out);
  json.AlwaysText("kind", LinkKindText(link.kind));
  if (link.at) json.Key("at_seconds") += Seconds(link.at->time_since_epoch());
  if (link.scrape > 0) json.AlwaysUint("scrape", link.scrape);
  if (link.number > 0) json.AlwaysUint("number", link.number);
  if (link.line > 0) json.AlwaysUint("line", link.line);
  if (link.column > 0) json.AlwaysUint("column", link.column);
  if (link.rule > 0) json.AlwaysUint("rule", link.rule);
  if (link.last_rule > 0) json.AlwaysUint("last_rule", link.last_rule);
  if (!link.series.empty()) json.AlwaysText("series", link.series);
  json.AlwaysText("text", link.text);
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
  std::string out;
  {
    JsonObject json(out);
    json.AlwaysText("subject", explanation.subject);
    json.Key("at_seconds") += Seconds(explanation.at);
    json.AlwaysInt("t_ms", UnixMillis(explanation.wall));
    json.AlwaysText("outcome", OutcomeText(explanation.outcome));
    json.AlwaysText("reason", explanation.reason);
    json.AlwaysText("headline", explanation.headline);
    json.AlwaysList("chain", explanation.chain, AppendLink);
    if (explanation.query) {
      JsonObject query(json.Key("instant_query"));
      query.AlwaysText("text", explanation.query->text);
      if (explanation.query->t_ms) {
        query.AlwaysInt("t_ms", *explanation.query->t_ms);
        query.AlwaysText("value", explanation.query->value);
      }
    }
    if (!explanation.next.empty()) json.AlwaysText("next", explanation.next);
  }
  return IndentedJson(out);
}

}  // namespace stalemark::scenario
