// SPDX-License-Identifier: Apache-2.0
// Bodies with places to fill: `requests_total ${counter rate=15}` (docs/formats/scenario.md has the grammar). Parsed
// here, filled in by TemplateExporter (sim/exporters/template_exporter.h).
//
// Plain values. Errors carry the offset in the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"

namespace stalemark::scenario {

/// What stands in a place.
enum class TemplateValue : std::uint8_t {
  kText,       ///< nothing is filled in
  kOrdinal,    ///< number of the answer, from 1
  kTime,       ///< the exporter's clock in Unix seconds, milliseconds behind the point
  kTimeMs,     ///< the same in milliseconds
  kStartTime,  ///< when its process started, in Unix seconds
  kUptime,     ///< seconds since then
  kCounter,    ///< from + rate x seconds + step x answers before, since the process started
};

struct TemplatePiece {
  TemplateValue value = TemplateValue::kText;
  /// Of kText.
  std::string text;
  // Of kCounter.
  double from = 0;
  double rate = 0;
  double step = 0;
  /// Goes on over restarts.
  bool kept = false;
};

using BodyTemplate = std::vector<TemplatePiece>;

Result<BodyTemplate> ParseBodyTemplate(std::string_view text);

}  // namespace stalemark::scenario
