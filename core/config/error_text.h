// SPDX-License-Identifier: Apache-2.0
// Configuration errors for people: upstream's texts say what is wrong, with a line at most; these show where, what is
// written there, what was expected, and the nearest valid word.
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "core/config/config.h"
#include "core/config/error.h"

namespace stalemark {

/// What is wrong with a configuration and the files it names, at least one error when it does not load. Empty: it does.
ConfigErrors ExplainConfig(std::string_view text, const LoadOptions& options, const Files& files);

/// One error in one line: `FILE:LINE:COL: what (expected ...; did you mean "x"?)`.
std::string ErrorLine(const ConfigError& error);

/// The line of the file that an error is on, with a mark, without a line break at its end; empty when it has no place.
///
///        3 |     scrape_intervall: 15s
///          |     ^^^^^^^^^^^^^^^^
std::string ErrorExcerpt(const ConfigError& error, std::string_view source);

}  // namespace stalemark
