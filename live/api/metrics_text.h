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

/// `name`, or what core/text/metric_key.h makes of name and labels -> value.
using MetricValues = std::map<std::string, double>;

/// By family, in the order of names. A sample of an unknown family has neither HELP nor TYPE.
std::string MetricsText(const MetricValues& values);

}  // namespace stalemark
