// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/comparison.h"

#include <optional>

#include "core/model/duration.h"
#include "core/model/value.h"
#include "core/text/go_float.h"

namespace stalemark::scenario {
namespace {

struct Operator {
  std::string_view text;
  Comparison::Op op;
};

/// Longer ones first.
constexpr Operator kComparisons[] = {
    {"==", Comparison::Op::kEqual},          {"!=", Comparison::Op::kNotEqual}, {"<=", Comparison::Op::kLessOrEqual},
    {">=", Comparison::Op::kGreaterOrEqual}, {"<", Comparison::Op::kLess},      {">", Comparison::Op::kGreater},
};

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<double> Number(std::string_view text, Comparison*) {
  const text::ParsedFloat parsed = text::ParseSampleFloat(text);
  if (parsed.error != text::FloatError::kNone) return std::nullopt;
  return DoubleOf(parsed.bits);
}

std::optional<double> NumberOrPercent(std::string_view text, Comparison* comparison) {
  comparison->is_percent = !text.empty() && text.back() == '%';
  if (comparison->is_percent) text.remove_suffix(1);
  return Number(text, comparison);
}

std::optional<double> NanosecondsOf(std::string_view text, Comparison*) {
  const Result<Nanoseconds> duration = ParseDuration(text);
  if (!duration.ok()) return std::nullopt;
  return static_cast<double>(duration->count());
}

/// `read` takes what is behind the operator.
Result<Comparison> Parse(std::string_view text, std::optional<double> (*read)(std::string_view rest, Comparison*),
                         std::string_view expected) {
  Comparison comparison;
  comparison.text = text;
  std::string_view rest = Trimmed(text);
  for (const Operator& known : kComparisons) {
    if (rest.substr(0, known.text.size()) != known.text) continue;
    comparison.op = known.op;
    rest = Trimmed(rest.substr(known.text.size()));
    break;
  }
  const std::optional<double> value = read(rest, &comparison);
  if (!value) return Error{std::string(expected)};
  comparison.value = *value;
  return comparison;
}

}  // namespace

bool Comparison::Holds(double found) const {
  switch (op) {
    case Op::kEqual:
      return found == value || (found != found && value != value);
    case Op::kNotEqual:
      return !(found == value || (found != found && value != value));
    case Op::kLess:
      return found < value;
    case Op::kLessOrEqual:
      return found <= value;
    case Op::kGreater:
      return found > value;
    case Op::kGreaterOrEqual:
      return found >= value;
  }
  return false;
}

Result<Comparison> ParseComparison(std::string_view text) {
  return Parse(text, Number, "a number, or a bound such as >= 1");
}

Result<Comparison> ParsePercentComparison(std::string_view text) {
  return Parse(text, NumberOrPercent, "a number or a share, or a bound such as >= 20%");
}

Result<Comparison> ParseDurationComparison(std::string_view text) {
  return Parse(text, NanosecondsOf, "a duration, or a bound such as <= 1s500ms");
}

std::string NumberText(double value) {
  std::string out;
  text::AppendApiFloat(out, value);
  return out;
}

}  // namespace stalemark::scenario
