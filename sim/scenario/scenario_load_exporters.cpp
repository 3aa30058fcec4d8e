// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "core/text/path_match.h"
#include "sim/scenario/fixture.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {
namespace {

constexpr std::uint64_t kRepeatMax = 1'000'000'000'000;
constexpr std::uint64_t kBodyBytesMax = std::uint64_t{1} << 40;
/// Folders above the scenario's in which fixtures are looked for.
constexpr int kFoldersUpMax = 32;

}  // namespace

void ScenarioLoader::ReadExporters(const yaml::Node& node) {
  reader_.Entries(node, "a mapping from host:port to an exporter",
                  [this](const std::string& address, const yaml::Node& key_node, const yaml::Node& value) {
                    if (address.find(':') == std::string::npos) {
                      reader_.Fail(key_node, text::GoQuote(address),
                                   "an address with its port, such as " + address + ":80");
                      return;
                    }
                    ReadExporter(address, value);
                  });
}

void ScenarioLoader::ReadExporter(const std::string& address, const yaml::Node& node) {
  const yaml::Node *fixture = nullptr, *responses = nullptr, *series = nullptr, *latency = nullptr;
  reader_.Mapping(node, "an exporter: a mapping with one of the keys fixture, responses, series",
                  {{"fixture", Keep(&fixture)},
                   {"responses", Keep(&responses)},
                   {"series", Keep(&series)},
                   {"latency", Keep(&latency)}});
  if (reader_.failed()) return;
  const int kinds = (fixture != nullptr ? 1 : 0) + (responses != nullptr ? 1 : 0) + (series != nullptr ? 1 : 0);
  if (kinds != 1) {
    reader_.Fail(node, fmt::format("{} of them", kinds), "exactly one of fixture, responses, series");
    return;
  }
  std::optional<Nanoseconds> delay;
  if (latency != nullptr) delay = reader_.Duration(*latency);
  ExporterSpec spec;
  spec.address = address;
  spec.latency = delay.value_or(Nanoseconds(0));
  if (fixture != nullptr) {
    auto steps = ReadFixture(*fixture, delay);
    if (!steps) return;
    spec.answers = std::move(*steps);
  } else if (responses != nullptr) {
    spec.answers = ReadResponses(*responses, spec.latency);
  } else {
    spec.answers = ReadExposedSeries(*series);
  }
  scenario_.exporters.push_back(std::move(spec));
}

std::optional<std::vector<ScriptedExporter::Step>> ScenarioLoader::ReadFixture(const yaml::Node& node,
                                                                               std::optional<Nanoseconds> latency) {
  const auto name = reader_.Text(node, "the name of a recording under fixtures/");
  if (!name) return {};
  std::string folder = name->find('/') == std::string::npos ? std::string() : OnDisk(*name);
  std::string above = folder_;
  for (int i = 0; folder.empty() && i < kFoldersUpMax; ++i) {
    const std::string candidate = text::CleanPath(above + "/fixtures/" + *name);
    if (disk_.Read(candidate + "/responses.json").ok()) folder = candidate;
    if (above == "/") break;
    above = text::CleanPath(above + "/..");
  }
  if (folder.empty()) {
    reader_.Fail(node, text::GoQuote(*name),
                 "a recording: a folder fixtures/NAME with a responses.json, here or above");
    return {};
  }
  auto steps = LoadFixture(folder, latency, disk_);
  if (steps.ok()) return std::move(steps).value();
  reader_.Complain(node, steps.error().message);
  return {};
}

std::vector<ScriptedExporter::Step> ScenarioLoader::ReadResponses(const yaml::Node& node, Nanoseconds latency) {
  std::vector<ScriptedExporter::Step> steps;
  reader_.Items(node, "a list of responses",
                [&](const yaml::Node& item) { steps.push_back(ReadResponse(item, latency)); });
  if (steps.empty() && !reader_.failed()) reader_.Fail(node, "no response", "at least one");
  return steps;
}

ScriptedExporter::Step ScenarioLoader::ReadResponse(const yaml::Node& node, Nanoseconds latency) {
  ResponseScript script;
  script.delay = latency;
  script.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
  std::uint64_t repeat = 1;
  const std::vector<std::string_view> faults = SimFaultNames();
  const auto flag = [this](bool* out) {
    return [this, out](const yaml::Node& value) { *out = reader_.Flag(value).value_or(false); };
  };
  const auto duration = [this](Nanoseconds* out) {
    return [this, out](const yaml::Node& value) { *out = reader_.Duration(value).value_or(Nanoseconds(0)); };
  };
  reader_.Mapping(
      node, "a response: a mapping",
      {{"status", [&](const yaml::Node& v) { script.status = static_cast<int>(reader_.Number(v, 999).value_or(200)); }},
       {"headers",
        [&](const yaml::Node& v) {
          script.headers.clear();
          reader_.Entries(v, "a mapping of headers",
                          [&](const std::string& name, const yaml::Node&, const yaml::Node& value) {
                            script.headers.push_back({name, reader_.Text(value, "a text").value_or("")});
                          });
        }},
       {"body", [&](const yaml::Node& v) { script.body = reader_.Text(v, "a text").value_or(""); }},
       {"body_file",
        [&](const yaml::Node& v) {
          const auto name = reader_.Text(v, "a path");
          if (name) script.body = ReadDiskFile(v, *name).value_or("");
        }},
       {"gzip", flag(&script.gzip)},
       {"chunked", flag(&script.chunked)},
       {"delay", duration(&script.delay)},
       {"body_delay", duration(&script.body_delay)},
       {"fault",
        [&](const yaml::Node& v) {
          if (const auto index = reader_.Word(v, faults)) script.fault = *SimFaultFromName(faults[*index]);
        }},
       {"after", [&](const yaml::Node& v) { script.after = reader_.Number(v, kBodyBytesMax).value_or(0); }},
       {"repeat", [&](const yaml::Node& v) { repeat = reader_.Number(v, kRepeatMax).value_or(1); }}});
  return {std::make_shared<const SimResponse>(std::move(script)), repeat == 0 ? 1 : repeat};
}

std::vector<ExposedSeries> ScenarioLoader::ReadExposedSeries(const yaml::Node& node) {
  std::vector<ExposedSeries> all;
  reader_.Items(node, "a list of {series: ..., values: ...}", [&](const yaml::Node& item) {
    const yaml::Node *series = nullptr, *values = nullptr;
    reader_.Mapping(item, "a mapping with the keys series and values",
                    {{"series", Keep(&series)}, {"values", Keep(&values)}});
    if (reader_.failed()) return;
    if (series == nullptr || values == nullptr) {
      reader_.Fail(item, series == nullptr ? "no series" : "no values", "the keys series and values");
      return;
    }
    const auto labels = ReadSeriesName(*series);
    auto parsed = ReadSeriesValues(*values);
    if (!labels || !parsed) return;
    if (parsed->HasStale()) {
      reader_.Fail(*values, "stale", "values that can be exposed; a gap is _");
      return;
    }
    all.push_back({reader_.Text(*series, "a series").value_or(""), std::move(*parsed)});
  });
  return all;
}

}  // namespace stalemark::scenario
