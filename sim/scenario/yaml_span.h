// SPDX-License-Identifier: Apache-2.0
// YamlSpans: which bytes of a text the nodes of its YAML tree are. The parser says where a node begins; the end is
// found in the text.
//
// Text and document outlive it. A node whose bytes are not what its value says (escapes that the parser and this do not
// read alike, explicit keys) has no span: nothing is then edited.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/config/yaml.h"
#include "sim/scenario/place.h"

namespace stalemark::scenario {

/// Bytes [begin, end).
struct YamlSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class YamlSpans {
 public:
  explicit YamlSpans(std::string_view text);

  /// Where a node begins, its anchor and tag included.
  std::optional<std::size_t> BeginOf(const yaml::Node& node) const;
  /// Without anchor and tag. A block scalar begins at its indicator; a block collection ends with its last value.
  std::optional<YamlSpan> SpanOf(const yaml::Node& node) const;
  /// Whether a collection stands in brackets or braces.
  bool IsFlow(const yaml::Node& node) const;

  /// The beginning of the line of a byte, and the end, in front of the line end.
  std::size_t LineBegin(std::size_t at) const;
  std::size_t LineEnd(std::size_t at) const;
  /// The beginning of the next line.
  std::size_t NextLine(std::size_t at) const;
  /// How the text ends its lines.
  std::string_view line_end() const { return line_end_; }
  std::string_view text() const { return text_; }

 private:
  std::optional<std::size_t> ContentOf(const yaml::Node& node) const;
  std::optional<std::size_t> EndOfScalar(const yaml::Node& node, std::size_t begin) const;
  std::optional<std::size_t> EndOfQuoted(std::size_t begin) const;
  std::optional<std::size_t> EndOfPlain(std::string_view value, std::size_t begin) const;
  std::size_t EndOfBlockScalar(std::size_t begin) const;
  std::optional<std::size_t> EndOfCollection(const yaml::Node& node, std::size_t begin) const;
  std::size_t SkipBlanks(std::size_t at) const;

  std::string_view text_;
  std::string_view line_end_;
  std::vector<std::size_t> line_begins_;
};

}  // namespace stalemark::scenario
