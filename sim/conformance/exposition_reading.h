// SPDX-License-Identifier: Apache-2.0
// What a parser makes of a body, as tests/conformance/exposition/FORMAT.md writes it: entries as lines of text that are
// the same from a case and from a parser, counts, and the digest over everything.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/exposition/parser.h"
#include "core/exposition/parser_options.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance {

/// An entry as one line of text.
struct EntryLine {
  std::string kind;
  std::string text;
};

/// Entries as a case gives them.
std::vector<EntryLine> ExpectedEntries(const Json& expected);

class Reading {
 public:
  /// Reads a parser to its end, in the order of questions that the format prescribes.
  void Run(Parser& parser, const ParserOptions& options);

  const std::vector<EntryLine>& entries() const { return entries_; }
  const std::string& error() const { return error_; }
  /// Ended at a histogram entry without a histogram.
  bool stopped() const { return stopped_; }
  /// Number of entries of a kind, and of `exemplar`s.
  std::size_t Count(const std::string& kind) const;
  std::string Digest() const;

 private:
  void Add(const char* kind, std::string text);
  void TakeMetadata(const char* kind, const char* letter, const MetadataEntry& metadata);
  void TakeSample(EntryKind kind, Parser& parser, const ParserOptions& options);

  std::vector<EntryLine> entries_;
  std::map<std::string, std::size_t> counts_;
  bool stopped_ = false;
  std::string error_;
  /// What the digest is of.
  std::string records_;
};

}  // namespace stalemark::conformance
