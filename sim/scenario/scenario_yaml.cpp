// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/scenario_yaml.h"

#include <algorithm>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "core/text/utf8.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kLineBytesMax = std::size_t{1} << 20;

/// Lets yaml-cpp read the text where it is.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    // streambuf wants char*, but a get area is never written to.
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

std::uint32_t Line(const YAML::Mark& mark) {
  return static_cast<std::uint32_t>(mark.line + 1);
}

std::uint32_t Column(const YAML::Mark& mark) {
  return static_cast<std::uint32_t>(mark.column + 1);
}

/// Makes the tree out of yaml-cpp's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(yaml::Document& document, std::string_view text) : document_(document), text_(text) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {
    // yaml-cpp takes the end of the text for the end of a quoted scalar.
    if (quoted_ && !IsTerminated(*quoted_)) throw YAML::ParserException(*quoted_, "a quoted scalar that has no end");
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    yaml::Node& node = Add(mark, anchor);
    node.plain = true;
    quoted_.reset();
    // yaml-cpp places a missing value at the next token, maybe lines below. The key is where a reader looks.
    if (key_ == nullptr) return;
    node.line = key_->line;
    node.column = key_->column;
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    yaml::Node& node = Add(mark, YAML::NullAnchor);
    node.kind = yaml::NodeKind::kAlias;
    const auto& [name, target] = anchors_.at(anchor);
    node.target = target;
    node.value = name;
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    yaml::Node& node = Add(mark, anchor);
    // yaml-cpp's marks for untagged scalars: `?` without quotes, `!` with quotes.
    node.plain = tag == "?";
    quoted_ = node.plain ? std::nullopt : std::optional(mark);
    if (tag != "?" && tag != "!") node.tag = tag;
    node.value = value;
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Add(mark, anchor), yaml::NodeKind::kSequence, tag);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(Add(mark, anchor), yaml::NodeKind::kMapping, tag);
  }
  void OnMapEnd() override { open_.pop_back(); }

  void OnAnchor(const YAML::Mark&, const std::string& name) override { pending_anchor_ = name; }

 private:
  yaml::Node& Add(const YAML::Mark& mark, YAML::anchor_t anchor) {
    yaml::Node& node = document_.AddNode();
    node.line = Line(mark);
    node.column = Column(mark);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = {std::move(pending_anchor_), &node};
    pending_anchor_.clear();
    key_ = nullptr;
    if (open_.empty()) {
      document_.SetRoot(&node);
      return node;
    }
    yaml::Node& parent = *open_.back();
    const bool is_value = parent.children.size() % 2 == 1;
    if (parent.kind == yaml::NodeKind::kMapping && is_value) key_ = parent.children.back();
    parent.children.push_back(&node);
    return node;
  }

  void Open(yaml::Node& node, yaml::NodeKind kind, const std::string& tag) {
    node.kind = kind;
    if (tag != "?" && tag != "!") node.tag = tag;
    quoted_.reset();
    open_.push_back(&node);
  }

  /// Whether a scalar that starts with a quote also ends with it.
  bool IsTerminated(const YAML::Mark& mark) const {
    const std::string_view at = text_.substr(std::min(text_.size(), static_cast<std::size_t>(std::max(mark.pos, 0))));
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

  yaml::Document& document_;
  std::string_view text_;
  std::vector<yaml::Node*> open_;
  std::map<YAML::anchor_t, std::pair<std::string, const yaml::Node*>> anchors_;
  std::string pending_anchor_;
  /// Of the mapping's value that was added last.
  const yaml::Node* key_ = nullptr;
  /// The last scalar, if it is quoted or a block.
  std::optional<YAML::Mark> quoted_;
};

/// A scenario is one document: what stands in a second one would silently count for nothing.
class NoSecondDocument final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    throw YAML::ParserException(mark, "found a second document, expected one in a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

/// What a message of yaml-cpp's mostly comes from, in the words of who wrote the file.
struct SyntaxHint {
  std::string_view message;
  std::string_view hint;
};

constexpr std::string_view kBlockHint = "the indentation fits no line above, or keys and \"- \" items are mixed";
constexpr std::string_view kFlowHint = "a bracket is not closed, or a text with one of {}[], in it is not in quotes";

constexpr SyntaxHint kSyntaxHints[] = {
    {"end of map not found", kBlockHint},
    {"end of sequence not found", kBlockHint},
    {"end of map flow not found", kFlowHint},
    {"end of sequence flow not found", kFlowHint},
    {"illegal flow end", kFlowHint},
    {"illegal map value", "a second \": \" in one line, or more indentation than the line above allows"},
    {"illegal block entry", "a \"- \" item begins a line of its own"},
    {"illegal EOF in scalar", "a quote is not closed"},
    {"unknown token", "a text that begins like this must be in quotes"},
};

/// yaml-cpp's message and place with what is mostly wrong there.
yaml::SyntaxError Describe(const YAML::Exception& exception, std::string_view text) {
  yaml::SyntaxError error{"yaml: " + exception.msg, Line(exception.mark), Column(exception.mark), {}};
  for (std::uint32_t line = 1; line < error.line; ++line)
    text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  const std::string_view indentation = text.substr(0, text.find_first_not_of(" \t"));
  const std::size_t tab = indentation.find('\t');
  if (tab != std::string_view::npos) {
    return {"yaml: found a tab, expected blanks as indentation", error.line, static_cast<std::uint32_t>(tab + 1), {}};
  }
  for (const SyntaxHint& hint : kSyntaxHints) {
    if (exception.msg == hint.message) error.message += fmt::format(": {}", hint.hint);
  }
  return error;
}

/// What must not reach yaml-cpp.
std::optional<yaml::SyntaxError> Refusal(std::string_view text) {
  if (text.size() > yaml::kTextBytesMax) {
    return yaml::SyntaxError{fmt::format("yaml: document is larger than {} bytes", yaml::kTextBytesMax), 0, 0, {}};
  }
  std::uint32_t line = 1;
  for (std::size_t begin = 0; begin <= text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view bytes = text.substr(begin, end - begin);
    if (bytes.size() > kLineBytesMax) {
      return yaml::SyntaxError{fmt::format("yaml: the line is longer than {} bytes", kLineBytesMax), line, 1, {}};
    }
    if (!text::IsValidUtf8(bytes)) return yaml::SyntaxError{"yaml: the line is not UTF-8", line, 1, {}};
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace

Result<yaml::Document> ParseScenarioYaml(std::string_view text, yaml::SyntaxError* error) {
  if (std::optional<yaml::SyntaxError> refusal = Refusal(text)) {
    *error = std::move(*refusal);
    return Error{error->message};
  }
  yaml::Document document;
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    TreeBuilder builder(document, text);
    parser.HandleNextDocument(builder);
    NoSecondDocument none;
    parser.HandleNextDocument(none);
  } catch (const YAML::Exception& exception) {
    *error = Describe(exception, text);
    return Error{error->message};
  }
  return document;
}

}  // namespace stalemark::scenario
