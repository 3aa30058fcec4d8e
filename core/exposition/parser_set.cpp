// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/parser_set.h"

namespace stalemark {

Parser* ParserSet::Start(ExpositionFormat format, std::string_view body) {
  // The conversion of classic histograms wraps the parser of a text format, and there is no such wrapper.
  if (options_.convert_classic_to_nhcb) return nullptr;
  switch (format) {
    case ExpositionFormat::kText:
      text_.Reset(body);
      return &text_;
    case ExpositionFormat::kProtobuf:
      protobuf_.Reset(body);
      return &protobuf_;
    case ExpositionFormat::kOpenMetrics:
      openmetrics_.Reset(body);
      return &openmetrics_;
  }
  return nullptr;
}

std::string NoParserMessage(ExpositionFormat format) {
  return "parser not available: " + std::string(ExpositionFormatName(format));
}

}  // namespace stalemark
