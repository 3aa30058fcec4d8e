// SPDX-License-Identifier: Apache-2.0
// `stalemark test --update`: the text of a scenario with what a run found in the place of what was expected and did not
// hold. Comments, order, quotes and everything else stay (sim/scenario/yaml_edit.h).
//
// Pure functions; nothing is written to disk here. Failures without edits (a bound, a part of an error, several values
// for one text) are somebody's decision and stay; each is named. Errors of the run are no expectations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "core/seams/files.h"
#include "sim/run/failure.h"
#include "sim/scenario/yaml_edit.h"

namespace stalemark::scenario {

struct UpdatedText {
  std::string text;
  std::vector<YamlChange> changes;
  /// What could not be written, a line each: `FILE:LINE:COL: subject: why`.
  std::vector<std::string> refusals;
};

/// The error: the text is not YAML. A text without edits comes back as it is.
Result<UpdatedText> UpdateExpectations(std::string_view text, const std::vector<Failure>& failures);

struct UpdatedScenario {
  std::string name;
  std::string before;
  UpdatedText updated;
};

/// Loads and plays a scenario and updates its text. The error: it does not load. Should the updated text not load, the
/// text stays, and a refusal says so.
Result<UpdatedScenario> UpdateScenario(std::string_view path, const Files& files);

}  // namespace stalemark::scenario
