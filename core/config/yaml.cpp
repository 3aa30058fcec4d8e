// SPDX-License-Identifier: Apache-2.0
#include "core/config/yaml.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/config/yaml_events.h"
#include "core/config/yaml_scalar.h"
#include "core/text/utf8.h"

namespace stalemark::yaml {
namespace {

constexpr std::string_view kMergeTag = "tag:yaml.org,2002:merge";

std::uint32_t ColumnOf(const Mark& mark) {
  return static_cast<std::uint32_t>(mark.offset - mark.line_offset + 1);
}

/// Where the last line with a text ends. At the end of the text the reader is a line further: behind the last line
/// break, or behind one that it pretends, where there is nothing to show.
void PlaceAtEnd(std::string_view text, SyntaxError& error) {
  const std::string_view shown = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  const std::size_t line_begin = shown.rfind('\n') + 1;
  error.line = static_cast<std::uint32_t>(std::count(shown.begin(), shown.end(), '\n') + 1);
  error.column = static_cast<std::uint32_t>(shown.size() - line_begin + 1);
}

/// The failure in upstream's words: its scanner counts lines from 1, its grammar from 0, and 0 is not shown.
SyntaxError Describe(const Failure& failure, std::string_view text) {
  std::uint32_t line = failure.place.line;
  if (line > 0 && failure.layer == Failure::Layer::kScanner) ++line;
  if (line == 0) line = failure.context_place.line;
  SyntaxError error;
  error.message = "yaml: ";
  if (line > 0 && failure.layer != Failure::Layer::kReader) error.message += "line " + std::to_string(line) + ": ";
  error.message += failure.problem;
  // What the end of the text cuts off is at its beginning.
  const bool is_cut_off = !failure.context.empty() && failure.place.offset >= text.size();
  const Mark& place = is_cut_off ? failure.context_place : failure.place;
  error.line = place.line + 1;
  error.column = ColumnOf(place);
  if (place.offset >= text.size()) PlaceAtEnd(text, error);
  if (is_cut_off) error.context = failure.context + " that has no end";
  if (!failure.context.empty() && failure.context_place.offset != place.offset) {
    error.context = failure.context + " that starts at line " + std::to_string(failure.context_place.line + 1) +
                    ", column " + std::to_string(ColumnOf(failure.context_place));
  }
  return error;
}

/// UTF-16 behind its byte order mark as UTF-8; a problem in upstream's words.
Result<std::string> TranscodeUtf16(std::string_view text, std::size_t low_byte) {
  std::string out;
  const auto unit = [&](std::size_t at) {
    const auto low = static_cast<unsigned char>(text[at + low_byte]);
    const auto high = static_cast<unsigned char>(text[at + 1 - low_byte]);
    return static_cast<std::uint32_t>(high << 8 | low);
  };
  for (std::size_t i = 0; i < text.size(); i += 2) {
    if (text.size() - i < 2) return Error{"yaml: incomplete UTF-16 character"};
    std::uint32_t rune = unit(i);
    if ((rune & 0xFC00) == 0xDC00) return Error{"yaml: unexpected low surrogate area"};
    if ((rune & 0xFC00) == 0xD800) {
      if (text.size() - i < 4) return Error{"yaml: incomplete UTF-16 surrogate pair"};
      const std::uint32_t low = unit(i + 2);
      if ((low & 0xFC00) != 0xDC00) return Error{"yaml: expected low surrogate area"};
      rune = 0x10000 + ((rune & 0x3FF) << 10) + (low & 0x3FF);
      i += 2;
    }
    text::AppendRune(out, rune);
  }
  return out;
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

const Node* Node::Find(std::string_view key) const {
  if (kind != NodeKind::kMapping) return nullptr;
  for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
    if (children[i]->value == key) return children[i + 1];
  }
  return nullptr;
}

/// Makes the tree out of the events.
class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, Document& document) : events_(text), document_(document) {}

  /// What is wrong with the text, if anything.
  const std::optional<Failure>& Build() {
    for (;;) {
      Event event = events_.Next();
      switch (event.kind) {
        case EventKind::kStreamEnd:
        case EventKind::kDocumentEnd:
          return events_.failure();
        case EventKind::kDocumentStart:
          break;
        case EventKind::kCollectionEnd:
          open_.pop_back();
          break;
        case EventKind::kAlias:
          AddAlias(event);
          break;
        default:
          AddNode(event);
          break;
      }
    }
  }

 private:
  Node& Add(const Event& event, NodeKind kind) {
    Node& node = document_.AddNode();
    node.kind = kind;
    node.line = event.place.line + 1;
    node.column = ColumnOf(event.place);
    if (open_.empty()) {
      document_.SetRoot(&node);
      return node;
    }
    Node& parent = *open_.back();
    const bool is_value = parent.kind == NodeKind::kMapping && parent.children.size() % 2 == 1;
    if (is_value && event.kind == EventKind::kScalar && event.value.empty() && event.plain) {
      // A missing value: a reader looks at its key.
      const Node& key = *parent.children.back();
      if (key.line == node.line) node.column = key.column;
    }
    parent.children.push_back(&node);
    return node;
  }

  void AddAlias(Event& event) {
    const auto target = anchors_.find(event.anchor);
    if (target == anchors_.end()) {
      Failure failure;
      failure.problem = "unknown anchor '" + event.anchor + "' referenced";
      failure.place = event.place;
      events_.Refuse(std::move(failure));
      return;
    }
    Node& node = Add(event, NodeKind::kAlias);
    node.target = target->second;
    node.value = std::move(event.anchor);
  }

  void AddNode(Event& event) {
    const NodeKind kind = event.kind == EventKind::kScalar          ? NodeKind::kScalar
                          : event.kind == EventKind::kSequenceStart ? NodeKind::kSequence
                                                                    : NodeKind::kMapping;
    Node& node = Add(event, kind);
    if (!event.anchor.empty()) anchors_[event.anchor] = &node;
    if (kind != NodeKind::kScalar) {
      open_.push_back(&node);
      return;
    }
    node.plain = event.plain;
    node.tag = std::move(event.tag);
    node.value = std::move(event.value);
  }

  EventReader events_;
  Document& document_;
  std::vector<Node*> open_;
  std::map<std::string, const Node*> anchors_;
};

Result<Document> Parse(std::string_view text, SyntaxError* error) {
  const auto refuse = [&](SyntaxError reason) -> Result<Document> {
    Error result{reason.message};
    if (error != nullptr) *error = std::move(reason);
    return result;
  };
  const auto refuse_text = [&](std::string message) {
    SyntaxError reason;
    reason.message = std::move(message);
    return refuse(std::move(reason));
  };
  if (text.size() > kTextBytesMax) {
    return refuse_text("yaml: document is larger than " + std::to_string(kTextBytesMax) + " bytes");
  }
  std::string transcoded;
  const std::string_view mark = text.substr(0, 2);
  if (mark == "\xFF\xFE" || mark == "\xFE\xFF") {
    Result<std::string> utf8 = TranscodeUtf16(text.substr(2), mark == "\xFF\xFE" ? 0 : 1);
    if (!utf8.ok()) return refuse_text(utf8.error().message);
    transcoded = *std::move(utf8);
    text = transcoded;
  }
  Document document;
  const std::optional<Failure> failure = TreeBuilder(text, document).Build();
  if (failure) return refuse(Describe(*failure, text));
  return Result<Document>(std::move(document));
}

}  // namespace stalemark::yaml
