// SPDX-License-Identifier: Apache-2.0
#include "core/config/yaml.h"

#include <algorithm>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "core/text/utf8.h"

namespace stalemark::yaml {
namespace {

constexpr std::string_view kNullTag = "tag:yaml.org,2002:null";
constexpr std::string_view kMergeTag = "tag:yaml.org,2002:merge";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Lets yaml-cpp read the text where it is.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    // streambuf wants char*, but a get area is never written to.
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// What is wrong with the bytes at the front, which are not a valid code point; in yaml.v2's order of checks.
std::string_view InvalidUtf8Reason(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  std::size_t width = 0;
  if ((first & 0xE0) == 0xC0) width = 2;
  if ((first & 0xF0) == 0xE0) width = 3;
  if ((first & 0xF8) == 0xF0) width = 4;
  if (width == 0) return "invalid leading UTF-8 octet";
  if (text.size() < width) return "incomplete UTF-8 octet sequence";
  for (std::size_t i = 1; i < width; ++i) {
    if (!IsContinuation(text[i])) return "invalid trailing UTF-8 octet";
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (width == 2 && first < 0xC2) || (width == 3 && first == 0xE0 && second < 0xA0) ||
                        (width == 4 && first == 0xF0 && second < 0x90);
  return overlong ? "invalid length of a UTF-8 sequence" : "invalid Unicode character";
}

bool IsAllowed(std::uint32_t rune) {
  if (rune < 0x20) return rune == '\t' || rune == '\n' || rune == '\r';
  if (rune < 0xA0) return rune <= 0x7E || rune == 0x85;
  return rune <= 0xD7FF || (rune >= 0xE000 && rune <= 0xFFFD && rune != 0xFEFF) || rune >= 0x10000;
}

SyntaxError At(std::uint32_t line, std::uint32_t column, std::string_view message) {
  return {"yaml: line " + std::to_string(line) + ": " + std::string(message), line, column};
}

/// Refuses text that must not reach yaml-cpp: too much of it, not UTF-8, control characters.
std::optional<SyntaxError> CheckText(std::string_view text) {
  if (text.size() > kTextBytesMax) {
    return SyntaxError{"yaml: document is larger than " + std::to_string(kTextBytesMax) + " bytes"};
  }
  std::uint32_t line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto column = static_cast<std::uint32_t>(i - line_start + 1);
    if (column > kLineBytesMax) {
      return At(line, column, "line is longer than " + std::to_string(kLineBytesMax) + " bytes");
    }
    if (c >= 0x20 && c < 0x7F) {
      ++i;
      continue;
    }
    const text::DecodedRune rune = text::DecodeRune(text.substr(i));
    if (!rune.valid) {
      return SyntaxError{"yaml: " + std::string(InvalidUtf8Reason(text.substr(i))), line, column};
    }
    if (!IsAllowed(rune.rune)) return SyntaxError{"yaml: control characters are not allowed", line, column};
    i += rune.width;
    if (c == '\n') {
      ++line;
      line_start = i;
    }
  }
  return std::nullopt;
}

}  // namespace

bool Node::IsNull() const {
  if (tag == kNullTag) return true;
  if (kind != NodeKind::kScalar || !tag.empty()) return false;
  return value == "null" || value == "~" || (value.empty() && plain);
}

bool Node::IsMergeKey() const {
  return kind == NodeKind::kScalar && value == "<<" && (plain || tag == kMergeTag);
}

/// Makes the tree out of yaml-cpp's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(Document& document, std::string_view text) : document_(document), text_(text) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {
    // yaml-cpp takes the end of the text for the end of a quoted scalar.
    if (last_scalar_ && !IsTerminated(*last_scalar_)) {
      throw YAML::ParserException(*last_scalar_, "found unexpected end of stream in a quoted scalar");
    }
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node& node = Add(mark, anchor);
    node.plain = true;
    last_scalar_.reset();
    node.value = NullSpelling(mark);
    // yaml-cpp places a missing value at the next token, maybe lines below. The key is where a reader looks.
    if (node.value.empty() && last_key_ != nullptr) {
      node.line = last_key_->line;
      node.column = last_key_->column;
    }
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node& node = Add(mark, YAML::NullAnchor);
    node.kind = NodeKind::kAlias;
    const Anchored& anchored = anchors_.at(anchor);
    node.target = anchored.node;
    node.value = anchored.name;
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node& node = Add(mark, anchor);
    // yaml-cpp's marks for untagged scalars: `?` without quotes, `!` with quotes.
    node.plain = tag == "?";
    last_scalar_ = node.plain ? std::nullopt : std::optional(mark);
    if (tag != "?" && tag != "!") node.tag = tag;
    node.value = value;
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    Open(Add(mark, anchor), NodeKind::kSequence, tag, style);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    Open(Add(mark, anchor), NodeKind::kMapping, tag, style);
  }
  void OnMapEnd() override { Close(); }

  void OnAnchor(const YAML::Mark&, const std::string& name) override { pending_anchor_ = name; }

 private:
  struct Anchored {
    const Node* node;
    std::string name;
  };

  Node& Add(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (flow_depth_ == 0) CheckIndentation(mark);
    Node& node = document_.nodes_.emplace_back();
    node.line = static_cast<std::uint32_t>(mark.line + 1);
    node.column = static_cast<std::uint32_t>(mark.column + 1);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = {&node, std::move(pending_anchor_)};
    pending_anchor_.clear();
    last_key_ = nullptr;
    if (open_.empty()) {
      document_.root_ = &node;
    } else {
      Node& parent = *open_.back();
      const bool is_value = parent.children.size() % 2 == 1;
      if (parent.kind == NodeKind::kMapping && is_value) last_key_ = parent.children.back();
      parent.children.push_back(&node);
    }
    return node;
  }

  void Open(Node& node, NodeKind kind, const std::string& tag, YAML::EmitterStyle::value style) {
    node.kind = kind;
    if (tag != "?" && tag != "!") node.tag = tag;
    open_.push_back(&node);
    // What is inside a flow collection is flow, too.
    if (flow_depth_ > 0 || style == YAML::EmitterStyle::Flow) ++flow_depth_;
  }

  void Close() {
    open_.pop_back();
    if (flow_depth_ > 0) --flow_depth_;
  }

  /// Tabs do not indent in YAML; yaml-cpp lets some pass.
  void CheckIndentation(const YAML::Mark& mark) const {
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
    const std::size_t end = std::min(text_.size(), static_cast<std::size_t>(std::max(mark.pos, 0)));
    const std::string_view before = text_.substr(end - std::min(end, column), column);
    const std::size_t first_other = before.find_first_not_of(" -?");
    if (first_other == std::string_view::npos || before[first_other] != '\t') return;
    if (before.find_first_not_of(" -?\t") != std::string_view::npos) return;
    throw YAML::ParserException(mark, "found character that cannot start any token");
  }

  /// The text from a node's mark on, behind its tag and anchor.
  std::string_view TextAt(const YAML::Mark& mark) const {
    std::string_view at = text_.substr(std::min(text_.size(), static_cast<std::size_t>(std::max(mark.pos, 0))));
    while (!at.empty() && (at.front() == '&' || at.front() == '!')) {
      at.remove_prefix(std::min(at.size(), at.find_first_of(" \t\r\n")));
      at.remove_prefix(std::min(at.size(), at.find_first_not_of(" \t\r\n")));
    }
    return at;
  }

  /// Whether a scalar that starts with a quote also ends with it.
  bool IsTerminated(const YAML::Mark& mark) const {
    std::string_view at = TextAt(mark);
    if (at.empty() || (at.front() != '"' && at.front() != '\'')) return true;
    const char quote = at.front();
    const char escape = quote == '"' ? '\\' : '\'';
    for (std::size_t i = 1; i < at.size(); ++i) {
      const bool is_escaped = at[i] == escape && i + 1 < at.size() && (quote == '"' || at[i + 1] == quote);
      if (is_escaped) {
        ++i;
      } else if (at[i] == quote) {
        return true;
      }
    }
    return false;
  }

  /// yaml-cpp tells `~`, `null`, `Null`, `NULL` and nothing at all alike; yaml.v2 does not.
  std::string NullSpelling(const YAML::Mark& mark) const {
    const std::string_view at = TextAt(mark);
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (at.substr(0, word.size()) != word) continue;
      // Not the start of the next node, which follows a missing one.
      const std::string_view rest = at.substr(word.size());
      if (rest.empty() || std::string_view(" \t\r\n,]}:#").find(rest.front()) != std::string_view::npos) {
        return std::string(word);
      }
    }
    return {};
  }

  Document& document_;
  std::string_view text_;
  std::vector<Node*> open_;
  /// Open collections from the outermost flow one on.
  std::size_t flow_depth_ = 0;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::string pending_anchor_;
  const Node* last_key_ = nullptr;
  /// The document's last scalar, if it is quoted or a block.
  std::optional<YAML::Mark> last_scalar_;
};

