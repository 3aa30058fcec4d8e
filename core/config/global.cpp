// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/config/paths.h"
#include "core/config/sections.h"
#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

using ascii::IsDigit;

Fields GlobalFields(GlobalConfig& global, ProtocolWords& protocols) {
  return {
      DurationField("scrape_interval", global.scrape_interval),
      DurationField("scrape_timeout", global.scrape_timeout),
      ProtocolsField("scrape_protocols", protocols),
      DurationField("evaluation_interval", global.evaluation_interval),
      DurationField("rule_query_offset", global.rule_query_offset),
      StringField("query_log_file", global.query_log_file),
      StringField("scrape_failure_log_file", global.scrape_failure_log_file),
      // labels.Labels decodes through a map of texts.
      StringMapField("external_labels", global.external_labels),
      ByteSizeField("body_size_limit", global.body_size_limit),
      UintField("sample_limit", global.sample_limit),
      UintField("target_limit", global.target_limit),
      UintField("label_limit", global.label_limit),
      UintField("label_name_length_limit", global.label_name_length_limit),
      UintField("label_value_length_limit", global.label_value_length_limit),
      UintField("keep_dropped_targets", global.keep_dropped_targets),
      ValidationSchemeField("metric_name_validation_scheme", global.metric_name_validation_scheme),
      StringField("metric_name_escaping_scheme", global.metric_name_escaping_scheme),
      BoolField("scrape_native_histograms", global.scrape_native_histograms),
      BoolField("convert_classic_histograms_to_nhcb", global.convert_classic_histograms_to_nhcb),
      BoolField("always_scrape_classic_histograms", global.always_scrape_classic_histograms),
      BoolField("extra_scrape_metrics", global.extra_scrape_metrics),
  };
}

Status CheckExternalLabels(const LabelMap& labels, ValidationScheme scheme) {
  for (const auto& [name, value] : labels) {
    if (!IsValidLabelName(name, scheme)) return Error{text::GoQuote(name) + " is not a valid label name"};
    if (!text::IsValidUtf8(value)) return Error{text::GoQuote(value) + " is not a valid label value"};
  }
  return {};
}

Status CompleteGlobal(GlobalConfig& global, const ProtocolWords& protocols, const GlobalConfig& defaults) {
  if (!global.metric_name_validation_scheme) {
    global.metric_name_validation_scheme = defaults.metric_name_validation_scheme;
  }
  Status status = CheckExternalLabels(global.external_labels, *global.metric_name_validation_scheme);
  if (!status.ok()) return status;
  constexpr std::chrono::nanoseconds kUnset{0};
  if (global.scrape_interval == kUnset) global.scrape_interval = defaults.scrape_interval;
  if (global.scrape_timeout > global.scrape_interval) {
    return Error{"global scrape timeout greater than scrape interval"};
  }
  if (global.scrape_timeout == kUnset) {
    global.scrape_timeout = std::min(defaults.scrape_timeout, global.scrape_interval);
  }
  if (global.evaluation_interval == kUnset) global.evaluation_interval = defaults.evaluation_interval;
  if (!global.scrape_native_histograms) global.scrape_native_histograms = defaults.scrape_native_histograms;
  if (!global.extra_scrape_metrics) global.extra_scrape_metrics = defaults.extra_scrape_metrics;
  // Unset protocols stay unset: each job chooses by its own native histograms.
  global.scrape_protocols = defaults.scrape_protocols;
  if (protocols) {
    Result<std::vector<ScrapeProtocol>> parsed = ParseProtocols(*protocols);
    if (!parsed.ok()) return Error{parsed.error().message + " for global config"};
    global.scrape_protocols = *std::move(parsed);
  }
  return {};
}

bool IsSpecial(char c) {
  return std::string_view("*#$@!?-0123456789").find(c) != std::string_view::npos;
}

struct Variable {
  std::string_view name;
  /// Bytes behind the `$`. With an empty name: syntax that is swallowed; 0: the `$` stays.
  std::size_t width;
};

