// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/fixture.h"

#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace stalemark::scenario {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kLatencyMsMax = 86'400'000;

/// The number of a key, if it is one between 0 and `max`.
std::optional<std::int64_t> NumberOf(const Json& object, const char* key, std::int64_t max) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return {};
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(max)) return {};
  const auto value = found->get<std::int64_t>();
  if (value < 0 || value > max) return {};
  return value;
}

std::optional<std::string> TextOf(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  return found->get<std::string>();
}

class FixtureReader {
 public:
  FixtureReader(const std::string& folder, RecordedLatency latency, const Files& files)
      : folder_(folder), latency_(latency), files_(files) {}

  Result<std::vector<ScriptedExporter::Step>> Read() {
    const std::string file = folder_ + "/responses.json";
    const Result<std::string> text = files_.Read(file);
    if (!text.ok()) return text.error();
    const Json json = Json::parse(*text, nullptr, false);
    const auto fail = [&](const std::string& what) { return Error{file + ": " + what}; };
    if (json.is_discarded()) return fail("found no JSON, expected a recording");
    if (!json.is_object() || NumberOf(json, "format", 1) != 1)
      return fail("found no \"format\": 1, expected a recording");
    const auto responses = json.find("responses");
    if (responses == json.end() || !responses->is_array() || responses->empty()) {
      return fail("found no responses, expected a list of at least one");
    }
    std::vector<ScriptedExporter::Step> steps;
    for (const Json& item : *responses) {
      Result<ResponseScript> script = Response(item);
      if (!script.ok()) return fail(fmt::format("response {}: {}", steps.size(), script.error().message));
      steps.push_back({std::make_shared<const SimResponse>(std::move(script).value()), 1});
    }
    return steps;
  }

 private:
  Result<ResponseScript> Response(const Json& item) {
    if (!item.is_object()) return Error{"found no object"};
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

  static Status Headers(const Json& item, ResponseScript* script) {
    const auto headers = item.find("headers");
    if (headers == item.end()) return {};
    const Error bad{"found bad headers, expected a list of [name, value]"};
    if (!headers->is_array()) return bad;
    for (const Json& pair : *headers) {
      if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) return bad;
      script->headers.push_back({pair[0].get<std::string>(), pair[1].get<std::string>()});
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
