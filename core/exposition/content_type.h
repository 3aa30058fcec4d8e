// SPDX-License-Identifier: Apache-2.0
// Which format a response is in: its Content-Type, else the fallback_scrape_protocol. Mirrors extractMediaType of
// model/textparse/interface.go and Go's mime.ParseMediaType, error texts included.
//
// Pure functions. Nothing here depends on which parsers exist (parser_set.h) or on what was asked for (PARSE-CT-06).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/result.h"

namespace stalemark {

enum class ExpositionFormat : std::uint8_t { kText, kOpenMetrics, kProtobuf };

/// `text`, `openmetrics`, `protobuf`.
std::string_view ExpositionFormatName(ExpositionFormat format);
/// The format of a bare, lower-case media type such as `text/plain`.
std::optional<ExpositionFormat> FormatOfMediaType(std::string_view media_type);

struct FormatChoice {
  /// Absent: the scrape fails with `message`.
  std::optional<ExpositionFormat> format;
  /// With a format: empty, or the debug message that tells that the fallback was used (PARSE-CT-03).
  std::string message;
};

/// `content_type` is the header's value, empty for none; `fallback_media_type` that of fallback_scrape_protocol, empty
/// for none.
FormatChoice ChooseFormat(std::string_view content_type, std::string_view fallback_media_type);

/// mime.ParseMediaType's media type, in lower case and trimmed; fails with its error text (PARSE-CT-04).
Result<std::string> ParseMediaType(std::string_view header);

}  // namespace stalemark
