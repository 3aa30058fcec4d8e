// SPDX-License-Identifier: Apache-2.0
// YAML text as a tree of nodes, with the place of each: the reader of what upstream reads (prometheus.yml,
// scrape_config_files, file_sd documents). Which texts are refused, and with what words, is upstream's
// (go.yaml.in/yaml/v2): yaml_reader.h reads characters, yaml_scanner.h tokens, yaml_events.h the grammar. What scalars
// mean is in yaml_scalar.h, what a tree decodes to in decode.h.
//
// A Document owns its nodes; pointers to them live as long as the Document does and survive moving it. Aliases stay
// nodes of their own, so that an alias bomb costs nothing until somebody decodes it, and Decoder bounds that. Parsing
// takes time linear in the text and bounded memory: kTextBytesMax, and upstream's depth of 10000 nested collections.
// Lines and columns count from 1, columns in bytes.
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

enum class NodeKind : std::uint8_t { kScalar, kSequence, kMapping, kAlias };

struct Node {
  NodeKind kind = NodeKind::kScalar;
  /// A scalar without quotes and without tag, whose meaning depends on its text.
  bool plain = false;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  /// Of a scalar: long form (`tag:yaml.org,2002:str`, `!local`), or empty. Those of collections mean nothing.
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
  /// Of a mapping: the value of the first key with this text, as it stands; null: there is none. No alias or merge key
  /// is followed.
  const Node* Find(std::string_view key) const;
};

class Document {
 public:
  Document() = default;
  // A copy would point to the nodes of the original.
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  Document(Document&&) = default;
  Document& operator=(Document&&) = default;

  /// Null: the text has no document.
  const Node* root() const { return root_; }

  // For readers that build a tree. A node lives as long as the document.
  Node& AddNode() { return nodes_.emplace_back(); }
  void SetRoot(const Node* root) { root_ = root; }

 private:
  std::deque<Node> nodes_;
  const Node* root_ = nullptr;
};

/// Where and why a text is not YAML.
struct SyntaxError {
  /// `yaml: line 3: ...`, `yaml: control characters are not allowed`. Upstream names no line for the first one, and for
  /// errors of the grammar the line before.
  std::string message;
  /// The place itself; 0: unknown.
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  /// `while scanning a quoted scalar that starts at line 3, column 8`, or empty.
  std::string context;
};

/// Reads the first document of a text in UTF-8, or in UTF-16 with a byte order mark; what follows the document is not
/// looked at. On failure `error` is set.
Result<Document> Parse(std::string_view text, SyntaxError* error = nullptr);

}  // namespace stalemark::yaml
