// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/config/paths.h"
#include "core/config/sections.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

/// A named map of lists of texts, url.Values upstream.
Field ParamsField(std::string_view name, std::map<std::string, std::vector<std::string>>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const auto key = [](Decoder& e, const yaml::Node& m, std::string& text) { return e.String(m, text); };
            const auto value = [](Decoder& e, const yaml::Node& m, std::vector<std::string>& texts) {
              return e.Strings(m, texts);
            };
            return d.Map(n, out, "url.Values", key, value);
          }};
}

Fields OwnFields(ScrapeConfigDraft& draft) {
  ScrapeConfig& config = draft.config;
  return {
      StringField("job_name", config.job_name),
      BoolField("honor_labels", config.honor_labels),
      BoolField("honor_timestamps", config.honor_timestamps),
      BoolField("track_timestamps_staleness", config.track_timestamps_staleness),
      ParamsField("params", config.params),
      DurationField("scrape_interval", config.scrape_interval),
      DurationField("scrape_timeout", config.scrape_timeout),
      ProtocolsField("scrape_protocols", draft.scrape_protocols),
      NamedStringField("fallback_scrape_protocol", draft.fallback_scrape_protocol, "config.ScrapeProtocol"),
      BoolField("scrape_native_histograms", draft.scrape_native_histograms),
      BoolField("always_scrape_classic_histograms", draft.always_scrape_classic_histograms),
      BoolField("convert_classic_histograms_to_nhcb", draft.convert_classic_histograms_to_nhcb),
      StringField("scrape_failure_log_file", config.scrape_failure_log_file),
      StringField("metrics_path", config.metrics_path),
      StringField("scheme", config.scheme),
      BoolField("enable_compression", config.enable_compression),
      ByteSizeField("body_size_limit", config.body_size_limit),
      UintField("sample_limit", config.sample_limit),
      UintField("target_limit", config.target_limit),
      UintField("label_limit", config.label_limit),
      UintField("label_name_length_limit", config.label_name_length_limit),
      UintField("label_value_length_limit", config.label_value_length_limit),
      UintField("native_histogram_bucket_limit", config.native_histogram_bucket_limit),
      FloatField("native_histogram_min_bucket_factor", config.native_histogram_min_bucket_factor),
      UintField("keep_dropped_targets", config.keep_dropped_targets),
      ValidationSchemeField("metric_name_validation_scheme", draft.metric_name_validation_scheme),
      StringField("metric_name_escaping_scheme", draft.metric_name_escaping_scheme),
      BoolField("extra_scrape_metrics", draft.extra_scrape_metrics),
      RelabelRulesField("relabel_configs", draft.relabel_configs),
      RelabelRulesField("metric_relabel_configs", draft.metric_relabel_configs),
  };
}

/// URLs in static targets are a common mistake; with relabelling they may be meant.
Status CheckStaticTargets(const std::vector<TargetGroup>& groups) {
  for (const TargetGroup& group : groups) {
    for (const LabelMap& target : group.targets) {
      const std::string& address = target.at("__address__");
      if (address.find('/') != std::string::npos) return Error{text::GoQuote(address) + " is not a valid hostname"};
    }
  }
  return {};
}

/// The checks that need nothing but the job itself, in upstream's order (CFG-33).
Status CheckDraft(ScrapeConfigDraft& draft, HttpClientDraft& http_client, DiscoveryDrafts& discovery) {
  Status status = CompleteDiscovery(std::move(discovery), draft.config);
  if (!status.ok()) return status;
  if (draft.config.job_name.empty()) return Error{"job_name is empty"};
  status = CompleteHttpClient(http_client);
  if (!status.ok()) return status;
  draft.config.http_client = std::move(http_client.config);
  if (draft.relabel_configs.empty()) {
    status = CheckStaticTargets(draft.config.static_configs);
    if (!status.ok()) return status;
  }
  if (HasNullRule(draft.relabel_configs)) {
    return Error{"empty or null target relabeling rule in scrape config"};
  }
  if (HasNullRule(draft.metric_relabel_configs)) {
    return Error{"empty or null metric relabeling rule in scrape config"};
  }
  return {};
}

