// SPDX-License-Identifier: Apache-2.0
// From exposed labels to stored labels: target labels, honor_labels, metric relabelling, then the checks and limits
// that a new series must pass (MUT-01 to MUT-11, LIM-01 to LIM-06). Runs once per raw series, on a cache miss. Mirrors
// mutateSampleLabels, mutateReportSampleLabels and verifyLabelLimits of scrape/scrape.go. Pure functions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/result.h"
#include "core/relabel/relabel.h"

namespace stalemark {

enum class HonorLabels : std::uint8_t { kNo, kYes };

/// The labels a sample is stored under; empty when metric relabelling drops it. `target`: the target's public labels.
Labels MutateSampleLabels(const Labels& exposed, const Labels& target, HonorLabels honor,
                          const std::vector<RelabelRule>& metric_relabel_configs);

/// The labels that metric relabelling starts from: exposed ones and the target's, by the rule of honor_labels.
Labels WithTargetLabels(const Labels& exposed, const Labels& target, HonorLabels honor);

/// The labels of a report series (MUT-08, MUT-09).
Labels MutateReportLabels(std::string_view metric_name, const Labels& target);

struct LabelLimits {
  /// Number of labels, `__name__` and target labels included; 0: no limit. Likewise the lengths, in bytes.
  std::uint64_t label_limit = 0;
  std::uint64_t label_name_length_limit = 0;
  std::uint64_t label_value_length_limit = 0;
};

/// The first limit that a series exceeds, in upstream's words.
Status CheckLabelLimits(const Labels& labels, const LabelLimits& limits);

/// Whether storage may see these labels: a metric name, and valid names (MUT-10). Where upstream panics, a name or
/// value that cannot be encoded, this is an error.
Status CheckSampleLabels(const Labels& labels, ValidationScheme scheme);

}  // namespace stalemark
