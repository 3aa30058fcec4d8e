// SPDX-License-Identifier: Apache-2.0
// Where a prometheus.yml of a scenario goes wrong, for people: upstream's error texts have lines at most.
//
// The file is the scenario for a configuration that stands in it, else the configuration's own, or one of its
// scrape_config_files. Pure functions.
#pragma once

#include <string>

#include "core/seams/files.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// `FILE:LINE:COL: what (did you mean "x"?)`, a line for each error that has a place. Empty: none has, or it loads.
std::string PlacedConfigError(const ConfigSource& source, const Files& files);

}  // namespace stalemark::scenario