bool DecodeScrapeConfig(Decoder& d, const yaml::Node& node, ScrapeConfigDraft& out,
                        LoadOptions::OtherDiscovery others) {
  HttpClientDraft http_client;
  DiscoveryDrafts discovery;
  Fields fields = OwnFields(out);
  for (Field& field : HttpClientFields(http_client)) fields.push_back(std::move(field));
  for (Field& field : DiscoveryFields(discovery, others)) fields.push_back(std::move(field));
  return d.Custom(
      node, [] {}, [&](const yaml::Node& n) { d.Struct(n, "config.ScrapeConfig", fields, [] {}); },
      [&] { return CheckDraft(out, http_client, discovery); });
}

template <class T>
void InheritIfZero(T& value, const T& global) {
  if (value == T{}) value = global;
}

Status CompleteTimes(ScrapeConfig& config, const GlobalConfig& global) {
  InheritIfZero(config.scrape_interval, global.scrape_interval);
  if (config.scrape_timeout > config.scrape_interval) {
    return Error{"scrape timeout greater than scrape interval for scrape config with job name " +
                 text::GoQuote(config.job_name)};
  }
  InheritIfZero(config.scrape_timeout, std::min(global.scrape_timeout, config.scrape_interval));
  return {};
}

Status CompleteProtocols(ScrapeConfig& config, const ScrapeConfigDraft& draft, const GlobalConfig& global) {
  const std::string job = " for scrape config with job name " + text::GoQuote(config.job_name);
  if (draft.scrape_protocols) {
    Result<std::vector<ScrapeProtocol>> protocols = ParseProtocols(*draft.scrape_protocols);
    if (!protocols.ok()) return Error{protocols.error().message + job};
    config.scrape_protocols = *std::move(protocols);
  } else if (!global.scrape_protocols.empty()) {
    config.scrape_protocols = global.scrape_protocols;
  } else if (config.scrape_native_histograms) {
    config.scrape_protocols.assign(kProtoFirstScrapeProtocols.begin(), kProtoFirstScrapeProtocols.end());
  } else {
    config.scrape_protocols.assign(kDefaultScrapeProtocols.begin(), kDefaultScrapeProtocols.end());
  }
  if (draft.fallback_scrape_protocol.empty()) return {};
  const Result<ScrapeProtocol> fallback = ParseProtocol(draft.fallback_scrape_protocol);
  if (!fallback.ok()) return Error{"invalid fallback_scrape_protocol" + job + ": " + fallback.error().message};
  config.fallback_scrape_protocol = *fallback;
  return {};
}

EscapingScheme DefaultEscaping(ValidationScheme scheme) {
  return scheme == ValidationScheme::kLegacy ? EscapingScheme::kUnderscores : EscapingScheme::kAllowUtf8;
}

/// The scheme a word names; an empty word means `fallback`. `owner` begins the error's second half.
Result<EscapingScheme> ParseEscaping(const std::string& word, EscapingScheme fallback, const std::string& owner) {
  if (word.empty()) return fallback;
  if (const std::optional<EscapingScheme> scheme = EscapingSchemeFromName(word)) return *scheme;
  return Error{"unknown " + owner +
               " name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or 'values', "
               "got " +
               text::GoQuote(word)};
}

