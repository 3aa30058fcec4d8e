// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <memory>

#include <fmt/format.h>

#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "core/text/path_match.h"
#include "sim/scenario/fixture.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {
namespace {

using ascii::IsDigit;

constexpr std::uint64_t kRepeatMax = 1'000'000'000'000;
constexpr std::uint64_t kBodyBytesMax = std::uint64_t{1} << 40;
/// Folders above the scenario's in which fixtures are looked for.
constexpr int kFoldersUpMax = 32;
constexpr std::string_view kAnswerKeys = "fixture, responses, series, template, directory";

struct NamedFormat {
  std::string_view name;
  ExposedFormat protocol;
};
constexpr NamedFormat kFormats[] = {
    {"text", ScrapeProtocol::kPrometheusText0_0_4},
    {"text 1.0.0", ScrapeProtocol::kPrometheusText1_0_0},
    {"openmetrics", ScrapeProtocol::kOpenMetricsText1_0_0},
    {"openmetrics 0.0.1", ScrapeProtocol::kOpenMetricsText0_0_1},
    {"protobuf", ScrapeProtocol::kPrometheusProto},
    {"negotiated", std::nullopt},  // the last one: not everything can be negotiated
};

struct Extension {
  std::string_view name;
  ScrapeProtocol protocol;
};
constexpr Extension kExtensions[] = {
    {".txt", ScrapeProtocol::kPrometheusText0_0_4},
    {".prom", ScrapeProtocol::kPrometheusText0_0_4},
    {".om", ScrapeProtocol::kOpenMetricsText1_0_0},
    {".pb", ScrapeProtocol::kPrometheusProto},
};

/// A path as a pattern that matches nothing else.
std::string GlobQuoted(std::string_view path) {
  std::string pattern;
  for (const char c : path) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern;
}

/// Removes the digits in front and returns them without leading zeros.
std::string_view TakeDigits(std::string_view* text) {
  std::size_t size = 0;
  while (size < text->size() && IsDigit((*text)[size])) ++size;
  std::string_view digits = text->substr(0, size);
  text->remove_prefix(size);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

/// `2.txt` before `10.txt`. Equal numbers with other zeros: by their bytes.
bool NumberedLess(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a, whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (IsDigit(a.front()) && IsDigit(b.front())) {
      const std::string_view number_a = TakeDigits(&a), number_b = TakeDigits(&b);
      if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
      if (number_a != number_b) return number_a < number_b;
      continue;
    }
    if (a.front() != b.front()) return a.front() < b.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;
}

}  // namespace

void ScenarioLoader::ReadExporters(const yaml::Node& node) {
  reader_.Entries(node, "a mapping from host:port to an exporter",
                  [this](const std::string& address, const yaml::Node& key_node, const yaml::Node& value) {
                    if (address.find("://") != std::string::npos) {
                      reader_.Fail(key_node, text::GoQuote(address), "host:port: an exporter answers on every path");
                      return;
                    }
                    if (address.find(':') == std::string::npos) {
                      reader_.Fail(key_node, text::GoQuote(address),
                                   "an address with its port, such as " + address + ":80");
                      return;
                    }
                    ReadExporter(address, value);
                  });
}

struct ScenarioLoader::ExporterNodes {
  const yaml::Node *fixture = nullptr, *responses = nullptr, *series = nullptr, *templated = nullptr,
                   *directory = nullptr;
  const yaml::Node *latency = nullptr, *format = nullptr, *gzip = nullptr;
};

void ScenarioLoader::ReadExporter(const std::string& address, const yaml::Node& node) {
  ExporterNodes nodes;
  reader_.Mapping(node, fmt::format("an exporter: a mapping with one of the keys {}", kAnswerKeys),
                  {{"fixture", &nodes.fixture},
                   {"responses", &nodes.responses},
                   {"series", &nodes.series},
                   {"template", &nodes.templated},
                   {"directory", &nodes.directory},
                   {"latency", &nodes.latency},
                   {"format", &nodes.format},
                   {"gzip", &nodes.gzip}});
  if (reader_.failed()) return;
  const yaml::Node* kinds[] = {nodes.fixture, nodes.responses, nodes.series, nodes.templated, nodes.directory};
  const auto count =
      std::count_if(std::begin(kinds), std::end(kinds), [](const yaml::Node* n) { return n != nullptr; });
  if (count != 1) {
    reader_.Fail(node, fmt::format("{} answers", count), fmt::format("exactly one of {}", kAnswerKeys));
    return;
  }
  ExporterSpec spec;
  spec.address = address;
  if (nodes.latency != nullptr) spec.latency = ReadLatency(*nodes.latency);
  if (auto answers = ReadAnswers(nodes)) {
    spec.answers = std::move(*answers);
    scenario_.exporters.push_back(std::move(spec));
  }
}

std::optional<Answers> ScenarioLoader::ReadAnswers(const ExporterNodes& nodes) {
  if (nodes.fixture != nullptr || nodes.responses != nullptr) {
    for (const yaml::Node* stray : {nodes.format, nodes.gzip}) {
      if (stray == nullptr) continue;
      reader_.Fail(*stray, "a key of made answers", "it beside series, template or directory only");
      return {};
    }
  }
  const bool gzip = nodes.gzip != nullptr && reader_.Flag(*nodes.gzip).value_or(false);
  if (nodes.fixture != nullptr) {
    return ReadFixture(*nodes.fixture, nodes.latency == nullptr ? RecordedLatency::kKeep : RecordedLatency::kDrop);
  }
  if (nodes.responses != nullptr) return ReadResponses(*nodes.responses);
  if (nodes.series != nullptr) {
    ExposedFamilies exposed;
    exposed.gzip = gzip;
    if (nodes.format != nullptr) exposed.format = ReadFormat(*nodes.format, Negotiable::kYes);
    exposed.families = ReadExposedSeries(*nodes.series, exposed.format);
    return exposed;
  }
  ExposedFormat format;
  if (nodes.format != nullptr) format = ReadFormat(*nodes.format, Negotiable::kNo);
  if (nodes.directory != nullptr) return ReadDirectory(*nodes.directory, format, gzip);
  TemplateAnswers answers{format.value_or(ScrapeProtocol::kPrometheusText0_0_4), gzip, {}};
  if (answers.format == ScrapeProtocol::kPrometheusProto) {
    reader_.Fail(*nodes.format, "protobuf", "a text format: a template is a text");
    return {};
  }
  const auto text = reader_.Text(*nodes.templated, "a body with places such as ${counter rate=15}");
  if (!text) return {};
  Result<BodyTemplate> body = ParseBodyTemplate(*text);
  if (body.ok()) {
    answers.body = std::move(body).value();
    return answers;
  }
  ComplainInText(*nodes.templated, body.error());
  return {};
}

ExposedFormat ScenarioLoader::ReadFormat(const yaml::Node& node, Negotiable negotiable) {
  std::vector<std::string_view> words;
  for (const NamedFormat& format : kFormats) {
    if (format.protocol || negotiable == Negotiable::kYes) words.push_back(format.name);
  }
  const auto index = reader_.Word(node, words);
  return index ? kFormats[*index].protocol : ScrapeProtocol::kPrometheusText0_0_4;
}

std::optional<Answers> ScenarioLoader::ReadDirectory(const yaml::Node& node, ExposedFormat format, bool gzip) {
  const auto name = reader_.Text(node, "the path of a folder with bodies");
  if (!name) return {};
  std::vector<std::string> paths = disk_.Glob(GlobQuoted(OnDisk(*name)) + "/[^.]*");
  std::sort(paths.begin(), paths.end(), [](const std::string& a, const std::string& b) { return NumberedLess(a, b); });
  std::vector<ScriptedExporter::Step> steps;
  for (const std::string& path : paths) {
    const std::size_t dot = path.rfind('.');
    const std::string_view extension =
        dot == std::string::npos || dot < path.rfind('/') ? std::string_view() : std::string_view(path).substr(dot);
    const auto known = std::find_if(std::begin(kExtensions), std::end(kExtensions),
                                    [&](const Extension& one) { return one.name == extension; });
    if (!format && known == std::end(kExtensions)) {
      reader_.Fail(node, text::GoQuote(path), "a body that ends in .txt, .prom, .om or .pb, or the key format");
      return {};
    }
    Result<std::string> body = disk_.Read(path);
    if (!body.ok()) {
      reader_.Complain(node, body.error().message);
      return {};
    }
    ResponseScript script;
    script.headers = {{"Content-Type", std::string(ContentTypeOf(format ? *format : known->protocol))}};
    script.body = std::move(body).value();
    script.gzip = gzip;
    steps.push_back({std::make_shared<const SimResponse>(std::move(script)), 1});
  }
  if (!steps.empty()) return steps;
  reader_.Fail(node, fmt::format("no file in {}", text::GoQuote(OnDisk(*name))), "a folder with bodies");
  return {};
}

std::optional<std::vector<ScriptedExporter::Step>> ScenarioLoader::ReadFixture(const yaml::Node& node,
                                                                               RecordedLatency latency) {
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

std::vector<ScriptedExporter::Step> ScenarioLoader::ReadResponses(const yaml::Node& node) {
  std::vector<ScriptedExporter::Step> steps;
  reader_.Items(node, "a list of responses", [&](const yaml::Node& item) { steps.push_back(ReadResponse(item)); });
  if (steps.empty() && !reader_.failed()) reader_.Fail(node, "no response", "at least one");
  return steps;
}

ScriptedExporter::Step ScenarioLoader::ReadResponse(const yaml::Node& node) {
  ResponseScript script;
  script.headers = {{"Content-Type", std::string(ContentTypeOf(ScrapeProtocol::kPrometheusText0_0_4))}};
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

}  // namespace stalemark::scenario