Result<Document> Parse(std::string_view text, SyntaxError* error) {
  const auto refuse = [&](SyntaxError reason) -> Result<Document> {
    Error result{reason.message};
    if (error != nullptr) *error = std::move(reason);
    return result;
  };
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  if (std::optional<SyntaxError> problem = CheckText(text)) return refuse(std::move(*problem));

  Document document;
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    TreeBuilder builder(document, text);
    parser.HandleNextDocument(builder);
  } catch (const YAML::DeepRecursion& exception) {
    return refuse(At(static_cast<std::uint32_t>(exception.mark.line + 1),
                     static_cast<std::uint32_t>(exception.mark.column + 1), "too many nested collections"));
  } catch (const YAML::Exception& exception) {
    constexpr std::string_view kUnknownAnchor = "the referenced anchor is not defined";
    const std::string_view message = exception.msg;
    const auto line = static_cast<std::uint32_t>(exception.mark.line + 1);
    const auto column = static_cast<std::uint32_t>(exception.mark.column + 1);
    if (message.substr(0, kUnknownAnchor.size()) == kUnknownAnchor) {
      // The mark is that of the alias.
      std::string_view name = text.substr(std::min(text.size(), static_cast<std::size_t>(exception.mark.pos)));
      name.remove_prefix(std::min(name.size(), name.find_first_not_of('*')));
      name = name.substr(0, name.find_first_of(" \t\r\n,]}"));
      return refuse({"yaml: unknown anchor '" + std::string(name) + "' referenced", line, column});
    }
    return refuse(At(line, column, message));
  }
  return document;
}

}  // namespace stalemark::yaml
