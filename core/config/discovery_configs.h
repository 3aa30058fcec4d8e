// SPDX-License-Identifier: Apache-2.0
// Reading the discovery mechanisms of a scrape job: static_configs, file_sd_configs, http_sd_configs. Mirrors
// discovery/registry.go, file/file.go, http/http.go and targetgroup/targetgroup.go.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/config/decode.h"
#include "core/model/result.h"
#include "core/model/target_group.h"

namespace stalemark {

/// The mechanisms of one job while they are read. A null item is empty.
struct DiscoveryDrafts {
  std::vector<std::optional<TargetGroup>> static_configs;
  std::vector<std::optional<FileSdConfig>> file_sd_configs;
  std::vector<std::optional<HttpSdConfig>> http_sd_configs;
  std::vector<OpaqueSdConfig> others;
};

Fields DiscoveryFields(DiscoveryDrafts& drafts, LoadOptions::OtherDiscovery others);
/// Refuses null items, numbers the static groups and moves everything into the job.
Status CompleteDiscovery(DiscoveryDrafts drafts, ScrapeConfig& out);

/// One target group of static_configs or of a file_sd document, without source.
bool DecodeTargetGroup(Decoder& decoder, const yaml::Node& node, TargetGroup& out);
/// The items of a file_sd document in YAML; a null item is empty. Errors in upstream's words, without the file's name.
Result<std::vector<std::optional<TargetGroup>>> ParseTargetGroups(std::string_view yaml_text);

}  // namespace stalemark
