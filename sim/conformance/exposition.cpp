// SPDX-License-Identifier: Apache-2.0
// Cases of tests/conformance/exposition/: a body and a content type to entries or an error.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <xxhash.h>

#include "core/exposition/parser_set.h"
#include "core/model/protocols.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance {
namespace {

/// An entry as one line of text, the same from a case and from a parser.
struct EntryLine {
  std::string kind;
  std::string text;
};

std::string LabelsText(const std::vector<std::pair<std::string, std::string>>& labels) {
  std::string out;
  for (const auto& [name, value] : labels) out += text::GoQuote(name) + "=" + text::GoQuote(value) + ",";
  return out;
}

std::string MetadataText(std::string_view name, std::string_view words) {
  return text::GoQuote(name) + " " + text::GoQuote(words);
}

std::string SampleText(std::string_view series, const std::string& labels, const std::optional<std::int64_t>& t_ms,
                       std::string_view value) {
  return fmt::format("{} {} t={} v={}", text::GoQuote(series), labels, t_ms ? std::to_string(*t_ms) : "-", value);
}

/// Entries as a case gives them.
std::vector<EntryLine> ExpectedEntries(const Json& expected) {
  std::vector<EntryLine> lines;
  if (!expected.contains("entries")) return lines;
  for (const Json& entry : expected.at("entries")) {
    const std::string kind = entry.at("kind");
    if (kind == "comment") {
      lines.push_back({kind, ""});  // its text has no effect anywhere
    } else if (kind == "type" || kind == "help" || kind == "unit") {
      lines.push_back({kind, MetadataText(TextOf(entry, "name"), TextOf(entry, "text"))});
    } else {
      const bool encoded = entry.contains("labels_b64");
      std::vector<std::pair<std::string, std::string>> labels;
      for (const Json& label : entry.at(encoded ? "labels_b64" : "labels")) {
        const std::string name = label.at(0);
        const std::string value = label.at(1);
        labels.emplace_back(encoded ? DecodeBase64(name) : name, encoded ? DecodeBase64(value) : value);
      }
      const auto t = entry.find("t");
      const std::optional<std::int64_t> t_ms =
          t == entry.end() ? std::nullopt : std::optional<std::int64_t>(t->get<std::int64_t>());
      lines.push_back({kind, SampleText(TextOf(entry, "series"), LabelsText(labels), t_ms, entry.value("v", ""))});
    }
  }
  return lines;
}

/// What a parser made of a body: entries, error, counts and the digest of FORMAT.md.
class Reading {
 public:
  void Run(Parser& parser) {
    EntryKind kind = parser.Next();
    for (; kind != EntryKind::kEnd && kind != EntryKind::kError; kind = parser.Next()) Take(kind, parser);
    if (kind == EntryKind::kError) error_ = parser.error().message;
    records_ += "E,";
    AddText(error_);
  }

  const std::vector<EntryLine>& entries() const { return entries_; }
  const std::string& error() const { return error_; }
  std::string Digest() const { return Hex16(XXH64(records_.data(), records_.size(), 0)); }
  std::size_t Count(const std::string& kind) const {
    return static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(), [&kind](const EntryLine& line) { return line.kind == kind; }));
  }

 private:
  void AddText(std::string_view words) { fmt::format_to(std::back_inserter(records_), "{}:{},", words.size(), words); }

  void Take(EntryKind kind, Parser& parser) {
    switch (kind) {
      case EntryKind::kSeries:
        TakeSample(parser);
        break;
      case EntryKind::kComment:
        records_ += "C,\n";
        entries_.push_back({"comment", ""});
        break;
      case EntryKind::kType:
        TakeMetadata("type", "T,", parser.metadata());
        break;
      case EntryKind::kHelp:
        TakeMetadata("help", "H,", parser.metadata());
        break;
      default:
        TakeMetadata("unit", "U,", parser.metadata());
        break;
    }
  }

  void TakeMetadata(const char* kind, const char* record, const MetadataEntry& metadata) {
    records_ += record;
    AddText(metadata.name);
    AddText(metadata.text);
    records_ += '\n';
    entries_.push_back({kind, MetadataText(metadata.name, metadata.text)});
  }

  void TakeSample(Parser& parser) {
    const SampleEntry& sample = parser.sample();
    parser.SampleLabels(&labels_);
    std::vector<std::pair<std::string, std::string>> copies;
    records_ += "S,";
    AddText(sample.series);
    fmt::format_to(std::back_inserter(records_), "{},", labels_.size());
    for (const Label& label : labels_) {
      AddText(label.name);
      AddText(label.value);
      copies.emplace_back(label.name, label.value);
    }
    const std::optional<std::int64_t> t_ms = sample.has_timestamp ? std::optional(sample.t_ms) : std::nullopt;
    const std::string value = Hex16(sample.value_bits);
    fmt::format_to(std::back_inserter(records_), "{},{},-,0,\n", t_ms ? std::to_string(*t_ms) : "-", value);
    entries_.push_back({"series", SampleText(sample.series, LabelsText(copies), t_ms, value)});
  }

  std::vector<EntryLine> entries_;
  std::vector<Label> labels_;
  std::string error_;
  std::string records_;
};

