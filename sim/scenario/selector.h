// SPDX-License-Identifier: Apache-2.0
// Selector: a PromQL instant vector selector, `node_cpu_seconds_total{mode!="idle",cpu=~"0|1"}`, as matchers. Mirrors
// vector_selector of promql/parser: keywords that may be names, quoted names, three kinds of quotes, comments.
//
// Of PromQL there is no more than that: what else an expression has is an error that says so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "core/storage/querier.h"

namespace stalemark::scenario {

struct Selector {
  /// As written.
  std::string text;
  std::vector<Matcher> matchers;
  /// Each matcher as it would be written inside braces.
  std::vector<std::string> matcher_texts;
  /// What `__name__=` says; empty: nothing does.
  std::string metric_name;
};

/// Whether PromQL reads the name of a metric without quotes: some keywords are none (`inf`, `on`).
bool IsBareMetricName(std::string_view name);

/// The error carries the offset in the text.
Result<Selector> ParseSelector(std::string_view text);

}  // namespace stalemark::scenario
