// SPDX-License-Identifier: Apache-2.0
#include "sim/conformance/runner.h"

#include <exception>
#include <utility>

namespace stalemark::conformance {
namespace {

using RunCase = CaseOutcome (*)(const Json& test, const CaseContext& context);

/// A format, recognised by keys that only its cases have.
struct Format {
  std::initializer_list<const char*> keys;
  RunCase run;
};

RunCase FormatOf(const Json& test) {
  static const Format kFormats[] = {
      {{"format", "exporters"}, RunScrapeCase},
      {{"mechanism"}, RunDocumentCase},
      {{"content_type", "expected"}, RunExpositionCase},
      {{"rules"}, RunRelabelCase},
      {{"rules_b64"}, RunRelabelCase},
      {{"fqdn"}, RunSeedCase},
      {{"seed", "interval_ns"}, RunOffsetCase},
      {{"config", "group"}, RunPopulateCase},
      {{"config", "group_b64"}, RunPopulateCase},
      {{"yaml"}, RunConfigCase},
      {{"yaml_b64"}, RunConfigCase},
      {{"kind", "text"}, RunUnitsCase},
      {{"encoding", "samples"}, RunChunkCase},
      {{"kind", "entries"}, RunRecordCase},
      {{"ops"}, RunHeadCase},
      {{"remote_write", "records"}, RunRemoteCase},
      {{"segment"}, RunReaderCase},
      {{"segment_size"}, RunSegmentsCase},
      {{"bits", "g"}, RunFloatCase},
      {{"in", "text"}, RunFloatCase},
      {{"in_b64", "text"}, RunFloatCase},
  };
  for (const Format& format : kFormats) {
    bool all = true;
    for (const char* key : format.keys) all = all && test.contains(key);
    if (all) return format.run;
  }
  // Both hold labels; only a URL case expects a URL.
  if (!test.contains("expected")) return nullptr;
  const Json& expected = test.at("expected");
  if (expected.is_object() && expected.contains("url")) return RunUrlCase;
  if (expected.is_object() && expected.contains("bytes_len")) return RunLabelsCase;
  return nullptr;
}

CaseOutcome RunOne(const Json& test, const CaseContext& context) {
  const RunCase run = FormatOf(test);
  if (run == nullptr) return Failed("not a case of a known format");
  // The edge where a case's missing or mistyped keys, which the JSON library throws, become that case's failure.
  try {
    return run(test, context);
  } catch (const std::exception& error) {
    return Failed(std::string("the case cannot be run: ") + error.what());
  }
}

bool IsSelected(const Json& test, const RunnerOptions& options) {
  if (!options.select_by_needs || !test.contains("needs")) return true;
  for (const Json& need : test.at("needs")) {
    if (need.is_string() && options.needs.count(need.get<std::string>()) == 0) return false;
  }
  return true;
}

std::string NameOf(const Json& test) {
  const auto name = test.is_object() ? test.find("name") : test.end();
  return test.is_object() && name != test.end() && name->is_string() ? name->get<std::string>() : std::string();
}

/// The library's reason with its position, without its number; it quotes what it last read, however long that is.
std::string ParseErrorText(std::string_view what) {
  const std::size_t number_end = what.find("] ");
  if (number_end != std::string_view::npos) what = what.substr(number_end + 2);
  constexpr std::size_t kLengthMax = 300;
  return what.size() > kLengthMax ? std::string(what.substr(0, kLengthMax)) + "..." : std::string(what);
}

Result<Json> ParseObject(std::string_view text) {
  // The edge where what the JSON library throws becomes an error.
  try {
    Json value = Json::parse(text);
    if (value.is_object()) return value;
    return Error{std::string("not a JSON object, but ") + value.type_name()};
  } catch (const Json::exception& error) {
    return Error{ParseErrorText(error.what())};
  }
}

/// `where` says which part of the file it is, for what cannot even be read.
void RunText(const std::string& id, const std::string& where, std::string_view text, const CaseContext& context,
             const RunnerOptions& options, const ReportSink& sink) {
  const Result<Json> parsed = ParseObject(text);
  if (!parsed.ok()) {
    sink({id, Failed(where + parsed.error().message)});
    return;
  }
  const Json& test = *parsed;
  if (!IsSelected(test, options)) return;
  const std::string name = NameOf(test);
  const bool is_line = id.size() > 6 && id.find(".jsonl") != std::string::npos;
  sink({is_line && !name.empty() ? id + " " + name : id, RunOne(test, context)});
}

}  // namespace

bool IsCaseFile(std::string_view path) {
  const auto ends_with = [path](std::string_view suffix) {
    return path.size() >= suffix.size() && path.substr(path.size() - suffix.size()) == suffix;
  };
  if (ends_with("/real/index.json") || ends_with("/expected.json")) return false;
  return ends_with(".jsonl") || ends_with(".json");
}

void RunFile(const std::string& id_prefix, std::string_view content, const CaseContext& context,
             const RunnerOptions& options, const ReportSink& sink) {
  const bool lines = id_prefix.size() > 6 && id_prefix.substr(id_prefix.size() - 6) == ".jsonl";
  if (!lines) {
    RunText(id_prefix, "", content, context, options, sink);
    return;
  }
  for (std::size_t number = 1; !content.empty(); ++number) {
    const std::size_t end = content.find('\n');
    const std::string_view line = content.substr(0, end);
    content = end == std::string_view::npos ? std::string_view() : content.substr(end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    RunText(id_prefix, "line " + std::to_string(number) + " of the file: ", line, context, options, sink);
  }
}

}  // namespace stalemark::conformance
