// SPDX-License-Identifier: Apache-2.0
#include "core/relabel/regex_shape.h"

#include <algorithm>

#include "core/text/utf8.h"

namespace stalemark {
namespace {

/// The text of a literal; absent where bytes cannot be compared: any case, or U+FFFD, which invalid bytes match too.
std::optional<std::string> PlainText(const RegexNode& node) {
  if (node.op == RegexOp::kEmptyMatch) return std::string();
  if (node.op != RegexOp::kLiteral || node.fold) return std::nullopt;
  std::string out;
  for (const char32_t rune : node.literal) {
    if (rune == text::kReplacementRune) return std::nullopt;
    text::AppendRune(out, rune);
  }
  return out;
}

}  // namespace

std::optional<RegexShape> RegexShape::Of(const RegexTree& tree) {
  const std::vector<RegexNodePtr>& items = tree.root->subs;
  if (tree.root->op != RegexOp::kConcat || items.size() < 3 || tree.group_names.size() > 2) return std::nullopt;
  if (items.front()->op != RegexOp::kBeginText || items.back()->op != RegexOp::kEndText) return std::nullopt;
  RegexShape shape;
  for (std::size_t i = 1; i + 1 < items.size(); ++i) {
    const RegexNode& item = *items[i];
    const bool captures = item.op == RegexOp::kCapture;
    const RegexNode& inside = captures ? *item.subs[0] : item;
    if (captures) shape.group_first_ = shape.Here();
    if (inside.op == RegexOp::kAlternate) {
      if (items.size() != 3 || !shape.AddTexts(inside)) return std::nullopt;
    } else if (!shape.AddPieces(inside)) {
      return std::nullopt;
    }
    if (captures) shape.group_last_ = shape.Here();
    shape.has_group_ = shape.has_group_ || captures;
  }
  return shape;
}

bool RegexShape::AddPieces(const RegexNode& node) {
  if (node.op != RegexOp::kConcat) return AddPiece(node);
  return std::all_of(node.subs.begin(), node.subs.end(), [this](const RegexNodePtr& sub) { return AddPiece(*sub); });
}

bool RegexShape::AddPiece(const RegexNode& node) {
  if (const std::optional<std::string> plain = PlainText(node)) {
    (has_run_ ? suffix_ : prefix_) += *plain;
    return true;
  }
  const bool is_run = (node.op == RegexOp::kStar || node.op == RegexOp::kPlus) && node.subs[0]->op == RegexOp::kAnyRune;
  if (!is_run || has_run_) return false;
  has_run_ = true;
  run_min_ = node.op == RegexOp::kPlus ? 1 : 0;
  return true;
}

bool RegexShape::AddTexts(const RegexNode& alternate) {
  for (const RegexNodePtr& sub : alternate.subs) {
    std::optional<std::string> plain = PlainText(*sub);
    if (!plain) return false;
    texts_.push_back(std::move(*plain));
  }
  std::sort(texts_.begin(), texts_.end());
  return true;
}

bool RegexShape::Matches(std::string_view value) const {
  if (!texts_.empty()) return std::binary_search(texts_.begin(), texts_.end(), value);
  if (!has_run_) return value == prefix_;
  if (value.size() < prefix_.size() + run_min_ + suffix_.size()) return false;
  return value.substr(0, prefix_.size()) == prefix_ && value.substr(value.size() - suffix_.size()) == suffix_;
}

std::size_t RegexShape::OffsetOf(Boundary boundary, std::string_view value) const {
  return boundary.in_suffix ? value.size() - suffix_.size() + boundary.bytes : boundary.bytes;
}

std::string_view RegexShape::Group(std::string_view value) const {
  if (!texts_.empty()) return value;
  const std::size_t first = OffsetOf(group_first_, value);
  return value.substr(first, OffsetOf(group_last_, value) - first);
}

}  // namespace stalemark
