// SPDX-License-Identifier: Apache-2.0
// The effective configuration as upstream dumps it (CFG-07 ... CFG-08), as JSON: fields in upstream's order, zero
// values left out where upstream leaves them out, durations and sizes as texts, secrets as `<secret>`, passwords in
// URLs as `xxxxx`. Mirrors Config.String of config/config.go with the tags of its structs.
//
// Pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/config/config.h"

namespace stalemark {

/// `global`, `scrape_config_files` and `scrape_configs`, the latter from `jobs`, which ScrapeConfigs gives; then those
/// of `storage` and `remote_write` that `sections` names.
std::string DumpConfig(const Config& config, const std::vector<ScrapeConfig>& jobs,
                       const std::vector<std::string>& sections = {});
/// One job.
std::string DumpScrapeConfig(const ScrapeConfig& job);

}  // namespace stalemark
