// SPDX-License-Identifier: Apache-2.0
// YAML text as a tree of nodes, with the place of each: the only reader of YAML here (prometheus.yml,
// scrape_config_files, file_sd documents, scenarios). The syntax comes from yaml-cpp; the limits and the texts of
// refused characters are those of yaml.v2 (readerc.go), what scalars mean is in yaml_scalar.h, what a tree decodes to
// in decode.h.
//
// A Document owns its nodes; pointers to them live as long as the Document does and survive moving it. Aliases stay
// nodes of their own, so that an alias bomb costs nothing until somebody decodes it, and Decoder bounds that. Parsing
// takes time linear in the text and bounded memory: kTextBytesMax, kLineBytesMax and a depth of about 500 nested
// collections. Lines and columns count from 1, columns in bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"

namespace stalemark::yaml {

inline constexpr std::size_t kTextBytesMax = std::size_t{64} << 20;
/// yaml-cpp holds all tokens of a line before it yields the first.
inline constexpr std::size_t kLineBytesMax = std::size_t{1} << 20;

enum class NodeKind : std::uint8_t { kScalar, kSequence, kMapping, kAlias };

struct Node {
  NodeKind kind = NodeKind::kScalar;
  /// A scalar without quotes and without tag, whose meaning depends on its text.
  bool plain = false;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  /// Long form (`tag:yaml.org,2002:str`, `!local`), or empty.
  std::string tag;
  /// Text of a scalar, name of the anchor of an alias.
  std::string value;
  /// Items of a sequence; keys and values of a mapping in turn.
  std::vector<const Node*> children;
  /// What an alias stands for. It may contain the alias.
  const Node* target = nullptr;

  /// `~`, `null`, nothing at all, or anything tagged !!null: what yaml.v2 calls null before it looks at types.
  bool IsNull() const;
  /// The merge key `<<`.
  bool IsMergeKey() const;
};

class Document {
 public:
  /// Null: the text has no document.
  const Node* root() const { return root_; }

 private:
  friend class TreeBuilder;
  std::deque<Node> nodes_;
  const Node* root_ = nullptr;
};

/// Where and why a text is not YAML.
struct SyntaxError {
  /// `yaml: line 3: ...`, `yaml: control characters are not allowed`.
  std::string message;
  /// 0: unknown.
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// Reads the first document; what follows it is not looked at beyond its characters. On failure `error` is set and the
/// result has no root.
Result<Document> Parse(std::string_view text, SyntaxError* error = nullptr);

}  // namespace stalemark::yaml