std::string Show(const std::vector<EntryLine>& lines, std::size_t i) {
  return i < lines.size() ? lines[i].kind + " " + lines[i].text : "nothing";
}

/// The first difference of the entries, or an empty text.
std::string CompareEntries(const Json& expected, const Reading& reading) {
  const std::vector<EntryLine> wanted = ExpectedEntries(expected);
  const std::vector<EntryLine>& got = reading.entries();
  const bool partial = expected.value("entries_partial", false);
  const std::size_t count = partial ? wanted.size() : std::max(wanted.size(), got.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (i < wanted.size() && i < got.size() && Show(wanted, i) == Show(got, i)) continue;
    return fmt::format("entry {}: expected {}, got {}", i, Show(wanted, i), Show(got, i));
  }
  return {};
}

std::string CompareTotals(const Json& expected, const Reading& reading) {
  const auto counts = expected.find("counts");
  if (counts != expected.end()) {
    for (const auto& [kind, count] : counts->items()) {
      if (count.get<std::size_t>() == reading.Count(kind)) continue;
      return fmt::format("count of {}: expected {}, got {}", kind, count.dump(), reading.Count(kind));
    }
  }
  const std::string digest = expected.value("digest", "");
  if (digest.empty() || digest == reading.Digest()) return {};
  return fmt::format("digest: expected {}, got {}", digest, reading.Digest());
}

ParserOptions OptionsOf(const Json& test) {
  ParserOptions options;
  const auto given = test.find("options");
  if (given == test.end()) return options;
  options.parse_start_timestamps = given->value("parse_st", false);
  options.type_and_unit_labels = given->value("type_and_unit_labels", false);
  options.ignore_native_histograms = given->value("ignore_native_histograms", false);
  options.convert_classic_to_nhcb = given->value("convert_classic_to_nhcb", false);
  options.keep_classic = given->value("keep_classic", false);
  return options;
}

/// The bytes of the body and behind them kBodyPadding more; false: the file is not there.
bool ReadBody(const Json& test, const CaseContext& context, std::string* padded, std::string* difference) {
  *padded = TextOf(test, "body");
  if (const auto name = test.find("body_file"); name != test.end()) {
    const std::string path = context.folder + "/real/" + name->get<std::string>();
    Result<std::string> content = context.files->Read(path);
    if (!content.ok()) {
      *difference = "body_file: " + content.error().message;
      return false;
    }
    *padded = std::move(content).value();
  }
  padded->append(kBodyPadding, '\0');
  return true;
}

CaseOutcome Failed(std::string difference) {
  CaseOutcome outcome;
  outcome.difference = std::move(difference);
  return outcome;
}

CaseOutcome RunParser(const Json& test, const CaseContext& context, ExpositionFormat format) {
  ParserSet parsers(OptionsOf(test));
  std::string padded;
  std::string difference;
  if (!ReadBody(test, context, &padded, &difference)) return Failed(difference);
  Parser* const parser = parsers.Start(format, std::string_view(padded).substr(0, padded.size() - kBodyPadding));
  const Json& expected = test.at("expected");
  if (parser == nullptr) return Failed(NoParserMessage(format));
  Reading reading;
  reading.Run(*parser);
  CaseOutcome outcome;
  outcome.produced = fmt::format("{} entries, error {}, digest {}\n", reading.entries().size(),
                                 text::GoQuote(reading.error()), reading.Digest());
  if (!expected.contains("fault")) {  // upstream gave no result: ending is enough
    outcome.difference = CompareEntries(expected, reading);
    if (outcome.difference.empty()) {
      outcome.difference = CompareText("error", TextOf(expected, "error"), reading.error()).difference;
    }
    if (outcome.difference.empty()) outcome.difference = CompareTotals(expected, reading);
  }
  outcome.passed = outcome.difference.empty();
  return outcome;
}

}  // namespace

CaseOutcome RunExpositionCase(const Json& test, const CaseContext& context) {
  const Json& expected = test.at("expected");
  const FormatChoice choice = ChooseFormat(TextOf(test, "content_type"), TextOf(test, "fallback"));
  const bool fault = expected.contains("fault");
  CaseOutcome outcome = CompareText("new_error", TextOf(expected, "new_error"), choice.message);
  if (!outcome.passed && !fault) return outcome;
  const std::string_view parser = choice.format ? ExpositionFormatName(*choice.format) : "";
  outcome = CompareText("parser", TextOf(expected, "parser"), parser);
  if (!outcome.passed && !fault) return outcome;
  outcome.produced += "\n" + choice.message + "\n";
  if (!choice.format) return outcome;
  CaseOutcome run = RunParser(test, context, *choice.format);
  run.produced = outcome.produced + run.produced;
  return run;
}

}  // namespace stalemark::conformance
