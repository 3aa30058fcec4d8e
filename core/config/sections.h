// SPDX-License-Identifier: Apache-2.0
// Reading the sections of a configuration that matter here: `global` and the scrape jobs, in two steps as upstream does
// it. First everything is decoded into drafts; once that worked, each job is completed with what it inherits (CFG-33).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/config/decode.h"
#include "core/config/discovery_configs.h"
#include "core/config/http_client_decode.h"
#include "core/config/relabel_rules.h"
#include "core/model/result.h"

namespace stalemark {

// ---- protocols ----

/// Words of a scrape_protocols list; absent and empty differ.
using ProtocolWords = std::optional<std::vector<std::string>>;
Field ProtocolsField(std::string_view name, ProtocolWords& out);
/// Checks the words and turns them into protocols (CFG-27).
Result<std::vector<ScrapeProtocol>> ParseProtocols(const std::vector<std::string>& words);
/// The protocol of one word: `unknown scrape protocol ...`.
Result<ScrapeProtocol> ParseProtocol(const std::string& word);
Field ValidationSchemeField(std::string_view name, std::optional<ValidationScheme>& out);

// ---- global ----

/// Global settings as a null leaves them: nothing set at all.
GlobalConfig ZeroGlobalConfig();
/// Those of a configuration without `global`.
GlobalConfig DefaultGlobalConfig(const FeatureDefaults& defaults);
Field GlobalField(std::string_view name, GlobalConfig& out, const FeatureDefaults& defaults);
/// Fills environment variables into external_labels; a warning for each that is empty (CFG-05).
void ExpandExternalLabels(GlobalConfig& global, const std::map<std::string, std::string>& environment,
                          std::vector<std::string>& warnings);
void JoinPaths(GlobalConfig& global, std::string_view folder);

// ---- scrape jobs ----

/// A job while it is read. `config` has the fields that need no completion.
struct ScrapeConfigDraft {
  ScrapeConfig config;
  ProtocolWords scrape_protocols;
  std::string fallback_scrape_protocol;
  std::optional<bool> scrape_native_histograms;
  std::optional<bool> always_scrape_classic_histograms;
  std::optional<bool> convert_classic_histograms_to_nhcb;
  std::optional<bool> extra_scrape_metrics;
  std::optional<ValidationScheme> metric_name_validation_scheme;
  std::string metric_name_escaping_scheme;
  RelabelDrafts relabel_configs;
  RelabelDrafts metric_relabel_configs;
};
using ScrapeConfigDrafts = std::vector<ListItem<ScrapeConfigDraft>>;

Field ScrapeConfigsField(std::string_view name, ScrapeConfigDrafts& out, LoadOptions::OtherDiscovery others);
/// Fills in what the job inherits and checks it (CFG-21 ... CFG-32). Of a failure, `place` is set to the job or rule.
Result<ScrapeConfig> CompleteScrapeConfig(const ListItem<ScrapeConfigDraft>& item, const GlobalConfig& global,
                                          const yaml::Node*& place);
void JoinPaths(ScrapeConfig& config, std::string_view folder);

// ---- storage and remote_write ----

Field StorageField(std::string_view name, StorageConfig& out);
void DumpStorage(std::string& out, const StorageConfig& storage);

/// A remote_write block while it is read.
struct RemoteWriteDraft {
  RemoteWriteConfig config;
  RelabelDrafts write_relabel_configs;
};
using RemoteWriteDrafts = std::vector<ListItem<RemoteWriteDraft>>;
Field RemoteWriteField(std::string_view name, RemoteWriteDrafts& out);
/// Of a failure, `place` is set to the block or rule.
Result<std::vector<RemoteWriteConfig>> CompleteRemoteWrites(const RemoteWriteDrafts& drafts, ValidationScheme scheme,
                                                            const yaml::Node*& place);
void DumpRemoteWrite(std::string& out, const RemoteWriteConfig& config);

}  // namespace stalemark
