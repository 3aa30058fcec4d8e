// SPDX-License-Identifier: Apache-2.0
// `/metrics` of the live process: its values in the text exposition format, with HELP and TYPE as upstream's server
// has them (scrape/metrics.go, discovery/metrics.go, tsdb/head.go, cmd/prometheus/main.go). A metric that is not
// upstream's begins with `stalemark_`.
//
// Pure function. Summaries have no quantiles and native histograms no native buckets: the engine keeps neither.
#pragma once

#include <map>
#include <string>

namespace stalemark {

/// `name` or `name{label="value"}` -> value; labels escaped as the format wants it.
using MetricValues = std::map<std::string, double>;

/// By family, in the order of names. A sample of an unknown family has neither HELP nor TYPE.
std::string MetricsText(const MetricValues& values);
/// `name{label="value"}`.
std::string MetricKey(std::string_view name, std::string_view label, std::string_view value);

}  // namespace stalemark
