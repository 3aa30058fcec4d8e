// SPDX-License-Identifier: Apache-2.0
// Runs recorded cases: finds the case files, tells the formats apart by the keys of each case, runs one after the other
// and reports. Survives any case: whatever is wrong with one is that case's failure.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/conformance/case.h"

namespace stalemark::conformance {

/// What one case is called in reports: its folder's name and file, and for JSON Lines its own name.
struct CaseReport {
  /// `relabel/curated.jsonl replace/copy`, `scrape/loop-overrun.json`.
  std::string id;
  CaseOutcome outcome;
};

struct RunnerOptions {
  bool timing_only = false;
  /// Only cases whose `needs` lie within this set; absent in most formats, which then always run.
  bool select_by_needs = false;
  std::set<std::string> needs;
};

using ReportSink = std::function<void(const CaseReport& report)>;

/// True for names of files that hold cases: .jsonl, and .json but for indexes that accompany recorded bodies.
bool IsCaseFile(std::string_view path);

/// Runs the cases of one file. `id_prefix` is the file's path as reports show it.
void RunFile(const std::string& id_prefix, std::string_view content, const CaseContext& context,
             const RunnerOptions& options, const ReportSink& sink);

}  // namespace stalemark::conformance
