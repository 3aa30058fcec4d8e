// SPDX-License-Identifier: Apache-2.0
// Names of the labels that discovery and relabelling steer a scrape with. Mirrors common/model/labels.go and the label
// constants of scrape/target.go.
#pragma once

#include <string_view>

namespace stalemark {

inline constexpr std::string_view kAddressLabel = "__address__";
inline constexpr std::string_view kSchemeLabel = "__scheme__";
inline constexpr std::string_view kMetricsPathLabel = "__metrics_path__";
inline constexpr std::string_view kScrapeIntervalLabel = "__scrape_interval__";
inline constexpr std::string_view kScrapeTimeoutLabel = "__scrape_timeout__";
inline constexpr std::string_view kConvertClassicHistogramsLabel = "__convert_classic_histograms_to_nhcb__";
inline constexpr std::string_view kAlwaysScrapeClassicHistogramsLabel = "__always_scrape_classic_histograms__";
inline constexpr std::string_view kScrapeNativeHistogramsLabel = "__scrape_native_histograms__";
inline constexpr std::string_view kJobLabel = "job";
inline constexpr std::string_view kInstanceLabel = "instance";
inline constexpr std::string_view kParamLabelPrefix = "__param_";
inline constexpr std::string_view kMetaLabelPrefix = "__meta_";
/// Labels with this prefix are not put on samples (TGT-21).
inline constexpr std::string_view kReservedLabelPrefix = "__";

}  // namespace stalemark
