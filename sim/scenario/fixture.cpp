// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/fixture.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/discovery/json.h"

namespace stalemark::scenario {
namespace {

constexpr std::int64_t kLatencyMsMax = 86'400'000;

/// The number of a key, if it is a whole one up to `max`.
std::optional<std::int64_t> NumberOf(const JsonValue& object, std::string_view key, std::int64_t max) {
  const std::optional<JsonValue> found = object.Member(key);
  const std::optional<std::uint64_t> value = found ? found->Unsigned() : std::nullopt;
  if (!value || *value > static_cast<std::uint64_t>(max)) return {};
  return static_cast<std::int64_t>(*value);
}

std::optional<std::string> TextOf(const JsonValue& object, std::string_view key) {
  const std::optional<JsonValue> found = object.Member(key);
  if (!found || found->kind() != JsonKind::kString) return {};
  return found->String();
}

class FixtureReader {
 public:
  FixtureReader(const std::string& folder, RecordedLatency latency, const Files& files)
      : folder_(folder), latency_(latency), files_(files) {}

  Result<std::vector<ScriptedExporter::Step>> Read() {
    const std::string file = folder_ + "/responses.json";
    const Result<std::string> text = files_.Read(file);
    if (!text.ok()) return text.error();
    const Result<JsonValue> json = ParseJson(*text);
    const auto fail = [&](const std::string& what) { return Error{file + ": " + what}; };
    if (!json) return fail("found no JSON, expected a recording");
    if (NumberOf(*json, "format", 1) != 1) return fail("found no \"format\": 1, expected a recording");
    const std::optional<JsonValue> responses = json->Member("responses");
    const bool is_list = responses && responses->kind() == JsonKind::kArray;
    const std::vector<JsonValue> items = is_list ? responses->Items() : std::vector<JsonValue>();
    if (items.empty()) {
      return fail("found no responses, expected a list of at least one");
    }
    std::vector<ScriptedExporter::Step> steps;
    for (const JsonValue& item : items) {
      Result<ResponseScript> script = Response(item);
      if (!script.ok()) return fail(fmt::format("response {}: {}", steps.size(), script.error().message));
      steps.push_back({std::make_shared<const SimResponse>(std::move(script).value()), 1});
    }
    return steps;
  }

 private:
  Result<ResponseScript> Response(const JsonValue& item) {
    if (item.kind() != JsonKind::kObject) return Error{"found no object"};
    ResponseScript script;
    if (latency_ == RecordedLatency::kKeep) {
      script.delay = std::chrono::milliseconds(NumberOf(item, "latency_ms", kLatencyMsMax).value_or(0));
    }
    if (const auto fault = TextOf(item, "fault")) {
      if (*fault != "refuse") return Error{fmt::format("found fault \"{}\", expected refuse", *fault)};
      script.fault = SimFault::kRefuse;
      return script;
    }
    const auto status = NumberOf(item, "status", 999);
    const auto body = TextOf(item, "body");
    if (!status || !body) return Error{"found neither a fault nor a status and a body"};
    script.status = static_cast<int>(*status);
    if (Status headers = Headers(item, &script); !headers.ok()) return headers.error();
    const Result<std::string*> content = Body(*body);
    if (!content.ok()) return content.error();
    script.body = **content;
    return script;
  }

  static Status Headers(const JsonValue& item, ResponseScript* script) {
    const std::optional<JsonValue> headers = item.Member("headers");
    if (!headers) return {};
    const Error bad{"found bad headers, expected a list of [name, value]"};
    if (headers->kind() != JsonKind::kArray) return bad;
    for (const JsonValue& header : headers->Items()) {
      if (header.kind() != JsonKind::kArray) return bad;
      const std::vector<JsonValue> pair = header.Items();
      const auto is_text = [](const JsonValue& value) { return value.kind() == JsonKind::kString; };
      if (pair.size() != 2 || !std::all_of(pair.begin(), pair.end(), is_text)) return bad;
      script->headers.push_back({pair[0].String(), pair[1].String()});
    }
    return {};
  }

  /// Equal bodies are stored, and read, once.
  Result<std::string*> Body(const std::string& name) {
    const auto known = bodies_.find(name);
    if (known != bodies_.end()) return &known->second;
    Result<std::string> content = files_.Read(folder_ + "/" + name);
    if (!content.ok()) return content.error();
    return &(bodies_[name] = std::move(content).value());
  }

  const std::string& folder_;
  const RecordedLatency latency_;
  const Files& files_;
  std::map<std::string, std::string> bodies_;
};

}  // namespace

Result<std::vector<ScriptedExporter::Step>> LoadFixture(const std::string& folder, RecordedLatency latency,
                                                        const Files& files) {
  return FixtureReader(folder, latency, files).Read();
}

}  // namespace stalemark::scenario