Status CompleteNames(ScrapeConfig& config, const ScrapeConfigDraft& draft, const GlobalConfig& global) {
  if (!global.metric_name_validation_scheme) return Error{"global name validation method must be set"};
  const ValidationScheme global_scheme = *global.metric_name_validation_scheme;
  config.metric_name_validation_scheme = draft.metric_name_validation_scheme.value_or(global_scheme);
  const Result<EscapingScheme> global_escaping =
      ParseEscaping(global.metric_name_escaping_scheme, DefaultEscaping(global_scheme), "global");
  if (!global_escaping.ok()) return global_escaping.error();
  // A job with legacy validation of its own must not inherit a global allow-utf-8, which would be an error.
  const EscapingScheme inherited =
      draft.metric_name_validation_scheme ? DefaultEscaping(config.metric_name_validation_scheme) : *global_escaping;
  const Result<EscapingScheme> escaping = ParseEscaping(draft.metric_name_escaping_scheme, inherited, "scrape config");
  if (!escaping.ok()) return escaping.error();
  config.metric_name_escaping_scheme = *escaping;
  if (*escaping == EscapingScheme::kAllowUtf8 && config.metric_name_validation_scheme != ValidationScheme::kUtf8) {
    return Error{"utf8 metric names requested but validation scheme is not set to UTF8"};
  }
  return {};
}

void InheritLimits(ScrapeConfig& config, const GlobalConfig& global) {
  InheritIfZero(config.body_size_limit, global.body_size_limit);
  InheritIfZero(config.sample_limit, global.sample_limit);
  InheritIfZero(config.target_limit, global.target_limit);
  InheritIfZero(config.label_limit, global.label_limit);
  InheritIfZero(config.label_name_length_limit, global.label_name_length_limit);
  InheritIfZero(config.label_value_length_limit, global.label_value_length_limit);
  InheritIfZero(config.keep_dropped_targets, global.keep_dropped_targets);
  InheritIfZero(config.scrape_failure_log_file, global.scrape_failure_log_file);
}

}  // namespace

Field ScrapeConfigsField(std::string_view name, ScrapeConfigDrafts& out, LoadOptions::OtherDiscovery others) {
  return {name, [&out, others](Decoder& d, const yaml::Node& n) {
            const auto decode = [others](Decoder& e, const yaml::Node& m, ScrapeConfigDraft& draft) {
              return DecodeScrapeConfig(e, m, draft, others);
            };
            return d.Items(n, out, "[]*config.ScrapeConfig", decode);
          }};
}

Result<ScrapeConfig> CompleteScrapeConfig(const ListItem<ScrapeConfigDraft>& item, const GlobalConfig& global,
                                          const yaml::Node*& place) {
  place = item.node;
  const std::optional<ScrapeConfigDraft>& draft = item.value;
  if (!draft) return Error{"empty or null scrape config section"};
  ScrapeConfig config = draft->config;
  config.scrape_native_histograms =
      draft->scrape_native_histograms.value_or(global.scrape_native_histograms.value_or(false));
  config.extra_scrape_metrics = draft->extra_scrape_metrics.value_or(global.extra_scrape_metrics.value_or(false));
  config.always_scrape_classic_histograms =
      draft->always_scrape_classic_histograms.value_or(global.always_scrape_classic_histograms);
  config.convert_classic_histograms_to_nhcb =
      draft->convert_classic_histograms_to_nhcb.value_or(global.convert_classic_histograms_to_nhcb);
  InheritLimits(config, global);

  Status status = CompleteTimes(config, global);
  if (status.ok()) status = CompleteProtocols(config, *draft, global);
  if (status.ok()) status = CompleteNames(config, *draft, global);
  const ValidationScheme scheme = config.metric_name_validation_scheme;
  if (status.ok()) status = CompleteRelabelRules(draft->relabel_configs, scheme, config.relabel_configs, place);
  if (status.ok()) {
    status = CompleteRelabelRules(draft->metric_relabel_configs, scheme, config.metric_relabel_configs, place);
  }
  if (!status.ok()) return status.error();
  return config;
}

void JoinPaths(ScrapeConfig& config, std::string_view folder) {
  for (FileSdConfig& file_sd : config.file_sd_configs) {
    for (std::string& file : file_sd.files) file = JoinFolder(folder, file);
  }
  for (HttpSdConfig& http_sd : config.http_sd_configs) JoinPaths(http_sd.http_client, folder);
  JoinPaths(config.http_client, folder);
  config.scrape_failure_log_file = JoinFolder(folder, config.scrape_failure_log_file);
}

}  // namespace stalemark
