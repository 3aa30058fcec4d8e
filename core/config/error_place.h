// SPDX-License-Identifier: Apache-2.0
// Where in a document an error is, and what would have been right: what upstream's texts leave to the reader.
//
// Upstream checks whole blocks (a job, the file) and says what is wrong by naming settings and quoting values. Those
// words lead to the place: the setting named first that the block has, and within it the value quoted. An error that
// names nothing is placed at the block.
//
// Pure functions; time linear in the block.
#pragma once

#include <string>
#include <string_view>

#include "core/config/error.h"
#include "core/config/yaml.h"

namespace stalemark {

/// The node within `node` that `message` is about.
const yaml::Node& BlamedNode(const yaml::Node& node, std::string_view message);

/// `message` with the place of the node, what is written there, what was expected and the nearest valid word.
ConfigError DescribeError(const yaml::Node& node, std::string message, std::string file);

/// Adds what was expected, and the valid word nearest to what was found, where the message tells.
void AddExpectation(ConfigError& error);

}  // namespace stalemark
