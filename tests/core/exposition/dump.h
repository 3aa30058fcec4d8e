// SPDX-License-Identifier: Apache-2.0
// What a parser makes of a body, as text: one line per entry, the error or nothing last.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/exposition/text_parser.h"
#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"

namespace stalemark::exposition_test {

/// A body with the padding that parsers need behind it, filled with bytes that would do harm if they were interpreted.
class PaddedBody {
 public:
  explicit PaddedBody(std::string_view body) : bytes_(body), size_(body.size()) { bytes_.append(kBodyPadding, '7'); }
  std::string_view view() const { return std::string_view(bytes_).substr(0, size_); }

 private:
  std::string bytes_;
  std::size_t size_;
};

/// `name{a="b"} 1 @5 <series>`; `type name word`; `error text`; ...
inline std::string DumpEntry(EntryKind kind, Parser& parser) {
  switch (kind) {
    case EntryKind::kSeries:
    case EntryKind::kHistogram:
      break;
    case EntryKind::kType:
      return fmt::format("type {} {}", parser.metadata().name, parser.metadata().text);
    case EntryKind::kHelp:
      return fmt::format("help {} {}", parser.metadata().name, text::GoQuote(parser.metadata().text));
    case EntryKind::kUnit:
      return fmt::format("unit {} {}", parser.metadata().name, text::GoQuote(parser.metadata().text));
    case EntryKind::kComment:
      return "comment";
    case EntryKind::kEnd:
      return "end";
    case EntryKind::kError:
      return "error " + parser.error().message;
  }
  std::vector<Label> labels;
  parser.SampleLabels(&labels);
  std::string out;
  for (const Label& label : labels) out += fmt::format("{}={} ", label.name, text::GoQuote(label.value));
  text::AppendShortestG(out, DoubleOf(parser.sample().value_bits));
  if (parser.sample().has_timestamp) out += fmt::format(" @{}", parser.sample().t_ms);
  return out + fmt::format(" <{}>", parser.sample().series);
}

enum class Offsets : std::uint8_t { kHidden, kShown };
/// All further entries, one a line.
inline std::string DumpRest(Parser& parser, Offsets offsets = Offsets::kHidden) {
  std::string out;
  for (;;) {
    const EntryKind kind = parser.Next();
    if (offsets == Offsets::kShown && kind != EntryKind::kEnd) out += fmt::format("{}: ", parser.offset());
    if (kind == EntryKind::kEnd) return out;
    out += DumpEntry(kind, parser) + "\n";
    if (kind == EntryKind::kError) return out;
  }
}

inline std::string Dump(std::string_view body, const ParserOptions& options = {}, TextPaths paths = TextPaths::kBoth) {
  const PaddedBody padded(body);
  TextParser parser(options, paths);
  parser.Reset(padded.view());
  return DumpRest(parser, Offsets::kShown);
}

/// The last line of a dump without its offset: the error of a body that fails.
inline std::string LastLine(std::string_view body) {
  std::string dump = Dump(body);
  if (dump.empty()) return dump;
  dump.pop_back();
  const std::size_t start = dump.rfind('\n') + 1;
  return dump.substr(dump.find(": ", start) + 2);
}

}  // namespace stalemark::exposition_test
