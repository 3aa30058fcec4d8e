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

/// Whether a dump asks every sample for its start time, which changes what OpenMetrics yields later.
enum class Starts : std::uint8_t { kIgnored, kAsked };

inline std::string LabelsText(const std::vector<Label>& labels) {
  std::string out;
  for (const Label& label : labels) out += fmt::format("{}={} ", label.name, text::GoQuote(label.value));
  return out;
}

/// `name="a" 1 @5 <series> st=7 # {t="x" } 2 @6`.
inline std::string DumpSample(Parser& parser, Starts starts) {
  std::vector<Label> labels;
  parser.SampleLabels(&labels);
  std::string out = LabelsText(labels);
  text::AppendShortestG(out, DoubleOf(parser.sample().value_bits));
  if (parser.sample().has_timestamp) out += fmt::format(" @{}", parser.sample().t_ms);
  out += fmt::format(" <{}>", parser.sample().series);
  if (starts == Starts::kAsked) {
    if (const std::int64_t start_ms = parser.StartTimestamp(); start_ms != 0) out += fmt::format(" st={}", start_ms);
  }
  for (ExemplarEntry exemplar; parser.NextExemplar(&exemplar);) {
    out += fmt::format(" # {{{}}} ", LabelsText(exemplar.labels));
    text::AppendShortestG(out, DoubleOf(exemplar.value_bits));
    if (exemplar.has_timestamp) out += fmt::format(" @{}", exemplar.t_ms);
  }
  return out;
}

/// A sample as above; `type name word`; `error text`; ...
inline std::string DumpEntry(EntryKind kind, Parser& parser, Starts starts = Starts::kIgnored) {
  switch (kind) {
    case EntryKind::kSeries:
    case EntryKind::kHistogram:
      return DumpSample(parser, starts);
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
      break;
  }
  return "error " + parser.error().message;
}

enum class Offsets : std::uint8_t { kHidden, kShown };
/// All further entries, one a line.
inline std::string DumpRest(Parser& parser, Offsets offsets = Offsets::kHidden, Starts starts = Starts::kIgnored) {
  std::string out;
  for (;;) {
    const EntryKind kind = parser.Next();
    if (offsets == Offsets::kShown && kind != EntryKind::kEnd) out += fmt::format("{}: ", parser.offset());
    if (kind == EntryKind::kEnd) return out;
    out += DumpEntry(kind, parser, starts) + "\n";
    if (kind == EntryKind::kError) return out;
  }
}

template <class P = TextParser>
std::string Dump(std::string_view body, const ParserOptions& options = {}, TextPaths paths = TextPaths::kBoth) {
  const PaddedBody padded(body);
  P parser(options, paths);
  parser.Reset(padded.view());
  return DumpRest(parser, Offsets::kShown, options.parse_start_timestamps ? Starts::kAsked : Starts::kIgnored);
}

/// The last line of a dump without its offset: the error of a body that fails.
template <class P = TextParser>
std::string LastLine(std::string_view body) {
  std::string dump = Dump<P>(body);
  if (dump.empty()) return dump;
  dump.pop_back();
  const std::size_t start = dump.rfind('\n') + 1;
  return dump.substr(dump.find(": ", start) + 2);
}

}  // namespace stalemark::exposition_test