/// The variable behind a `$`, as Go's os.Expand reads it.
Variable ReadVariable(std::string_view text) {
  if (text.front() == '{') {
    if (text.size() > 2 && IsSpecial(text[1]) && text[2] == '}') return {text.substr(1, 1), 3};
    const std::size_t close = text.find('}', 1);
    if (close == std::string_view::npos) return {{}, 1};
    if (close == 1) return {{}, 2};
    return {text.substr(1, close - 1), close + 1};
  }
  if (IsSpecial(text.front())) return {text.substr(0, 1), 1};
  std::size_t width = 0;
  while (width < text.size() && ascii::IsWord(text[width])) ++width;
  return {text.substr(0, width), width};
}

/// A value as Go's text log handler writes it: quoted where it must be.
std::string LogValue(std::string_view value) {
  for (std::size_t i = 0; i < value.size();) {
    const text::DecodedRune rune = text::DecodeRune(value.substr(i));
    const bool needs_quotes = rune.rune == ' ' || rune.rune == '"' || rune.rune == '=' || !rune.valid;
    if (needs_quotes || !text::IsPrintable(rune.rune)) return text::GoQuote(value);
    i += rune.width;
  }
  return std::string(value);
}

}  // namespace

GlobalConfig ZeroGlobalConfig() {
  GlobalConfig global;
  global.scrape_interval = global.scrape_timeout = global.evaluation_interval = std::chrono::nanoseconds{0};
  global.metric_name_validation_scheme.reset();
  global.metric_name_escaping_scheme.clear();
  global.scrape_native_histograms.reset();
  global.extra_scrape_metrics.reset();
  return global;
}

GlobalConfig DefaultGlobalConfig(const FeatureDefaults& defaults) {
  GlobalConfig global;
  global.extra_scrape_metrics = defaults.extra_scrape_metrics;
  if (defaults.proto_first) {
    global.scrape_protocols.assign(kProtoFirstScrapeProtocols.begin(), kProtoFirstScrapeProtocols.end());
  }
  return global;
}

Field GlobalField(std::string_view name, GlobalConfig& out, const FeatureDefaults& defaults) {
  return {name, [&out, defaults](Decoder& d, const yaml::Node& n) {
            // A block starts from nothing, not from the defaults: they are filled in afterwards.
            GlobalConfig global = ZeroGlobalConfig();
            ProtocolWords protocols;
            const Fields fields = GlobalFields(global, protocols);
            return d.Custom(
                n, [&] { out = ZeroGlobalConfig(); },
                [&](const yaml::Node& m) { d.Struct(m, "config.plain", fields, [] {}); },
                [&] {
                  Status status = CompleteGlobal(global, protocols, DefaultGlobalConfig(defaults));
                  if (status.ok()) out = std::move(global);
                  return status;
                });
          }};
}

void ExpandExternalLabels(GlobalConfig& global, const std::map<std::string, std::string>& environment,
                          std::vector<std::string>& warnings) {
  const auto look_up = [&](std::string_view name) -> std::string {
    if (name == "$") return "$";
    const auto variable = environment.find(std::string(name));
    if (variable != environment.end() && !variable->second.empty()) return variable->second;
    warnings.push_back("level=WARN msg=\"Empty environment variable\" name=" + LogValue(name));
    return {};
  };
  for (auto& [label, value] : global.external_labels) {
    std::string expanded;
    std::string_view rest = value;
    for (std::size_t dollar = rest.find('$'); dollar != std::string_view::npos && dollar + 1 < rest.size();
         dollar = rest.find('$')) {
      expanded += rest.substr(0, dollar);
      const Variable variable = ReadVariable(rest.substr(dollar + 1));
      if (!variable.name.empty()) {
        expanded += look_up(variable.name);
      } else if (variable.width == 0) {
        expanded += '$';
      }
      rest.remove_prefix(dollar + 1 + variable.width);
    }
    expanded += rest;
    value = std::move(expanded);
  }
}

void JoinPaths(GlobalConfig& global, std::string_view folder) {
  global.query_log_file = JoinFolder(folder, global.query_log_file);
  global.scrape_failure_log_file = JoinFolder(folder, global.scrape_failure_log_file);
}

}  // namespace stalemark
