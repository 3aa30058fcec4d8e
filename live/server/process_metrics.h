// SPDX-License-Identifier: Apache-2.0
// What the kernel says of this process, under the names of the Prometheus client libraries (`process_*`).
#pragma once

#include "live/api/metrics_text.h"

namespace stalemark {

/// Adds what can be read; reads /proc.
void AddProcessMetrics(MetricValues* values);

}  // namespace stalemark
