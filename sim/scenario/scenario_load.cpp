// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "core/text/nearest.h"
#include "core/text/path_match.h"
#include "sim/scenario/event_text.h"
#include "sim/scenario/features.h"
#include "sim/scenario/inline_yaml.h"
#include "sim/scenario/scenario_loader.h"
#include "sim/scenario/scenario_yaml.h"

namespace stalemark::scenario {
namespace {

constexpr std::uint64_t kSecondariesMax = 16;

/// Files that are given by mistake: a key at their top that a scenario has not, and what to say.
struct OtherFile {
  std::string_view key;
  std::string_view message;
};

constexpr std::string_view kConfigMessage =
    "this is a prometheus.yml, expected a scenario, which names it as prometheus.config; `stalemark check` checks it";

constexpr OtherFile kOtherFiles[] = {
    {"scrape_configs", kConfigMessage},
    {"scrape_config_files", kConfigMessage},
    {"global", kConfigMessage},
    {"tests", "this is a test of rules, which `promtool test rules` runs, expected a scenario"},
    {"groups", "this is a file of rules, expected a scenario"},
};

/// What the mapping is when it is no scenario; empty: it may be one.
std::string_view MistakenFor(const yaml::Node& root) {
  if (root.kind != yaml::NodeKind::kMapping) return {};
  const auto has = [&](std::string_view key) { return root.Find(key) != nullptr; };
  if (has("prometheus")) return {};
  for (const OtherFile& other : kOtherFiles) {
    if (has(other.key)) return other.message;
  }
  return {};
}

}  // namespace

std::string FolderOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

ScenarioLoader::ScenarioLoader(std::string_view path, const Files& files)
    : disk_(files), folder_(FolderOf(path)), reader_(std::string(path)) {
  scenario_.file = path;
}

Result<Scenario> LoadScenario(std::string_view path, const Files& files) {
  return ScenarioLoader(path, files).Load();
}

Result<Scenario> ScenarioLoader::Load() {
  Result<std::string> text = disk_.Read(scenario_.file);
  if (!text.ok()) return text.error();
  text_ = std::move(text).value();
  yaml::SyntaxError syntax;
  const Result<yaml::Document> document = ParseScenarioYaml(text_, &syntax);
  if (!document.ok()) {
    const bool placed = syntax.line > 0;
    const std::string place = placed ? fmt::format(":{}:{}", syntax.line, syntax.column) : std::string();
    return Error{fmt::format("{}{}: {}", scenario_.file, place, syntax.message)};
  }
  if (document->root() == nullptr) return Error{scenario_.file + ":1:1: found nothing, expected a scenario"};
  ReadRoot(*document->root());
  if (!reader_.failed()) CheckConfigs();
  if (reader_.failed()) return Error{reader_.errors()};
  SortEvents(&scenario_);
  std::vector<MonotonicTime>& observed = scenario_.expect.observed_at;
  std::sort(observed.begin(), observed.end());
  observed.erase(std::unique(observed.begin(), observed.end()), observed.end());
  return std::move(scenario_);
}

void ScenarioLoader::ReadRoot(const yaml::Node& root) {
  const yaml::Node *name = nullptr, *start = nullptr, *duration = nullptr, *seed = nullptr, *prometheus = nullptr;
  const yaml::Node *files = nullptr, *targets = nullptr, *exporters = nullptr, *storage = nullptr, *events = nullptr;
  const yaml::Node *recording = nullptr, *faults = nullptr, *expect = nullptr;
  if (const std::string_view message = MistakenFor(root); !message.empty()) return reader_.Complain(root, message);
  reader_.Mapping(root, "a scenario: a mapping with the keys name, duration, prometheus, ...",
                  {{"name", &name},
                   {"start", &start},
                   {"duration", &duration},
                   {"seed", &seed},
                   {"prometheus", &prometheus},
                   {"files", &files},
                   {"targets", &targets},
                   {"exporters", &exporters},
                   {"recording", &recording},
                   {"storage", &storage},
                   {"events", &events},
                   {"faults", &faults},
                   {"expect", &expect}});
  if (reader_.failed()) return;
  const std::pair<const yaml::Node*, std::string> required[] = {
      {name, "name"}, {duration, "duration"}, {prometheus, "prometheus"}};
  for (const auto& [node, key] : required) {
    if (node == nullptr) reader_.Fail(root, "no " + key, "the keys name, duration and prometheus");
  }
  if (reader_.failed()) return;

  scenario_.name = reader_.Text(*name, "a name").value_or("");
  scenario_.start = WallTime(std::chrono::seconds(1'767'225'600));  // 2026-01-01T00:00:00Z
  if (start != nullptr) scenario_.start = reader_.Instant(*start).value_or(WallTime{});
  const auto length = reader_.Duration(*duration);
  if (length == Nanoseconds(0)) reader_.Fail(*duration, "0", "more than no time");
  scenario_.duration = length.value_or(Nanoseconds(0));
  if (seed != nullptr) scenario_.seed = reader_.Number(*seed, kSeedMax).value_or(0);
  if (files != nullptr) ReadFiles(*files);
  ReadPrometheus(*prometheus);
  if (storage != nullptr) ReadStorage(*storage);
  if (targets != nullptr) ReadInitialTargets(*targets);
  if (exporters != nullptr) ReadExporters(*exporters);
  if (recording != nullptr) ReadRecording(*recording);
  if (events != nullptr) ReadEvents(*events);
  if (faults != nullptr) ReadFaults(*faults);
  if (expect != nullptr) ReadExpect(*expect);
}

void ScenarioLoader::ReadPrometheus(const yaml::Node& node) {
  const yaml::Node *config = nullptr, *hostname = nullptr, *profile = nullptr, *features = nullptr, *flags = nullptr;
  const yaml::Node* environment = nullptr;
  reader_.Mapping(node, "a mapping with the key config",
                  {{"config", &config},
                   {"hostname", &hostname},
                   {"profile", &profile},
                   {"features", &features},
                   {"flags", &flags},
                   {"env", &environment}});
  if (config == nullptr) {
    if (!reader_.failed()) reader_.Fail(node, "no config", "a prometheus.yml: its path, or the configuration itself");
    return;
  }
  scenario_.hostname = "prometheus";
  if (hostname != nullptr) scenario_.hostname = reader_.Text(*hostname, "a host name").value_or("");
  if (profile != nullptr) reader_.Word(*profile, {"3.14"});
  if (features != nullptr) ReadFeatures(*features);
  if (flags != nullptr) ReadFlags(*flags);
  if (environment != nullptr) {
    reader_.Entries(*environment, "a mapping of environment variables",
                    [this](const std::string& key, const yaml::Node&, const yaml::Node& value) {
                      environment_[key] = reader_.Text(value, "a text").value_or("");
                    });
  }
  config_node_ = config;
  if (std::optional<ConfigSource> source = ReadConfig(*config)) scenario_.config = std::move(*source);
}

void ScenarioLoader::ReadFeatures(const yaml::Node& node) {
  const std::vector<std::string_view> names = FeatureNames();
  reader_.Items(node, "a list of feature names", [&](const yaml::Node& item) {
    if (const auto index = reader_.Word(item, names)) {
      EnableFeature(*index, {scenario_.scrape, scenario_.head, feature_defaults_});
    }
  });
}

void ScenarioLoader::ReadFlags(const yaml::Node& node) {
  ScrapeOptions& scrape = scenario_.scrape;
  reader_.Mapping(node, "a mapping of flags",
                  {{"scrape.adjust-timestamps",
                    [&](const yaml::Node& value) { scrape.adjust_timestamps = reader_.Flag(value).value_or(true); }},
                   {"scrape.timestamp-tolerance",
                    [&](const yaml::Node& value) {
                      scrape.timestamp_tolerance = reader_.Duration(value).value_or(Nanoseconds(0));
                    }},
                   {"scrape.discovery-reload-interval", [&](const yaml::Node& value) {
                      const auto interval = reader_.Duration(value);
                      if (interval && *interval == Nanoseconds(0)) reader_.Fail(value, "0", "more than no time");
                      if (interval) scrape.discovery_reload_interval = *interval;
                    }}});
}

void ScenarioLoader::ReadFiles(const yaml::Node& node) {
  reader_.Entries(node, "a mapping from path to content, or to {file: PATH}",
                  [this](const std::string& path, const yaml::Node&, const yaml::Node& value) {
                    const yaml::Node* content = reader_.Follow(value);
                    if (content == nullptr) return;
                    if (content->kind == yaml::NodeKind::kMapping) {
                      reader_.Mapping(value, "", {{"file", [&](const yaml::Node& file) {
                                                     const auto name = reader_.Text(file, "a path");
                                                     if (!name) return;
                                                     if (auto text = ReadDiskFile(file, *name)) {
                                                       scenario_.files.Set(path, std::move(*text));
                                                     }
                                                   }}});
                    } else if (auto text = reader_.Text(value, "content, or {file: PATH}")) {
                      scenario_.files.Set(path, std::move(*text));
                    }
                  });
}

void ScenarioLoader::ReadStorage(const yaml::Node& node) {
  reader_.Mapping(node, "a mapping with the key secondaries",
                  {{"secondaries", [this](const yaml::Node& value) {
                      scenario_.secondaries =
                          static_cast<std::size_t>(reader_.Number(value, kSecondariesMax).value_or(0));
                    }}});
}

std::optional<ConfigSource> ScenarioLoader::ReadConfig(const yaml::Node& node) {
  const yaml::Node* value = reader_.Follow(node);
  if (value == nullptr) return {};
  ConfigSource source;
  source.load.environment = environment_;
  source.load.other_discovery = LoadOptions::OtherDiscovery::kKeepOpaque;
  source.load.defaults = feature_defaults_;
  source.load.file_name = scenario_.file;
  source.load.folder = ".";
  if (value->kind == yaml::NodeKind::kSequence) {
    reader_.Fail(node, "a list", "a configuration: its path, a mapping, or a block of text");
    return {};
  }
  if (value->kind != yaml::NodeKind::kScalar) {
    Result<std::string> text = InlineYaml(node);
    if (!text.ok()) {
      reader_.Complain(node, text.error().message);
      return {};
    }
    source.text = std::move(text).value();
    return source;
  }
  std::optional<std::string> text = reader_.Text(node, "a path or a configuration");
  if (!text) return {};
  if (text->find('\n') != std::string::npos) {
    // A block of text starts on the line below its indicator: errors then name the scenario's lines.
    source.text = std::string(value->line, '\n') + *text;
    return source;
  }
  source.load.file_name = OnDisk(*text);
  source.load.folder = FolderOf(*text);
  std::optional<std::string> content = ReadDiskFile(node, *text);
  if (!content) return {};
  source.text = std::move(*content);
  return source;
}

// ---- used by several parts ----

std::string ScenarioLoader::OnDisk(std::string_view name) const {
  const bool absolute = !name.empty() && name[0] == '/';
  return absolute ? std::string(name) : text::CleanPath(folder_ + "/" + std::string(name));
}

std::optional<std::string> ScenarioLoader::ReadDiskFile(const yaml::Node& node, const std::string& name) {
  Result<std::string> content = disk_.Read(OnDisk(name));
  if (content.ok()) return std::move(content).value();
  reader_.Complain(node, content.error().message + NearestFile(name));
  return {};
}

std::string ScenarioLoader::NearestFile(const std::string& name) const {
  const std::string folder = FolderOf(OnDisk(name));
  const std::vector<std::string> paths = disk_.Glob(folder == "/" ? "/*" : folder + "/*");
  std::vector<std::string_view> names;
  for (const std::string& path : paths) names.push_back(std::string_view(path).substr(path.rfind('/') + 1));
  const std::size_t base = name.rfind('/') + 1;
  const std::string_view wanted = std::string_view(name).substr(base);
  const std::string_view nearest = text::NearestWord(wanted, names);
  if (nearest.empty() || nearest == wanted) return {};
  return fmt::format(" (did you mean \"{}{}\"?)", name.substr(0, base), nearest);
}

Place ScenarioLoader::PlaceIn(const yaml::Node& node, std::size_t offset) {
  const yaml::Node* value = reader_.Follow(node);
  Place place = PlaceOf(node);
  if (value == nullptr) return place;
  if (value != &node) return place;  // an alias: the text stands elsewhere
  std::string_view rest = text_;
  const auto line_at = [&](std::uint32_t line) {
    for (std::uint32_t i = 1; i < line; ++i) rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size()));
    return rest.substr(0, rest.find('\n'));
  };
  const std::string_view line = line_at(node.line);
  const bool is_block = node.column <= line.size() && line[node.column - 1] == '|';
  if (!is_block) {
    place.column += static_cast<std::uint32_t>(offset + (value->plain ? 0 : 1));
    return place;
  }
  const std::string_view before = std::string_view(value->value).substr(0, offset);
  const auto lines_before = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_start = before.rfind('\n') + 1;
  const std::size_t content_size = value->value.find('\n', line_start);
  const std::string_view content = std::string_view(value->value).substr(line_start, content_size - line_start);
  rest = text_;
  std::string_view source = line_at(node.line + 1 + lines_before);
  if (!source.empty() && source.back() == '\r') source.remove_suffix(1);
  place.line = node.line + 1 + lines_before;
  place.column = static_cast<std::uint32_t>(source.size() - content.size() + (offset - line_start) + 1);
  return place;
}

std::optional<Nanoseconds> ScenarioLoader::ReadTime(const yaml::Node& node) {
  const yaml::Node* value = reader_.Follow(node);
  if (value == nullptr) return {};
  const std::optional<WallTime> instant = ParseInstant(value->value);
  if (!instant) return reader_.Duration(node);
  const Nanoseconds since_start = *instant - scenario_.start;
  if (since_start >= Nanoseconds(0) && since_start <= FieldReader::kDurationMax) return since_start;
  reader_.Fail(node, value->value, "an instant of the run, or a duration since its start");
  return {};
}

std::size_t ScenarioLoader::ReadStorageName(const yaml::Node& node) {
  std::vector<std::string> names = {"primary"};
  for (std::size_t i = 1; i <= scenario_.secondaries; ++i) names.push_back(fmt::format("secondary {}", i));
  return reader_.Word(node, {names.begin(), names.end()}).value_or(0);
}

std::optional<Labels> ScenarioLoader::ReadSeriesName(const yaml::Node& node) {
  const auto text = reader_.Text(node, "a series such as up{job=\"a\"}");
  if (!text) return {};
  Result<Labels> labels = ParseSeriesName(*text);
  if (labels.ok()) return std::move(labels).value();
  reader_.Complain(node, labels.error().message);
  return {};
}

std::optional<SeriesValues> ScenarioLoader::ReadSeriesValues(const yaml::Node& node) {
  const auto text = reader_.Text(node, "values such as '1x5 _ 2+1x3 stale'");
  if (!text) return {};
  Result<SeriesValues> values = ParseSeriesValues(*text);
  if (values.ok()) return std::move(values).value();
  ComplainInText(node, values.error());
  return {};
}

void ScenarioLoader::ComplainInText(const yaml::Node& node, const Error& error) {
  const bool placed = error.offset != Error::kNoOffset;
  const Place place = placed ? PlaceIn(node, error.offset) : PlaceOf(node);
  reader_.Complain(place.line, place.column, error.message);
}

}  // namespace stalemark::scenario
