// SPDX-License-Identifier: Apache-2.0
#include "core/relabel/regex_emitter.h"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "core/relabel/regex_lexer.h"
#include "core/text/case_map.h"

namespace stalemark {
namespace {

class Emitter {
 public:
  explicit Emitter(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void Emit(const RegexNode& node);
  bool too_long() const { return out_.size() > bytes_max_; }
  std::string Take() { return std::move(out_); }

 private:
  void EmitRune(std::uint32_t rune);
  void EmitLiteral(const RegexNode& node);
  void EmitClass(const text::RuneClass& runes);
  void EmitGrouped(std::string_view open, const RegexNode& node);
  void EmitRepeated(const RegexNode& node, std::string_view suffix);
  void EmitCounted(const RegexNode& node);
  void EmitGroupsOnly(const RegexNode& node);

  std::size_t bytes_max_;
  std::string out_;
};

void Emitter::EmitRune(std::uint32_t rune) {
  if (IsAsciiAlphanumeric(rune)) {
    out_.push_back(static_cast<char>(rune));
  } else {
    fmt::format_to(std::back_inserter(out_), "\\x{{{:x}}}", rune);
  }
}

void Emitter::EmitLiteral(const RegexNode& node) {
  for (const char32_t rune : node.literal) {
    if (node.fold && text::SimpleFold(rune) != rune) {
      text::RuneClass any_case;
      any_case.Add(rune, rune);
      EmitClass(any_case.Folded());
    } else {
      EmitRune(rune);
    }
  }
}

void Emitter::EmitClass(const text::RuneClass& runes) {
  if (runes.ranges().empty()) {
    out_ += "[^\\x{0}-\\x{10ffff}]";
    return;
  }
  out_ += '[';
  for (const text::RuneRange& range : runes.ranges()) {
    EmitRune(range.first);
    if (range.last == range.first) continue;
    out_ += '-';
    EmitRune(range.last);
  }
  out_ += ']';
}

void Emitter::EmitGrouped(std::string_view open, const RegexNode& node) {
  out_ += open;
  Emit(node);
  out_ += ')';
}

void Emitter::EmitRepeated(const RegexNode& node, std::string_view suffix) {
  EmitGrouped("(?:", *node.subs[0]);
  out_ += suffix;
  if (node.lazy) out_ += '?';
}

/// Repeated zero times: matches nothing, but its groups count. RE2 would limit the repeats inside, which Go does not.
void Emitter::EmitGroupsOnly(const RegexNode& node) {
  if (node.op == RegexOp::kCapture) out_ += "(){0}";
  for (const RegexNodePtr& sub : node.subs) EmitGroupsOnly(*sub);
}

/// What stands for a node that always looks the same; empty for the others.
std::string_view FixedText(RegexOp op) {
  switch (op) {
    case RegexOp::kEmptyMatch:
      return "(?:)";
    case RegexOp::kAnyRune:
      return ".";
    case RegexOp::kBeginLine:
      return "(?m:^)";
    case RegexOp::kEndLine:
      return "(?m:$)";
    case RegexOp::kBeginText:
      return "\\A";
    case RegexOp::kEndText:
      return "\\z";
    case RegexOp::kWordBoundary:
      return "\\b";
    case RegexOp::kNoWordBoundary:
      return "\\B";
    default:
      return {};
  }
}

void Emitter::EmitCounted(const RegexNode& node) {
  if (node.count_max == 0) {
    EmitGroupsOnly(node);
  } else if (node.count_max < 0) {
    EmitRepeated(node, fmt::format("{{{},}}", node.count_min));
  } else {
    EmitRepeated(node, fmt::format("{{{},{}}}", node.count_min, node.count_max));
  }
}

void Emitter::Emit(const RegexNode& node) {
  if (too_long()) return;
  switch (node.op) {
    case RegexOp::kLiteral:
      EmitLiteral(node);
      break;
    case RegexOp::kClass:
      EmitClass(node.runes);
      break;
    case RegexOp::kCapture:
      EmitGrouped("(", *node.subs[0]);
      break;
    case RegexOp::kStar:
      EmitRepeated(node, "*");
      break;
    case RegexOp::kPlus:
      EmitRepeated(node, "+");
      break;
    case RegexOp::kQuest:
      EmitRepeated(node, "?");
      break;
    case RegexOp::kRepeat:
      EmitCounted(node);
      break;
    case RegexOp::kConcat:
      for (const RegexNodePtr& sub : node.subs) {
        if (sub->op == RegexOp::kAlternate) {
          EmitGrouped("(?:", *sub);
        } else {
          Emit(*sub);
        }
      }
      break;
    case RegexOp::kAlternate:
      for (std::size_t i = 0; i < node.subs.size(); ++i) {
        if (i > 0) out_ += '|';
        Emit(*node.subs[i]);
      }
      break;
    default:
      out_ += FixedText(node.op);
      break;
  }
}

}  // namespace

std::optional<std::string> EmitRe2Pattern(const RegexNode& root, std::size_t bytes_max) {
  Emitter emitter(bytes_max);
  emitter.Emit(root);
  if (emitter.too_long()) return std::nullopt;
  return emitter.Take();
}

}  // namespace stalemark
