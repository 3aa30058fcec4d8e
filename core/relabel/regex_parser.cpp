// SPDX-License-Identifier: Apache-2.0
#include "core/relabel/regex_parser.h"

#include <algorithm>
#include <utility>

#include "core/relabel/regex_lexer.h"
#include "core/text/ascii.h"

namespace stalemark {
namespace {

using ascii::IsDigit;

constexpr int kHeightMax = 1000;
constexpr std::int64_t kRepeatMax = 1000;
/// 128 MiB of Go's instructions (40 bytes) and of its runes (4 bytes).
constexpr std::int64_t kSizeMax = (std::int64_t{128} << 20) / 40;
constexpr std::int64_t kClassRunesMax = (std::int64_t{128} << 20) / 4;

/// One of literal (of one code point), class, any: what alternatives can be merged into a class.
bool IsOneRune(const RegexNode& node) {
  if (node.op == RegexOp::kLiteral) return node.literal.size() == 1;
  return node.op == RegexOp::kClass || node.op == RegexOp::kAnyRune;
}

void AddOneRune(const RegexNode& node, text::RuneClass& out) {
  text::RuneClass runes;
  if (node.op == RegexOp::kAnyRune) {
    runes.Add(0, text::kMaxRune);
  } else if (node.op == RegexOp::kLiteral) {
    runes.Add(node.literal[0], node.literal[0]);
    if (node.fold) runes = runes.Folded();
  } else {
    runes = node.runes;
  }
  out.Add(runes);
}

/// Instructions that Go compiles a node to, at most.
std::int64_t InstructionsOf(const RegexNode& node) {
  std::int64_t subs = 0;
  for (const RegexNodePtr& sub : node.subs) subs += sub->size;
  switch (node.op) {
    case RegexOp::kLiteral:
      return static_cast<std::int64_t>(node.literal.size());
    case RegexOp::kCapture:
    case RegexOp::kStar:
      return 2 + subs;
    case RegexOp::kPlus:
    case RegexOp::kQuest:
      return 1 + subs;
    case RegexOp::kConcat:
      return std::max<std::int64_t>(1, subs);
    case RegexOp::kAlternate:
      return subs + static_cast<std::int64_t>(node.subs.size()) - 1;
    case RegexOp::kRepeat:
      if (node.count_max >= 0) {
        return std::max<std::int64_t>(1, node.count_max * subs + (node.count_max - node.count_min));
      }
      return node.count_min == 0 ? 2 + subs : 1 + node.count_min * subs;
    default:
      return 1;
  }
}

std::int64_t RepeatsOf(const RegexNode& node) {
  std::int64_t subs = 1;
  for (const RegexNodePtr& sub : node.subs) subs = std::max(subs, sub->repeats);
  if (node.op != RegexOp::kRepeat) return subs;
  if (node.count_max == 0) return 1;
  const std::int64_t count = node.count_max < 0 ? node.count_min : node.count_max;
  return count > 0 ? count * subs : subs;
}

void Measure(RegexNode& node) {
  node.height = 1;
  for (const RegexNodePtr& sub : node.subs) node.height = std::max(node.height, 1 + sub->height);
  node.size = InstructionsOf(node);
  node.repeats = RepeatsOf(node);
}

RegexNodePtr MakeNode(RegexOp op) {
  auto node = std::make_unique<RegexNode>();
  node->op = op;
  return node;
}

RegexNodePtr MakeClass(text::RuneClass runes) {
  const std::vector<text::RuneRange>& ranges = runes.ranges();
  if (ranges.size() == 1 && ranges[0].first == ranges[0].last) {
    RegexNodePtr node = MakeNode(RegexOp::kLiteral);
    node->literal.push_back(ranges[0].first);
    return node;
  }
  if (ranges.size() == 1 && ranges[0].first == 0 && ranges[0].last == text::kMaxRune)
    return MakeNode(RegexOp::kAnyRune);
  RegexNodePtr node = MakeNode(RegexOp::kClass);
  node->runes = std::move(runes);
  return node;
}

/// Works on a stack of finished nodes and marks, as Go's parser does. Methods that parse take the front off `rest_` and
/// return false when they have set the error.
class Parser {
 public:
  explicit Parser(std::string_view pattern) : pattern_(pattern), rest_(pattern) {}
  Result<RegexTree> Run();

