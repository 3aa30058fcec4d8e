// SPDX-License-Identifier: Apache-2.0
// How a scrape reads a body: the format by the response's Content-Type and the job's fallback_scrape_protocol, the
// parser's options by the target's switches and the server's features. Pure functions.
#pragma once

#include <string_view>

#include "core/config/config.h"
#include "core/exposition/content_type.h"
#include "core/exposition/parser_options.h"
#include "core/scrape/options.h"
#include "core/scrape/target.h"

namespace stalemark {

FormatChoice FormatOf(std::string_view content_type, const ScrapeConfig& config);

ParserOptions ParserOptionsFrom(const Target::HistogramSwitches& switches, const ScrapeOptions& options);

}  // namespace stalemark
