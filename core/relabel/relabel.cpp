// SPDX-License-Identifier: Apache-2.0
#include "core/relabel/relabel.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/text/ascii.h"
#include "core/text/case_map.h"
#include "core/text/go_quote.h"
#include "core/text/md5.h"

namespace stalemark {
namespace {

struct ActionName {
  RelabelAction action;
  std::string_view name;
};
constexpr ActionName kActionNames[] = {
    {RelabelAction::kReplace, "replace"},     {RelabelAction::kKeep, "keep"},
    {RelabelAction::kDrop, "drop"},           {RelabelAction::kKeepEqual, "keepequal"},
    {RelabelAction::kDropEqual, "dropequal"}, {RelabelAction::kHashMod, "hashmod"},
    {RelabelAction::kLabelMap, "labelmap"},   {RelabelAction::kLabelDrop, "labeldrop"},
    {RelabelAction::kLabelKeep, "labelkeep"}, {RelabelAction::kLowercase, "lowercase"},
    {RelabelAction::kUppercase, "uppercase"},
};

bool IsEqualAction(RelabelAction action) {
  return action == RelabelAction::kKeepEqual || action == RelabelAction::kDropEqual;
}

bool IsCaseAction(RelabelAction action) {
  return action == RelabelAction::kLowercase || action == RelabelAction::kUppercase;
}

bool HasVariable(std::string_view text) {
  return text.find('$') != std::string_view::npos;
}

std::size_t CountWordCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), ascii::IsWord) - text.begin());
}

/// ^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+$ : word characters and `$word` or `${word}`, a digit not first (REL-18).
bool IsLegacyNameTemplate(std::string_view text) {
  if (text.empty() || ascii::IsDigit(text[0])) return false;
  while (!text.empty()) {
    const bool variable = text[0] == '$';
    if (variable) text.remove_prefix(1);
    const bool braced = variable && !text.empty() && text[0] == '{';
    if (braced) text.remove_prefix(1);
    const std::size_t length = CountWordCharacters(text);
    if (length == 0) return false;
    text.remove_prefix(length);
    if (!braced) continue;
    if (text.empty() || text[0] != '}') return false;
    text.remove_prefix(1);
  }
  return true;
}

/// A label name that may have variables in it. Under UTF-8 `$` and braces are ordinary characters of a name.
bool IsValidNameTemplate(std::string_view text, ValidationScheme scheme) {
  return scheme == ValidationScheme::kUtf8 ? IsValidLabelName(text, scheme) : IsLegacyNameTemplate(text);
}

bool IsValidTargetLabel(const RelabelRule& rule, RelabelAction action) {
  const bool expands = action == RelabelAction::kReplace && HasVariable(rule.target_label);
  return expands ? IsValidNameTemplate(rule.target_label, rule.name_validation_scheme)
                 : IsValidLabelName(rule.target_label, rule.name_validation_scheme);
}

/// The values of the source labels, joined (REL-01).
std::string JoinSources(const RelabelRule& rule, const LabelsBuilder& labels) {
  std::string joined;
  if (!rule.source_labels) return joined;
  bool first = true;
  for (const std::string& name : *rule.source_labels) {
    if (!first) joined += rule.separator;
    joined += labels.Get(name);
    first = false;
  }
  return joined;
}

void Replace(const RelabelRule& rule, const std::string& value, LabelsBuilder& labels) {
  // Not only faster: the target's name is not checked again (REL-08).
  if (value.empty() && rule.regex.IsBuiltInDefault() && !HasVariable(rule.target_label) &&
      !HasVariable(rule.replacement)) {
    labels.Set(rule.target_label, rule.replacement);
    return;
  }
  Regex::Match match;
  if (!rule.regex.Find(value, match)) return;
  std::string target;
  rule.regex.Expand(rule.target_label, match, target);
  if (!IsValidLabelName(target, rule.name_validation_scheme)) return;
  std::string replacement;
  rule.regex.Expand(rule.replacement, match, replacement);
  labels.Set(target, replacement);
}

/// The last eight bytes of the MD5, as a big-endian number, by the modulus (REL-10).
std::string HashMod(std::string_view value, std::uint64_t modulus) {
  const std::array<std::uint8_t, 16> digest = text::Md5(value);
  std::uint64_t number = 0;
  for (std::size_t i = 8; i < digest.size(); ++i) number = number << 8 | digest[i];
  return fmt::format("{}", number % modulus);
}

/// labelmap, labeldrop, labelkeep: all over the names that are there when the rule starts (REL-11, REL-12).
void ApplyToNames(const RelabelRule& rule, RelabelAction action, LabelsBuilder& labels) {
  for (const auto& [name, value] : labels.RangeSnapshot()) {
    const bool matches = rule.regex.Matches(name);
    if (action == RelabelAction::kLabelMap) {
      if (matches) labels.Set(rule.regex.ReplaceAll(name, rule.replacement), value);
    } else if (matches == (action == RelabelAction::kLabelDrop)) {
      labels.Del(name);
    }
  }
}

