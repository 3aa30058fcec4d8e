// SPDX-License-Identifier: Apache-2.0
// Compares a run of a scrape case with what the real server did.
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/conformance/case.h"
#include "sim/conformance/scrape_run.h"

namespace stalemark::conformance {
namespace {

std::string Short(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  constexpr std::size_t kShown = 400;
  return text.size() > kShown ? text.substr(0, kShown) + "..." : text;
}

/// Writes numbered label sets and headers out, as RunScrape returns them.
Json Expand(const Json& expected) {
  Json out = expected;
  const Json none = Json::array();
  const Json& labels = expected.contains("label_sets") ? expected.at("label_sets") : none;
  const Json& headers = expected.contains("header_sets") ? expected.at("header_sets") : none;
  for (const char* key : {"configs", "requests", "commits", "snapshots", "series", "exemplars"}) {
    if (!out.contains(key) || out.at(key).is_null()) out[key] = Json::array();
  }
  for (Json& request : out["requests"]) {
    if (request.contains("headers")) request["headers"] = headers.at(request.at("headers").get<std::size_t>());
  }
  for (Json& commit : out["commits"]) {
    if (!commit.contains("appends") || commit.at("appends").is_null()) commit["appends"] = Json::array();
    for (Json& append : commit["appends"]) append[0] = labels.at(append.at(0).get<std::size_t>());
  }
  for (const char* key : {"series", "exemplars"}) {
    for (Json& series : out[key]) series["l"] = labels.at(series.at("l").get<std::size_t>());
  }
  for (Json& snapshot : out["snapshots"]) {
    for (const char* key : {"active", "dropped"}) {
      if (!snapshot.contains(key) || snapshot.at(key).is_null()) snapshot[key] = Json::array();
      std::sort(snapshot[key].begin(), snapshot[key].end());
    }
  }
  if (!out.contains("failure_logs") || out.at("failure_logs").is_null()) out["failure_logs"] = Json::object();
  SortTies(&out);
  return out;
}

/// Errors of transports and deadlines are worded by the HTTP stack: the kind decides.
void DropTransportTexts(Json* snapshots) {
  for (Json& snapshot : *snapshots) {
    for (Json& target : snapshot["active"]) {
      const std::string kind = target.value("last_error_kind", std::string());
      if (kind == "transport" || kind == "timeout") target.erase("last_error");
    }
  }
}

/// The same in failure logs, which do not tell the kind: the client's own errors begin with the request.
void DropTransportLines(Json* logs) {
  // A log that was opened and never written to is an empty file, or none.
  for (auto log = logs->begin(); log != logs->end();) log = log->empty() ? logs->erase(log) : std::next(log);
  for (auto& [name, lines] : logs->items()) {
    for (Json& line : lines) {
      if (line.value("msg", std::string()).rfind("Get \"", 0) == 0) line.erase("msg");
    }
  }
}

/// Takes out what bodies decide.
void KeepTimingOnly(Json* result) {
  for (Json& snapshot : (*result)["snapshots"]) {
    for (Json& target : snapshot["active"]) {
      for (const char* key : {"health", "last_error", "last_error_kind"}) target.erase(key);
    }
  }
  Json commits = Json::array();
  for (const Json& commit : result->at("commits")) {
    if (commit.at("outcome") != "commit") continue;  // a rollback is a body's or the storage's doing
    commits.push_back({{"at_ns", commit.at("at_ns")}, {"job", commit.at("job")}, {"instance", commit.at("instance")}});
  }
  (*result)["commits"] = std::move(commits);
  result->erase("series");
  result->erase("exemplars");
  result->erase("metrics");
  result->erase("metrics_after_stop");
}

/// The first difference of two lists, or an empty text.
std::string CompareLists(std::string_view what, const Json& expected, const Json& actual) {
  for (std::size_t i = 0; i < expected.size() && i < actual.size(); ++i) {
    if (expected[i] == actual[i]) continue;
    if (expected[i].is_object() && actual[i].is_object()) {
      for (const auto& [key, value] : expected[i].items()) {
        const Json other = actual[i].contains(key) ? actual[i].at(key) : Json();
        if (value == other) continue;
        const std::string path = fmt::format("{}[{}].{}", what, i, key);
        if (value.is_array() && other.is_array()) return CompareLists(path, value, other);
        return fmt::format("{}: expected {}, got {} (at {})", path, Short(value), Short(other),
                           Short(expected[i].value("at_ns", Json())));
      }
    }
    return fmt::format("{}[{}]: expected {}, got {}", what, i, Short(expected[i]), Short(actual[i]));
  }
  if (expected.size() == actual.size()) return {};
  const Json& longer = expected.size() > actual.size() ? expected : actual;
  const std::size_t first = std::min(expected.size(), actual.size());
  return fmt::format("{}: expected {} items, got {}; the first without a counterpart is {}", what, expected.size(),
                     actual.size(), Short(longer[first]));
}

std::string CompareMaps(std::string_view what, const Json& expected, const Json& actual) {
  std::set<std::string> names;
  for (const auto& item : expected.items()) names.insert(item.key());
  for (const auto& item : actual.items()) names.insert(item.key());
  for (const std::string& name : names) {
    const Json left = expected.contains(name) ? expected.at(name) : Json("absent");
    const Json right = actual.contains(name) ? actual.at(name) : Json("absent");
    if (left != right) return fmt::format("{}: {}: expected {}, got {}", what, name, Short(left), Short(right));
  }
  return {};
}

std::string Compare(const Json& expected, const Json& actual) {
  for (const char* key : {"configs", "requests", "commits", "snapshots", "series", "exemplars"}) {
    if (!expected.contains(key)) continue;
    std::string difference = CompareLists(key, expected.at(key), actual.at(key));
    if (!difference.empty()) return difference;
  }
  if (expected.contains("stopped_ns") && expected.at("stopped_ns") != actual.value("stopped_ns", Json())) {
    return fmt::format("stopped_ns: expected {}, got {}", Short(expected.at("stopped_ns")),
                       Short(actual.value("stopped_ns", Json())));
  }
  for (const char* key : {"metrics", "metrics_after_stop", "failure_logs"}) {
    if (!expected.contains(key) || !actual.contains(key)) continue;
    std::string difference = CompareMaps(key, expected.at(key), actual.at(key));
    if (!difference.empty()) return difference;
  }
  return {};
}

}  // namespace

CaseOutcome RunScrapeCase(const Json& test, const CaseContext& context) {
  CaseOutcome outcome;
  Json actual = RunScrape(test, &outcome.produced);
  Json expected = Expand(test.at("expected"));
  for (Json* result : {&expected, &actual}) {
    DropTransportTexts(&(*result)["snapshots"]);
    DropTransportLines(&(*result)["failure_logs"]);
    if (context.timing_only) KeepTimingOnly(result);
  }
  outcome.difference = Compare(expected, actual);
  outcome.passed = outcome.difference.empty();
  return outcome;
}

}  // namespace stalemark::conformance
