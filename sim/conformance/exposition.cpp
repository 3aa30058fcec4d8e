// SPDX-License-Identifier: Apache-2.0
// Cases of tests/conformance/exposition/: a body and a content type to entries or an error.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/exposition/parser_set.h"
#include "core/model/protocols.h"
#include "core/text/go_quote.h"
#include "sim/conformance/case.h"
#include "sim/conformance/exposition_reading.h"

namespace stalemark::conformance {
namespace {

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
  if (reading.stopped() != expected.contains("stopped")) {
    return fmt::format("stopped at a nil histogram: expected {}, got {}", expected.contains("stopped"),
                       reading.stopped());
  }
  const std::string digest = expected.value("digest", "");
  if (digest.empty() || digest == reading.Digest()) return {};
  return fmt::format("digest: expected {}, got {}", digest, reading.Digest());
}

ParserOptions ParserOptionsOf(const Json& test) {
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

CaseOutcome RunParser(const Json& test, const CaseContext& context, ExpositionFormat format) {
  const ParserOptions options = ParserOptionsOf(test);
  ParserSet parsers(options);
  std::string padded;
  std::string difference;
  if (!ReadBody(test, context, &padded, &difference)) return Failed(difference);
  Parser& parser = parsers.Start(format, std::string_view(padded).substr(0, padded.size() - kBodyPadding));
  const Json& expected = test.at("expected");
  Reading reading;
  reading.Run(parser, options);
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
