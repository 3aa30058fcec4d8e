// SPDX-License-Identifier: Apache-2.0
// Steps of relabelling in words, for people.
#include <algorithm>

#include <fmt/format.h>

#include "core/relabel/relabel.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

constexpr std::size_t kShownRunes = 80;
constexpr std::size_t kChangesShownMax = 4;

std::string Shown(std::string_view text) {
  const std::string_view first = text::FirstRunes(text, kShownRunes);
  return first.size() == text.size() ? std::string(text) : std::string(first) + "...";
}

std::string Quoted(std::string_view text) {
  return text::GoQuote(Shown(text));
}

/// `env="dev"`, `a, b joined "x;y"`.
std::string InputText(const RelabelRule& rule, const RelabelStep& step) {
  if (!rule.source_labels || rule.source_labels->empty()) return "no source label";
  if (rule.source_labels->size() == 1) return rule.source_labels->front() + "=" + Quoted(step.input);
  return fmt::format("{} joined {}", fmt::join(*rule.source_labels, ", "), Quoted(step.input));
}

std::string ConditionText(const RelabelRule& rule, const RelabelStep& step) {
  const bool kept = step.verdict == RelabelVerdict::kKeep;
  const bool equal_wanted = step.action == RelabelAction::kKeepEqual;
  switch (step.action) {
    case RelabelAction::kKeep:
    case RelabelAction::kDrop:
      return fmt::format("{} {} {}", InputText(rule, step),
                         (step.action == RelabelAction::kKeep) == kept ? "matches" : "does not match",
                         Shown(rule.regex.text()));
    case RelabelAction::kKeepEqual:
    case RelabelAction::kDropEqual:
      return fmt::format("{} {} {}", InputText(rule, step), equal_wanted == kept ? "is equal to" : "differs from",
                         rule.target_label);
    default:
      return {};
  }
}

std::string ChangesText(const std::vector<RelabelChange>& changes) {
  if (changes.empty()) return "changes nothing";
  std::string text;
  for (std::size_t i = 0; i < std::min(changes.size(), kChangesShownMax); ++i) {
    const RelabelChange& change = changes[i];
    if (i > 0) text += ", ";
    if (change.after.empty()) {
      text += fmt::format("removes {}={}", change.name, Quoted(change.before));
    } else if (change.before.empty()) {
      text += fmt::format("adds {}={}", change.name, Quoted(change.after));
    } else {
      text += fmt::format("{}: {} -> {}", change.name, Quoted(change.before), Quoted(change.after));
    }
  }
  if (changes.size() > kChangesShownMax) text += fmt::format(" and {} more", changes.size() - kChangesShownMax);
  return text;
}

}  // namespace

std::string RelabelStepText(const RelabelRule& rule, const RelabelStep& step) {
  const std::string condition = ConditionText(rule, step);
  return fmt::format("rule {} ({}): {}", step.rule + 1, RelabelActionText(step.action),
                     condition.empty() ? ChangesText(step.changes) : condition);
}

}  // namespace stalemark
