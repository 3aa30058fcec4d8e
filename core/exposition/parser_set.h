// SPDX-License-Identifier: Apache-2.0
// ParserSet: the parsers of one scrape loop, one per format, used again from scrape to scrape so that their buffers
// stay. Mirrors New of model/textparse/interface.go behind the choice of the format (content_type.h).
//
// Owns the parsers. One body is parsed at a time.
#pragma once

#include <string_view>

#include "core/exposition/content_type.h"
#include "core/exposition/nhcb_parser.h"
#include "core/exposition/openmetrics_parser.h"
#include "core/exposition/parser.h"
#include "core/exposition/parser_options.h"
#include "core/exposition/protobuf_parser.h"
#include "core/exposition/text_parser.h"

namespace stalemark {

class ParserSet {
 public:
  explicit ParserSet(const ParserOptions& options)
      : options_(options), text_(options), openmetrics_(options), protobuf_(options), nhcb_(options) {}

  /// The format's parser, at the start of `body` (followed by kBodyPadding bytes). Valid until the next Start.
  Parser& Start(ExpositionFormat format, std::string_view body);

 private:
  /// The parser of a text format, or what converts around it.
  Parser& Converting(Parser& parser);

  ParserOptions options_;
  TextParser text_;
  OpenMetricsParser openmetrics_;
  ProtobufParser protobuf_;
  /// Around one of the text formats.
  NhcbParser nhcb_;
};

}  // namespace stalemark