 private:
  struct Flags {
    bool fold = false;
    bool multi_line = false;
    bool dot_newline = false;
    bool lazy = false;
  };
  /// What a `(` or `|` on the stack remembers.
  struct Entry {
    RegexNodePtr node;
    Flags flags_outside;
    bool captures = false;
  };

  bool Fail(std::string_view kind, std::string_view piece) { return lexer_.Fail(kind, piece); }

  bool ParseItem();
  bool ParseBackslash();
  bool ParseQuoted();
  bool ParseRepetition(RegexOp op, int count_min, int count_max, std::string_view after);
  bool ParseCountedRepetition();
  bool ParsePerlGroup();
  bool ParseNamedGroup(std::size_t name_offset);
  bool ParseClass();

  bool Push(RegexNodePtr node);
  bool PushOp(RegexOp op) { return Push(MakeNode(op)); }
  bool PushLiteral(std::uint32_t rune);
  bool PushGroupStart(Flags flags_outside, std::string_view name, bool captures);
  bool CheckLimits(const RegexNode& node);
  void MergeTopLiterals();
  bool CloseConcat();
  bool CloseAlternate();
  bool CloseGroup();
  RegexNodePtr Collapse(std::vector<RegexNodePtr> subs, RegexOp op);

  std::string_view pattern_;
  std::string_view rest_;
  Flags flags_;
  std::vector<Entry> stack_;
  std::vector<std::string> group_names_{std::string()};
  /// The repetition just parsed, from its operator on; a second one directly behind it is an error.
  std::string_view last_repetition_;
  std::string_view repetition_;
  std::int64_t class_runes_ = 0;
  RegexLexer lexer_;
};

// ---- the stack ----

bool Parser::CheckLimits(const RegexNode& node) {
  if (class_runes_ > kClassRunesMax || node.size > kSizeMax) return Fail(regex_error::kLarge, pattern_);
  if (node.height > kHeightMax) return Fail(regex_error::kNestingDepth, pattern_);
  return true;
}

/// Literals become one string as soon as no repetition can take the last one.
void Parser::MergeTopLiterals() {
  if (stack_.size() < 2) return;
  RegexNode& last = *stack_.back().node;
  RegexNode& previous = *stack_[stack_.size() - 2].node;
  if (last.op != RegexOp::kLiteral || previous.op != RegexOp::kLiteral || last.fold != previous.fold) return;
  previous.literal += last.literal;
  Measure(previous);
  stack_.pop_back();
}

bool Parser::Push(RegexNodePtr node) {
  MergeTopLiterals();
  Measure(*node);
  class_runes_ += static_cast<std::int64_t>(node->literal.size() + 2 * node->runes.ranges().size());
  stack_.push_back(Entry{std::move(node), Flags(), false});
  return CheckLimits(*stack_.back().node);
}

bool Parser::PushLiteral(std::uint32_t rune) {
  RegexNodePtr node = MakeNode(RegexOp::kLiteral);
  node->literal.push_back(rune);
  node->fold = flags_.fold;
  return Push(std::move(node));
}

bool Parser::PushGroupStart(Flags flags_outside, std::string_view name, bool captures) {
  if (captures) group_names_.emplace_back(name);
  if (!PushOp(RegexOp::kLeftParen)) return false;
  stack_.back().flags_outside = flags_outside;
  stack_.back().captures = captures;
  return true;
}

RegexNodePtr Parser::Collapse(std::vector<RegexNodePtr> subs, RegexOp op) {
  if (subs.size() == 1) return std::move(subs[0]);
  RegexNodePtr node = MakeNode(op);
  for (RegexNodePtr& sub : subs) {
    if (sub->op != op) {
      node->subs.push_back(std::move(sub));
      continue;
    }
    for (RegexNodePtr& inner : sub->subs) node->subs.push_back(std::move(inner));
  }
  return node;
}

/// Replaces what stands above the topmost mark by its concatenation.
bool Parser::CloseConcat() {
  MergeTopLiterals();
  auto first = stack_.end();
  while (first != stack_.begin() && std::prev(first)->node->op < RegexOp::kLeftParen) --first;
  if (first == stack_.end()) return PushOp(RegexOp::kEmptyMatch);
  std::vector<RegexNodePtr> subs;
  for (auto at = first; at != stack_.end(); ++at) subs.push_back(std::move(at->node));
  stack_.erase(first, stack_.end());
  return Push(Collapse(std::move(subs), RegexOp::kConcat));
}

/// Runs of one-rune alternatives become one class, runs of empty ones a single one.
std::vector<RegexNodePtr> MergeAlternatives(std::vector<RegexNodePtr> subs) {
  std::vector<RegexNodePtr> merged;
  for (std::size_t i = 0; i < subs.size();) {
    std::size_t end = i;
    while (end < subs.size() && IsOneRune(*subs[end])) ++end;
    if (end - i >= 2) {
      text::RuneClass runes;
      for (; i < end; ++i) AddOneRune(*subs[i], runes);
      runes.Clean();
      merged.push_back(MakeClass(std::move(runes)));
      continue;
    }
    const bool repeats_empty =
        subs[i]->op == RegexOp::kEmptyMatch && !merged.empty() && merged.back()->op == subs[i]->op;
    if (!repeats_empty) merged.push_back(std::move(subs[i]));
    ++i;
  }
  return merged;
}

/// Replaces what stands above the topmost `(` by its alternation.
bool Parser::CloseAlternate() {
  if (!CloseConcat()) return false;
  auto first = stack_.end();
  while (first != stack_.begin() && std::prev(first)->node->op != RegexOp::kLeftParen) --first;
  std::vector<RegexNodePtr> subs;
  for (auto at = first; at != stack_.end(); ++at) {
    if (at->node->op != RegexOp::kVerticalBar) subs.push_back(std::move(at->node));
  }
  stack_.erase(first, stack_.end());
  RegexNodePtr node = Collapse(std::move(subs), RegexOp::kAlternate);
  if (node->op == RegexOp::kAlternate) {
    node->subs = MergeAlternatives(std::move(node->subs));
    if (node->subs.size() == 1) node = std::move(RegexNodePtr(std::move(node))->subs[0]);
  }
  return Push(std::move(node));
}

bool Parser::CloseGroup() {
  if (!CloseAlternate()) return false;
  if (stack_.size() < 2) return Fail(regex_error::kUnexpectedParen, pattern_);
  RegexNodePtr inside = std::move(stack_.back().node);
  stack_.pop_back();
  const Flags flags_outside = stack_.back().flags_outside;
  const bool captures = stack_.back().captures;
  stack_.pop_back();
  flags_ = flags_outside;
  if (!captures) return Push(std::move(inside));
  RegexNodePtr group = MakeNode(RegexOp::kCapture);
  group->subs.push_back(std::move(inside));
  return Push(std::move(group));
}

// ---- items ----

Result<RegexTree> Parser::Run() {
  while (!rest_.empty()) {
    repetition_ = {};
    if (!ParseItem()) return lexer_.error();
    last_repetition_ = repetition_;
  }
  if (!CloseAlternate()) return lexer_.error();
  if (stack_.size() != 1) {
    Fail(regex_error::kMissingParen, pattern_);
    return lexer_.error();
  }
  RegexTree tree;
  tree.root = std::move(stack_.back().node);
  tree.group_names = std::move(group_names_);
  return tree;
}

bool Parser::ParseItem() {
  const char c = rest_[0];
  if (c == '(' && HasPrefix(rest_, "(?")) return ParsePerlGroup();
  if (c == '[') return ParseClass();
  if (c == '\\') return ParseBackslash();
  if (c == '{') return ParseCountedRepetition();
  if (c == '*') return ParseRepetition(RegexOp::kStar, 0, -1, rest_.substr(1));
  if (c == '+') return ParseRepetition(RegexOp::kPlus, 1, -1, rest_.substr(1));
  if (c == '?') return ParseRepetition(RegexOp::kQuest, 0, 1, rest_.substr(1));
  if (std::string_view("(|)^$.").find(c) == std::string_view::npos) {
    std::uint32_t rune = 0;
    return lexer_.TakeRune(rest_, rune) && PushLiteral(rune);
  }
  rest_.remove_prefix(1);
  switch (c) {
    case '(':
      return PushGroupStart(flags_, "", true);
    case '|':
      return CloseConcat() && PushOp(RegexOp::kVerticalBar);
    case ')':
      return CloseGroup();
    case '^':
      return PushOp(flags_.multi_line ? RegexOp::kBeginLine : RegexOp::kBeginText);
    case '$':
      return PushOp(flags_.multi_line ? RegexOp::kEndLine : RegexOp::kEndText);
    default:
      break;
  }
  if (flags_.dot_newline) return PushOp(RegexOp::kAnyRune);
  text::RuneClass newline;
  newline.Add('\n', '\n');
  return Push(MakeClass(newline.Negated()));
}

bool Parser::ParseClass() {
  text::RuneClass runes;
  return lexer_.TakeClass(rest_, flags_.fold, runes) && Push(MakeClass(std::move(runes)));
}

bool Parser::ParseQuoted() {
  std::string_view quoted = rest_.substr(2);
  const std::size_t end = quoted.find("\\E");
  rest_ = end == std::string_view::npos ? std::string_view() : quoted.substr(end + 2);
  quoted = quoted.substr(0, end);
  std::uint32_t rune = 0;
  while (!quoted.empty()) {
    if (!lexer_.TakeRune(quoted, rune) || !PushLiteral(rune)) return false;
  }
  return true;
}

bool Parser::ParseBackslash() {
  constexpr std::pair<char, RegexOp> kAssertions[] = {{'A', RegexOp::kBeginText},
                                                      {'b', RegexOp::kWordBoundary},
                                                      {'B', RegexOp::kNoWordBoundary},
                                                      {'z', RegexOp::kEndText}};
  const char c = rest_.size() >= 2 ? rest_[1] : '\0';
  for (const auto& [letter, op] : kAssertions) {
    if (c != letter) continue;
    rest_.remove_prefix(2);
    return PushOp(op);
  }
  if (c == 'C') return Fail(regex_error::kInvalidEscape, rest_.substr(0, 2));
  if (c == 'Q') return ParseQuoted();
  text::RuneClass runes;
  bool found = false;
  if (!lexer_.TakeEscapedClass(rest_, flags_.fold, runes, found)) return false;
  if (found) {
    runes.Clean();
    return Push(MakeClass(std::move(runes)));
  }
  std::uint32_t rune = 0;
  return lexer_.TakeEscape(rest_, rune) && PushLiteral(rune);
}

bool Parser::ParseRepetition(RegexOp op, int count_min, int count_max, std::string_view after) {
  const std::string_view before = rest_;
  bool lazy = flags_.lazy;
  if (HasPrefix(after, "?")) {
    after.remove_prefix(1);
    lazy = !lazy;
  }
  if (!last_repetition_.empty()) return Fail(regex_error::kInvalidRepeatOp, PieceBefore(last_repetition_, after));
  if (stack_.empty() || stack_.back().node->op >= RegexOp::kLeftParen) {
    return Fail(regex_error::kMissingRepeatArgument, PieceBefore(before, after));
  }
  RegexNodePtr node = MakeNode(op);
  node->lazy = lazy;
  node->count_min = count_min;
  node->count_max = count_max;
  node->subs.push_back(std::move(stack_.back().node));
  Measure(*node);
  stack_.back().node = std::move(node);
  const RegexNode& top = *stack_.back().node;
  if (!CheckLimits(top)) return false;
  if (op == RegexOp::kRepeat && (count_min >= 2 || count_max >= 2) && top.repeats > kRepeatMax) {
    return Fail(regex_error::kInvalidRepeatSize, PieceBefore(before, after));
  }
  repetition_ = before;
  rest_ = after;
  return true;
}

/// Reads a decimal number without leading zeros; false: there is none. Too large a one is read as -1.
bool TakeCount(std::string_view& at, int& count) {
  if (at.empty() || !IsDigit(at[0])) return false;
  if (at.size() >= 2 && at[0] == '0' && IsDigit(at[1])) return false;
  count = 0;
  for (; !at.empty() && IsDigit(at[0]); at.remove_prefix(1)) {
    if (count < 0) continue;
    count = count >= 100'000'000 ? -1 : count * 10 + (at[0] - '0');
  }
  return true;
}

/// `{n}`, `{n,}`, `{n,m}`; false: the brace is a literal. `valid` is false when a number is too large.
bool TakeCounts(std::string_view& at, int& count_min, int& count_max, bool& valid) {
  at.remove_prefix(1);
  if (!TakeCount(at, count_min) || at.empty()) return false;
  valid = count_min >= 0;
  count_max = count_min;
  if (at[0] == ',') {
    at.remove_prefix(1);
    if (HasPrefix(at, "}")) {
      count_max = -1;
    } else {
      if (!TakeCount(at, count_max)) return false;
      valid = valid && count_max >= 0;
    }
  }
  if (!HasPrefix(at, "}")) return false;
  at.remove_prefix(1);
  return true;
}

bool Parser::ParseCountedRepetition() {
  std::string_view after = rest_;
  int count_min = 0;
  int count_max = 0;
  bool valid = true;
  if (!TakeCounts(after, count_min, count_max, valid)) {
    rest_.remove_prefix(1);
    return PushLiteral('{');
  }
  if (!valid || count_min > kRepeatMax || count_max > kRepeatMax || (count_max >= 0 && count_min > count_max)) {
    return Fail(regex_error::kInvalidRepeatSize, PieceBefore(rest_, after));
  }
  return ParseRepetition(RegexOp::kRepeat, count_min, count_max, after);
}

bool Parser::ParseNamedGroup(std::size_t name_offset) {
  const std::size_t end = rest_.find('>');
  if (end == std::string_view::npos) return lexer_.CheckUtf8(rest_) && Fail(regex_error::kInvalidNamedCapture, rest_);
  const std::string_view name = rest_.substr(name_offset, end - name_offset);
  if (!lexer_.CheckUtf8(name)) return false;
  const bool is_word = std::all_of(
      name.begin(), name.end(), [](char c) { return c == '_' || IsAsciiAlphanumeric(static_cast<unsigned char>(c)); });
  if (name.empty() || !is_word) return Fail(regex_error::kInvalidNamedCapture, rest_.substr(0, end + 1));
  rest_.remove_prefix(end + 1);
  return PushGroupStart(flags_, name, true);
}

/// `(?flags)`, `(?flags:`, `(?P<name>`, `(?<name>`.
bool Parser::ParsePerlGroup() {
  if (rest_.size() > 4 && HasPrefix(rest_, "(?P<")) return ParseNamedGroup(4);
  if (rest_.size() > 3 && HasPrefix(rest_, "(?<")) return ParseNamedGroup(3);
  std::string_view at = rest_.substr(2);
  Flags flags = flags_;
  bool on = true;
  bool saw_flag = false;
  while (!at.empty()) {
    std::uint32_t c = 0;
    if (!lexer_.TakeRune(at, c)) return false;
    if (c == 'i' || c == 'm' || c == 's' || c == 'U') {
      bool& flag = c == 'i' ? flags.fold : c == 'm' ? flags.multi_line : c == 's' ? flags.dot_newline : flags.lazy;
      flag = on;
      saw_flag = true;
    } else if (c == '-' && on) {
      on = false;
      saw_flag = false;
    } else if ((c == ':' || c == ')') && (on || saw_flag)) {
      rest_ = at;
      if (c == ':' && !PushGroupStart(flags_, "", false)) return false;
      flags_ = flags;
      return true;
    } else {
      break;
    }
  }
  return Fail(regex_error::kInvalidPerlOp, PieceBefore(rest_, at));
}

}  // namespace

Result<RegexTree> ParseGoRegex(std::string_view pattern) {
  return Parser(pattern).Run();
}

}  // namespace stalemark
