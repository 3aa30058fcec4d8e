// SPDX-License-Identifier: Apache-2.0
// Cases of tests/conformance/floats/: texts to bits through whole one-sample bodies, and bits to texts.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/exposition/parser_set.h"
#include "core/model/value.h"
#include "core/text/go_float.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance {
namespace {

/// The last sample of a body, or the parser's error.
struct LastSample {
  std::string error;
  SampleEntry sample;
  /// Value of its label `le`.
  std::string le;
};

LastSample ReadLastSample(Parser& parser) {
  LastSample last;
  std::vector<Label> labels;
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
    if (kind == EntryKind::kError) {
      last.error = parser.error().message;
      break;
    }
    if (kind != EntryKind::kSeries) continue;
    last.sample = parser.sample();
    last.sample.series = {};
    parser.SampleLabels(&labels);
    for (const Label& label : labels) {
      if (label.name == "le") last.le = label.value;
    }
  }
  return last;
}

/// The result in the words of FORMAT.md.
std::string ValueResult(const LastSample& last) {
  if (!last.error.empty()) return Json{{"error", last.error}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json{{"v", Hex16(last.sample.value_bits)}}.dump();
}

std::string TimeResult(const LastSample& last) {
  if (!last.error.empty()) return ValueResult(last);
  return last.sample.has_timestamp ? Json{{"t", last.sample.t_ms}}.dump() : Json::object().dump();
}

/// What one key of a case asks for.
struct FloatQuestion {
  const char* key;
  ExpositionFormat format;
  const char* before;
  const char* after;
  std::string (*result)(const LastSample&);
};

constexpr FloatQuestion kQuestions[] = {
    {"text", ExpositionFormat::kText, "a ", "\n", ValueResult},
    {"om", ExpositionFormat::kOpenMetrics, "a ", "\n# EOF\n", ValueResult},
    {"text_t", ExpositionFormat::kText, "a 1 ", "\n", TimeResult},
    {"om_t", ExpositionFormat::kOpenMetrics, "a 1 ", "\n# EOF\n", TimeResult},
    {"le", ExpositionFormat::kText, "# TYPE a histogram\na{le=\"", "\"} 1\n",
     [](const LastSample& last) { return last.error.empty() ? Json(last.le).dump() : ValueResult(last); }},
};

CaseOutcome RunTextToBits(const Json& test) {
  const std::string token = TextOf(test, "in");
  ParserSet parsers({});
  CaseOutcome outcome;
  outcome.passed = true;
  for (const FloatQuestion& question : kQuestions) {
    const auto expected = test.find(question.key);
    if (expected == test.end()) continue;
    const std::string text = question.before + token + question.after;
    const std::string padded = text + std::string(kBodyPadding, '\0');
    Parser& parser = parsers.Start(question.format, std::string_view(padded).substr(0, text.size()));
    const std::string actual = question.result(ReadLastSample(parser));
    const CaseOutcome part =
        CompareText(question.key, expected->dump(-1, ' ', false, Json::error_handler_t::replace), actual);
    outcome.produced += fmt::format("{}={}\n", question.key, actual);
    if (outcome.passed) outcome.difference = part.difference;
    outcome.passed = outcome.passed && part.passed;
  }
  return outcome;
}

CaseOutcome RunBitsToText(const Json& test) {
  const double value = DoubleOf(ParseHex16(test.at("bits").get_ref<const std::string&>()));
  std::string expected;
  std::string actual;
  const std::pair<const char*, void (*)(std::string&, double)> forms[] = {
      {"le", text::AppendOpenMetricsFloat},
      {"quantile", text::AppendOpenMetricsFloat},
      {"g", text::AppendShortestG},
      {"api", text::AppendApiFloat},
  };
  for (const auto& [key, append] : forms) {
    expected += fmt::format("{}={} ", key, test.at(key).get_ref<const std::string&>());
    actual += fmt::format("{}=", key);
    append(actual, value);
    actual += ' ';
  }
  return CompareText("texts", expected, actual);
}

}  // namespace

CaseOutcome RunFloatCase(const Json& test, const CaseContext&) {
  return test.contains("bits") ? RunBitsToText(test) : RunTextToBits(test);
}

}  // namespace stalemark::conformance