RelabelVerdict ApplyRule(const RelabelRule& rule, LabelsBuilder& labels) {
  constexpr auto kKeepIf = [](bool keep) { return keep ? RelabelVerdict::kKeep : RelabelVerdict::kDrop; };
  const RelabelAction action = *rule.action;
  const std::string value = JoinSources(rule, labels);
  switch (action) {
    case RelabelAction::kKeep:
      return kKeepIf(rule.regex.Matches(value));
    case RelabelAction::kDrop:
      return kKeepIf(!rule.regex.Matches(value));
    case RelabelAction::kKeepEqual:
      return kKeepIf(labels.Get(rule.target_label) == value);
    case RelabelAction::kDropEqual:
      return kKeepIf(labels.Get(rule.target_label) != value);
    case RelabelAction::kReplace:
      Replace(rule, value, labels);
      break;
    case RelabelAction::kLowercase:
      labels.Set(rule.target_label, text::ToLower(value));
      break;
    case RelabelAction::kUppercase:
      labels.Set(rule.target_label, text::ToUpper(value));
      break;
    case RelabelAction::kHashMod:
      labels.Set(rule.target_label, HashMod(value, rule.modulus));
      break;
    case RelabelAction::kLabelMap:
    case RelabelAction::kLabelDrop:
    case RelabelAction::kLabelKeep:
      ApplyToNames(rule, action, labels);
      break;
  }
  return RelabelVerdict::kKeep;
}

std::vector<RelabelChange> ChangesBetween(const Labels& before, const Labels& after) {
  std::map<std::string_view, RelabelChange> by_name;
  for (const Label label : before) by_name[label.name].before = label.value;
  for (const Label label : after) by_name[label.name].after = label.value;
  std::vector<RelabelChange> changes;
  for (auto& [name, change] : by_name) {
    if (change.before == change.after) continue;
    change.name = name;
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace

std::optional<RelabelAction> ParseRelabelAction(std::string_view text) {
  const std::string lower = text::ToLower(text);
  for (const ActionName& entry : kActionNames) {
    if (entry.name == lower) return entry.action;
  }
  return std::nullopt;
}

std::string_view RelabelActionText(RelabelAction action) {
  const auto* entry = std::find_if(std::begin(kActionNames), std::end(kActionNames),
                                   [&](const ActionName& candidate) { return candidate.action == action; });
  return entry == std::end(kActionNames) ? std::string_view() : entry->name;
}

Status ValidateRelabelRule(const RelabelRule& rule) {
  if (!rule.action) return Error{"relabel action cannot be empty"};
  const RelabelAction action = *rule.action;
  const std::string_view name = RelabelActionText(action);
  if (action == RelabelAction::kHashMod && rule.modulus == 0) {
    return Error{"relabel configuration for hashmod requires non-zero modulus"};
  }
  const bool writes_target = action == RelabelAction::kReplace || action == RelabelAction::kHashMod ||
                             IsCaseAction(action) || IsEqualAction(action);
  if (writes_target && rule.target_label.empty()) {
    return Error{fmt::format("relabel configuration for {} action requires 'target_label' value", name)};
  }
  if (writes_target && !IsValidTargetLabel(rule, action)) {
    return Error{fmt::format("{} is invalid 'target_label' for {} action", text::GoQuote(rule.target_label), name)};
  }
  const RelabelRule defaults;
  if ((IsCaseAction(action) || IsEqualAction(action)) && rule.replacement != defaults.replacement) {
    return Error{fmt::format("'replacement' can not be set for {} action", name)};
  }
  if (action == RelabelAction::kLabelMap && !IsValidNameTemplate(rule.replacement, rule.name_validation_scheme)) {
    return Error{fmt::format("{} is invalid 'replacement' for {} action", text::GoQuote(rule.replacement), name)};
  }
  const bool has_numbers_or_texts = rule.modulus != defaults.modulus || rule.separator != defaults.separator ||
                                    rule.replacement != defaults.replacement;
  if (IsEqualAction(action) && (!rule.regex.IsBuiltInDefault() || has_numbers_or_texts)) {
    return Error{fmt::format("{} action requires only 'source_labels' and `target_label`, and no other fields", name)};
  }
  const bool filters_names = action == RelabelAction::kLabelDrop || action == RelabelAction::kLabelKeep;
  if (filters_names && (rule.source_labels || !rule.target_label.empty() || has_numbers_or_texts)) {
    return Error{fmt::format("{} action requires only 'regex', and no other fields", name)};
  }
  return {};
}

RelabelVerdict ApplyRelabelRules(const std::vector<RelabelRule>& rules, LabelsBuilder& labels) {
  for (const RelabelRule& rule : rules) {
    if (ApplyRule(rule, labels) == RelabelVerdict::kDrop) return RelabelVerdict::kDrop;
  }
  return RelabelVerdict::kKeep;
}

RelabelExplanation ExplainRelabelRules(const std::vector<RelabelRule>& rules, const Labels& labels) {
  RelabelExplanation explanation;
  LabelsBuilder builder(labels);
  explanation.labels = builder.Build();
  for (std::size_t i = 0; i < rules.size() && explanation.verdict == RelabelVerdict::kKeep; ++i) {
    std::string input = JoinSources(rules[i], builder);
    explanation.verdict = ApplyRule(rules[i], builder);
    Labels after = builder.Build();
    explanation.steps.push_back(
        {i, *rules[i].action, explanation.verdict, std::move(input), ChangesBetween(explanation.labels, after)});
    explanation.labels = std::move(after);
  }
  return explanation;
}

}  // namespace stalemark
