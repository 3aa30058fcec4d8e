// SPDX-License-Identifier: Apache-2.0
#include "sim/report/test_json.h"

#include "core/config/json_text.h"

namespace stalemark::report {
namespace {

using scenario::ExpectationEntry;
using scenario::Failure;
using scenario::Place;

constexpr std::uint64_t kVersion = 1;

void WritePlace(JsonObject& object, const Place& place) {
  object.AlwaysUint("line", place.line);
  object.AlwaysUint("column", place.column);
}

void WriteExpectation(std::string& out, const ExpectationEntry& entry) {
  JsonObject object(out);
  object.AlwaysText("kind", entry.kind);
  object.AlwaysText("subject", entry.subject);
  WritePlace(object, entry.place);
}

}  // namespace

void AppendFailureJson(std::string& out, const Failure& failure) {
  JsonObject object(out);
  object.AlwaysText("kind", failure.kind);
  object.AlwaysText("subject", failure.subject);
  object.AlwaysText("file", failure.file);
  WritePlace(object, failure.place);
  object.AlwaysText("message", failure.message);
  object.AlwaysText("detail", failure.detail);
  object.AlwaysText("next", failure.next);
  if (!failure.seen) return;
  object.AlwaysText("at_ns", std::to_string(failure.seen->at.count()));
  if (!failure.seen->series.empty()) object.AlwaysText("series", failure.seen->series);
}

namespace {

void WriteSeed(std::string& out, const TestResult::SeedDigests& digests) {
  JsonObject object(out);
  object.AlwaysUint("seed", digests.seed);
  object.AlwaysText("store_digest", digests.store);
  object.AlwaysText("trace_digest", digests.trace);
}

void WriteResult(std::string& out, const TestResult& result) {
  out += "\n";
  JsonObject object(out);
  object.AlwaysText("file", result.file);
  object.AlwaysText("name", result.name);
  object.AlwaysText("outcome", OutcomeText(result.outcome));
  object.Key("seconds") += SecondsText(result.took);
  object.AlwaysUint("samples", result.sample_count);
  object.AlwaysUint("targets", result.target_count);
  object.AlwaysUint("scrapes", result.scrape_count);
  object.AlwaysText("store_digest", result.store_digest);
  object.AlwaysText("trace_digest", result.trace_digest);
  object.AlwaysList("seeds", result.seed_digests, WriteSeed);
  object.AlwaysList("expectations", result.expectations, WriteExpectation);
  object.AlwaysList("failures", result.failures, AppendFailureJson);
  object.AlwaysTexts("notes", result.notes);
}

}  // namespace

std::string TestReportJson(const TestReport& report) {
  std::string out;
  {
    JsonObject object(out);
    object.AlwaysUint("version", kVersion);
    object.AlwaysUint("passed", report.PassedCount());
    object.AlwaysUint("failed", report.FailedCount());
    object.Key("seconds") += SecondsText(report.took);
    object.AlwaysList("scenarios", report.results, WriteResult);
  }
  return out + "\n";
}

}  // namespace stalemark::report
