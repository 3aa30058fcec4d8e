// SPDX-License-Identifier: Apache-2.0
// What a scrape asks of the parsers. Mirrors ParserOptions of model/textparse/interface.go.
#pragma once

namespace stalemark {

struct ParserOptions {
  /// Feature type-and-unit-labels: labels `__type__` and `__unit__`.
  bool type_and_unit_labels = false;
  /// Leave native histograms out (not scrape_native_histograms). Protobuf only.
  bool ignore_native_histograms = false;
  /// convert_classic_histograms_to_nhcb.
  bool convert_classic_to_nhcb = false;
  /// always_scrape_classic_histograms.
  bool keep_classic = false;
  /// Start timestamps are wanted; OpenMetrics then hides `_created` series.
  bool parse_start_timestamps = false;
};

}  // namespace stalemark
