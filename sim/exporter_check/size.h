// SPDX-License-Identifier: Apache-2.0
// How large an exporter's answers are: series, values of labels, histograms, and the limits of a scrape configuration
// that they need. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "core/config/config.h"
#include "core/scrape/sample_labels.h"
#include "sim/exporter_check/reading.h"
#include "sim/exporter_check/report.h"

namespace stalemark::exporter_check {

/// All of it but the limits.
SizeReport MeasureSize(const Reading& reading, std::uint64_t body_bytes);

/// The smallest limits under which none of the scrapes fails, with the target's labels and after metric relabelling.
void MeasureLimits(const std::vector<const Reading*>& readings, std::uint64_t body_bytes_max, const ScrapeConfig& job,
                   const Labels& target, SizeReport& size);

}  // namespace stalemark::exporter_check
