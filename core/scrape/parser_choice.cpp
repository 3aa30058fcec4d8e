// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/parser_choice.h"

namespace stalemark {

FormatChoice FormatOf(std::string_view content_type, const ScrapeConfig& config) {
  const std::string_view fallback =
      config.fallback_scrape_protocol ? ScrapeProtocolMediaType(*config.fallback_scrape_protocol) : "";
  return ChooseFormat(content_type, fallback);
}

ParserOptions ParserOptionsFrom(const Target::HistogramSwitches& switches, const ScrapeOptions& options) {
  ParserOptions parser;
  parser.type_and_unit_labels = options.type_and_unit_labels;
  parser.ignore_native_histograms = !switches.scrape_native;
  parser.convert_classic_to_nhcb = switches.convert_classic_to_nhcb;
  parser.keep_classic = switches.always_scrape_classic;
  parser.parse_start_timestamps = options.parse_start_timestamps;
  return parser;
}

}  // namespace stalemark
