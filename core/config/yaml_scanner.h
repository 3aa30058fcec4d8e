// SPDX-License-Identifier: Apache-2.0
// The middle layer of the YAML reader: tokens. Mirrors scannerc.go of go.yaml.in/yaml/v2 (YAML 1.1 with its liberties),
// since which texts are refused, and with what words, is decided here.
//
// A Scanner views the text, which must outlive it. It looks at most 1024 characters ahead (that far a `:` may make a
// key of what was read) and nests at most kDepthMax deep. After a failure, which stays in reader(), it yields
// kStreamEnd for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/yaml_reader.h"

namespace stalemark::yaml {

enum class TokenKind : std::uint8_t {
  kStreamEnd,
  kVersionDirective,
  kTagDirective,
  kDocumentStart,
  kDocumentEnd,
  kBlockSequenceStart,
  kBlockMappingStart,
  kBlockEnd,
  kFlowSequenceStart,
  kFlowSequenceEnd,
  kFlowMappingStart,
  kFlowMappingEnd,
  kBlockEntry,
  kFlowEntry,
  kKey,
  kValue,
  kAlias,
  kAnchor,
  kTag,
  kScalar,
};

struct Token {
  TokenKind kind = TokenKind::kStreamEnd;
  Mark start;
  Mark end;
  /// Text of a scalar, name of an anchor or alias, handle of a tag.
  std::string value;
  /// Rest of a tag, prefix of a %TAG, number of a %YAML.
  std::string suffix;
  /// A scalar without quotes that is no block.
  bool plain = false;
};

class Scanner {
 public:
  static constexpr std::size_t kDepthMax = 10'000;

  explicit Scanner(std::string_view text);

  /// The next token. Valid until the next call of either function.
  const Token& Peek();
  /// Drops the next token, which must have been peeked at.
  void Drop();

  const CharReader& reader() const { return reader_; }
  CharReader& reader() { return reader_; }

 private:
  /// What may turn out to be a key once a `:` follows.
  struct SimpleKey {
    bool possible = false;
    bool required = false;
    std::size_t token_number = 0;
    Mark mark;
  };
  enum class Quote : std::uint8_t { kSingle, kDouble };
  enum class BlockStyle : std::uint8_t { kLiteral, kFolded };
  enum class TagPlace : std::uint8_t { kNode, kDirective };

  // ---- yaml_scanner.cpp: which token, indentation, keys ----
  bool NeedsMoreTokens();
  void FetchToken();
  void FetchNode(char first);
  void FetchCollectionStart(TokenKind kind);
  void FetchCollectionEnd(TokenKind kind);
  void FetchDocumentMarker(TokenKind kind);
  void FetchBlockEntry();
  void FetchFlowEntry();
  void FetchKey();
  void FetchValue();
  void FetchStreamEnd();
  void SkipToToken();
  bool IsDocumentMarker(char c);
  void SaveSimpleKey();
  void RemoveSimpleKey();
  bool IsValid(SimpleKey& key);
  void RollIndent(const Mark& mark, std::size_t place, TokenKind kind);
  void UnrollIndent(std::int64_t column);
  std::size_t NextTokenNumber() const { return tokens_taken_ + tokens_.size(); }
  Token& Append(TokenKind kind, const Mark& start);
  void AppendIndicator(TokenKind kind, std::size_t width);
  /// Inserts before the token of that number; behind all others where that one is gone.
  void InsertAt(std::size_t token_number, TokenKind kind, const Mark& mark);
  void Fail(std::string_view problem, std::string_view context, const Mark& context_place);
  void Fail(std::string_view problem);

  // ---- yaml_scanner_texts.cpp: tokens with a text ----
  void ScanAnchor(TokenKind kind);
  void ScanTag();
  std::string ScanTagHandle(TagPlace place, const Mark& start);
  std::string ScanTagUri(TagPlace place, std::string_view head, const Mark& start);
  bool ScanUriEscape(TagPlace place, const Mark& start, std::string& out);
  void FailTag(TagPlace place, const Mark& start, std::string_view problem);
  void ScanDirective();
  std::string ScanDirectiveName(const Mark& start);
  std::string ScanVersionNumber(const Mark& start);
  void ScanRestOfLine(std::string_view context, const Mark& start);
  void SkipBlanks();
  void ScanBlockScalar(BlockStyle style);
  bool ScanBlockHeader(const Mark& start, int& chomping, std::uint32_t& indent);
  void ScanBlockBreaks(std::uint32_t& indent, std::string& breaks, const Mark& start);
  void ScanQuoted(Quote quote);
  /// False: the end of the scalar, or a failure.
  bool ScanQuotedWord(Quote quote, const Mark& start, std::string& out, bool& leading_blanks);
  void ScanEscape(const Mark& start, std::string& out);
  void ScanPlain();

  CharReader reader_;
  std::deque<Token> tokens_;
  std::size_t tokens_taken_ = 0;
  bool token_ready_ = false;
  bool ended_ = false;
  std::int64_t indent_ = -1;
  std::vector<std::int64_t> indents_;
  std::size_t flow_level_ = 0;
  bool simple_key_allowed_ = true;
  /// One for each flow level.
  std::vector<SimpleKey> simple_keys_;
  /// Number of a token -> level of the simple key that starts there.
  std::map<std::size_t, std::size_t> level_by_token_;
  /// What Peek gives after a failure.
  Token no_token_;
};

}  // namespace stalemark::yaml
