// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/parser_set.h"

namespace stalemark {

Parser& ParserSet::Start(ExpositionFormat format, std::string_view body) {
  switch (format) {
    case ExpositionFormat::kProtobuf:
      protobuf_.Reset(body);
      return protobuf_;
    case ExpositionFormat::kOpenMetrics:
      openmetrics_.Reset(body);
      return Converting(openmetrics_);
    case ExpositionFormat::kText:
      break;
  }
  text_.Reset(body);
  return Converting(text_);
}

Parser& ParserSet::Converting(Parser& parser) {
  if (!options_.convert_classic_to_nhcb) return parser;
  nhcb_.Reset(parser);
  return nhcb_;
}

}  // namespace stalemark
