// SPDX-License-Identifier: Apache-2.0
#include "core/config/yaml_scanner.h"

namespace stalemark::yaml {
namespace {

constexpr std::string_view kInSimpleKey = "while scanning a simple key";
constexpr std::string_view kMissingColon = "could not find expected ':'";
/// A key is on one line and this long at most.
constexpr std::uint32_t kKeyCharactersMax = 1024;

}  // namespace

Scanner::Scanner(std::string_view text) : reader_(text), simple_keys_(1) {}

void Scanner::Fail(std::string_view problem, std::string_view context, const Mark& context_place) {
  Failure failure;
  failure.layer = Failure::Layer::kScanner;
  failure.problem = problem;
  failure.place = reader_.mark();
  failure.context = context;
  failure.context_place = context_place;
  reader_.Fail(std::move(failure));
}

void Scanner::Fail(std::string_view problem) {
  Fail(problem, "", reader_.mark());
}

const Token& Scanner::Peek() {
  if (!token_ready_ && !ended_) {
    while (NeedsMoreTokens()) FetchToken();
    token_ready_ = true;
  }
  return reader_.failed() || tokens_.empty() ? no_token_ : tokens_.front();
}

void Scanner::Drop() {
  token_ready_ = false;
  if (tokens_.empty()) return;
  ended_ = tokens_.front().kind == TokenKind::kStreamEnd;
  tokens_.pop_front();
  ++tokens_taken_;
}

bool Scanner::NeedsMoreTokens() {
  if (reader_.failed()) return false;
  if (tokens_.empty()) return true;
  // The head of the queue may turn out to be a key, and then another token goes in front of it.
  level_by_token_.erase(level_by_token_.begin(), level_by_token_.lower_bound(tokens_taken_));
  const auto level = level_by_token_.find(tokens_taken_);
  if (level == level_by_token_.end() || level->second >= simple_keys_.size()) return false;
  return IsValid(simple_keys_[level->second]) && !reader_.failed();
}

Token& Scanner::Append(TokenKind kind, const Mark& start) {
  Token& token = tokens_.emplace_back();
  token.kind = kind;
  token.start = start;
  token.end = reader_.mark();
  return token;
}

void Scanner::AppendIndicator(TokenKind kind, std::size_t width) {
  const Mark start = reader_.mark();
  for (std::size_t i = 0; i < width; ++i) reader_.Skip();
  Append(kind, start);
}

void Scanner::InsertAt(std::size_t token_number, TokenKind kind, const Mark& mark) {
  Token token;
  token.kind = kind;
  token.start = token.end = mark;
  const bool is_gone = token_number < tokens_taken_;
  const std::size_t place = is_gone ? tokens_.size() : token_number - tokens_taken_;
  tokens_.insert(tokens_.begin() + static_cast<std::ptrdiff_t>(place), std::move(token));
}

bool Scanner::IsDocumentMarker(char c) {
  if (reader_.mark().column != 0) return false;
  return reader_.At() == c && reader_.At(1) == c && reader_.At(2) == c && reader_.IsBlankOrEnd(3);
}

void Scanner::FetchToken() {
  SkipToToken();
  UnrollIndent(reader_.mark().column);
  reader_.Need(4);
  if (reader_.failed()) return;
  const char first = reader_.At();
  const bool in_flow = flow_level_ > 0;
  if (first == '\0') return FetchStreamEnd();
  if (reader_.mark().column == 0 && first == '%') {
    UnrollIndent(-1);
    RemoveSimpleKey();
    simple_key_allowed_ = false;
    return ScanDirective();
  }
  if (IsDocumentMarker('-')) return FetchDocumentMarker(TokenKind::kDocumentStart);
  if (IsDocumentMarker('.')) return FetchDocumentMarker(TokenKind::kDocumentEnd);
  if (first == '[') return FetchCollectionStart(TokenKind::kFlowSequenceStart);
  if (first == '{') return FetchCollectionStart(TokenKind::kFlowMappingStart);
  if (first == ']') return FetchCollectionEnd(TokenKind::kFlowSequenceEnd);
  if (first == '}') return FetchCollectionEnd(TokenKind::kFlowMappingEnd);
  if (first == ',') return FetchFlowEntry();
  if (first == '-' && reader_.IsBlankOrEnd(1)) return FetchBlockEntry();
  if (first == '?' && (in_flow || reader_.IsBlankOrEnd(1))) return FetchKey();
  if (first == ':' && (in_flow || reader_.IsBlankOrEnd(1))) return FetchValue();
  FetchNode(first);
}

void Scanner::FetchNode(char first) {
  const bool in_flow = flow_level_ > 0;
  if ((first == '|' || first == '>') && !in_flow) {
    RemoveSimpleKey();
    // A key may follow a block.
    simple_key_allowed_ = true;
    return ScanBlockScalar(first == '|' ? BlockStyle::kLiteral : BlockStyle::kFolded);
  }
  const bool is_indicator = std::string_view("-?:,[]{}#&*!|>'\"%@`").find(first) != std::string_view::npos;
  const bool is_dash = first == '-' && !reader_.IsBlank(1);
  const bool is_word = !in_flow && (first == '?' || first == ':') && !reader_.IsBlankOrEnd(1);
  const bool is_plain = (!is_indicator && !reader_.IsBlankOrEnd()) || is_dash || is_word;
  const bool is_marked = std::string_view("*&!'\"").find(first) != std::string_view::npos;
  if (!is_plain && !is_marked) {
    return Fail("found character that cannot start any token", "while scanning for the next token", reader_.mark());
  }
  SaveSimpleKey();
  simple_key_allowed_ = false;
  if (reader_.failed()) return;
  switch (first) {
    case '*':
      return ScanAnchor(TokenKind::kAlias);
    case '&':
      return ScanAnchor(TokenKind::kAnchor);
    case '!':
      return ScanTag();
    case '\'':
      return ScanQuoted(Quote::kSingle);
    case '"':
      return ScanQuoted(Quote::kDouble);
    default:
      return ScanPlain();
  }
}

void Scanner::SkipToToken() {
  for (;;) {
    if (reader_.mark().column == 0) {
      reader_.Need(1);
      if (reader_.IsByteOrderMark()) reader_.Skip();
    }
    // Tabs do not indent: none at the start of a line, nor behind `-`, `?` or `:` where a block may start.
    while (reader_.At() == ' ' || (reader_.At() == '\t' && (flow_level_ > 0 || !simple_key_allowed_))) reader_.Skip();
    if (reader_.At() == '#') {
      while (!reader_.IsBreakOrEnd()) reader_.Skip();
    }
    if (!reader_.IsBreak()) return;
    reader_.Need(2);
    reader_.SkipLine();
    if (flow_level_ == 0) simple_key_allowed_ = true;
  }
}

// ---- simple keys ----

bool Scanner::IsValid(SimpleKey& key) {
  if (!key.possible) return false;
  const Mark& now = reader_.mark();
  if (key.mark.line >= now.line && key.mark.index + kKeyCharactersMax >= now.index) return true;
  if (key.required) Fail(kMissingColon, kInSimpleKey, key.mark);
  key.possible = false;
  return false;
}

void Scanner::SaveSimpleKey() {
  if (!simple_key_allowed_) return;
  const bool required = flow_level_ == 0 && indent_ == static_cast<std::int64_t>(reader_.mark().column);
  RemoveSimpleKey();
  simple_keys_.back() = {true, required, NextTokenNumber(), reader_.mark()};
  level_by_token_[NextTokenNumber()] = simple_keys_.size() - 1;
}

void Scanner::RemoveSimpleKey() {
  SimpleKey& key = simple_keys_.back();
  if (!key.possible) return;
  if (key.required) Fail(kMissingColon, kInSimpleKey, key.mark);
  key.possible = false;
  level_by_token_.erase(key.token_number);
}

// ---- indentation ----

void Scanner::RollIndent(const Mark& mark, std::size_t place, TokenKind kind) {
  const auto column = static_cast<std::int64_t>(mark.column);
  if (flow_level_ > 0 || indent_ >= column) return;
  indents_.push_back(indent_);
  indent_ = column;
  if (indents_.size() > kDepthMax) {
    return Fail("exceeded max depth of " + std::to_string(kDepthMax), "while increasing indent level",
                simple_keys_.back().mark);
  }
  InsertAt(place, kind, mark);
}

void Scanner::UnrollIndent(std::int64_t column) {
  if (flow_level_ > 0) return;
  while (indent_ > column) {
    Append(TokenKind::kBlockEnd, reader_.mark());
    indent_ = indents_.back();
    indents_.pop_back();
  }
}

// ---- indicators ----

void Scanner::FetchStreamEnd() {
  reader_.EndLastLine();
  UnrollIndent(-1);
  RemoveSimpleKey();
  simple_key_allowed_ = false;
  Append(TokenKind::kStreamEnd, reader_.mark());
}

void Scanner::FetchDocumentMarker(TokenKind kind) {
  UnrollIndent(-1);
  RemoveSimpleKey();
  simple_key_allowed_ = false;
  AppendIndicator(kind, 3);
}

void Scanner::FetchCollectionStart(TokenKind kind) {
  SaveSimpleKey();
  if (reader_.failed()) return;
  simple_keys_.push_back({false, false, NextTokenNumber(), reader_.mark()});
  if (++flow_level_ > kDepthMax) {
    return Fail("exceeded max depth of " + std::to_string(kDepthMax), "while increasing flow level", reader_.mark());
  }
  simple_key_allowed_ = true;
  AppendIndicator(kind, 1);
}

void Scanner::FetchCollectionEnd(TokenKind kind) {
  RemoveSimpleKey();
  if (flow_level_ > 0) {
    --flow_level_;
    // In an empty collection this is also the number of its first token: as upstream, `[]` is then no key any more.
    level_by_token_.erase(simple_keys_.back().token_number);
    simple_keys_.pop_back();
  }
  simple_key_allowed_ = false;
  AppendIndicator(kind, 1);
}

void Scanner::FetchFlowEntry() {
  RemoveSimpleKey();
  simple_key_allowed_ = true;
  AppendIndicator(TokenKind::kFlowEntry, 1);
}

void Scanner::FetchBlockEntry() {
  // In a flow collection the parser complains, which knows the collection.
  if (flow_level_ == 0) {
    if (!simple_key_allowed_) return Fail("block sequence entries are not allowed in this context");
    RollIndent(reader_.mark(), NextTokenNumber(), TokenKind::kBlockSequenceStart);
  }
  RemoveSimpleKey();
  simple_key_allowed_ = true;
  AppendIndicator(TokenKind::kBlockEntry, 1);
}

void Scanner::FetchKey() {
  if (flow_level_ == 0) {
    if (!simple_key_allowed_) return Fail("mapping keys are not allowed in this context");
    RollIndent(reader_.mark(), NextTokenNumber(), TokenKind::kBlockMappingStart);
  }
  RemoveSimpleKey();
  simple_key_allowed_ = flow_level_ == 0;
  AppendIndicator(TokenKind::kKey, 1);
}

void Scanner::FetchValue() {
  SimpleKey& key = simple_keys_.back();
  if (IsValid(key)) {
    InsertAt(key.token_number, TokenKind::kKey, key.mark);
    RollIndent(key.mark, key.token_number, TokenKind::kBlockMappingStart);
    key.possible = false;
    level_by_token_.erase(key.token_number);
    simple_key_allowed_ = false;
  } else {
    if (flow_level_ == 0) {
      if (!simple_key_allowed_) return Fail("mapping values are not allowed in this context");
      RollIndent(reader_.mark(), NextTokenNumber(), TokenKind::kBlockMappingStart);
    }
    simple_key_allowed_ = flow_level_ == 0;
  }
  AppendIndicator(TokenKind::kValue, 1);
}

}  // namespace stalemark::yaml
