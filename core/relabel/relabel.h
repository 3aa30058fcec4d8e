// SPDX-License-Identifier: Apache-2.0
// Relabelling: rules that run in order over one label set (REL-01 ... REL-24), and their step-by-step explanation. One
// engine for relabel_configs, metric_relabel_configs and write_relabel_configs. Mirrors model/relabel/relabel.go.
//
// Rules are plain values; the configuration loader fills them, calls ValidateRelabelRule once, and they do not change
// afterwards. Applying a rule cannot fail. An empty label value and an absent label are the same thing here (REL-14).
// Single-threaded only in that a LabelsBuilder belongs to one caller; rules may be shared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/result.h"
#include "core/relabel/regex.h"

namespace stalemark {

enum class RelabelAction : std::uint8_t {
  kReplace,
  kKeep,
  kDrop,
  kKeepEqual,
  kDropEqual,
  kHashMod,
  kLabelMap,
  kLabelDrop,
  kLabelKeep,
  kLowercase,
  kUppercase,
};

/// Reads an action name, whatever its case (REL-02). The caller words the error: `unknown relabel action %q`.
std::optional<RelabelAction> ParseRelabelAction(std::string_view text);
/// `replace`, `keep`, ...
std::string_view RelabelActionText(RelabelAction action);

/// One rule, with upstream's defaults (REL-02).
struct RelabelRule {
  /// Absent and empty differ for labeldrop and labelkeep, which refuse even an empty list.
  std::optional<std::vector<std::string>> source_labels;
  std::string separator = ";";
  /// Default-constructed where the rule has no `regex`; `regex:` with a null is Regex::Compile("") (REL-04).
  Regex regex;
  std::uint64_t modulus = 0;
  std::string target_label;
  std::string replacement = "$1";
  /// Absent: `action:` with a null, which validation refuses (REL-23).
  std::optional<RelabelAction> action = RelabelAction::kReplace;
  ValidationScheme name_validation_scheme = ValidationScheme::kUtf8;
};

/// The first violated condition, in upstream's order and words (REL-16).
Status ValidateRelabelRule(const RelabelRule& rule);

enum class RelabelVerdict : std::uint8_t { kKeep, kDrop };

/// Runs the rules in order; the first that drops ends the run. Requires: each rule passed ValidateRelabelRule.
RelabelVerdict ApplyRelabelRules(const std::vector<RelabelRule>& rules, LabelsBuilder& labels);

/// How one rule changed one label. An empty text stands for "no such label".
struct RelabelChange {
  std::string name;
  std::string before;
  std::string after;
};

/// What one rule did.
struct RelabelStep {
  /// Index into the rules.
  std::size_t rule = 0;
  RelabelAction action = RelabelAction::kReplace;
  RelabelVerdict verdict = RelabelVerdict::kKeep;
  /// The values of the source labels, joined: what the regex is matched with. Empty for rules without source_labels.
  std::string input;
  /// In name order. Empty: the rule changed nothing.
  std::vector<RelabelChange> changes;
};

struct RelabelExplanation {
  /// One per rule that ran; the last one dropped when the verdict is kDrop.
  std::vector<RelabelStep> steps;
  RelabelVerdict verdict = RelabelVerdict::kKeep;
  /// The labels after the last step.
  Labels labels;
};

/// Runs the rules as ApplyRelabelRules does and records each step. Requires: each rule passed ValidateRelabelRule.
RelabelExplanation ExplainRelabelRules(const std::vector<RelabelRule>& rules, const Labels& labels);

/// A step in words: `rule 3 (drop): env="dev" matches dev|test`, `rule 1 (replace): code: "200" -> "2xx"`. Rules are
/// counted from 1. Values are cut to 80 characters.
std::string RelabelStepText(const RelabelRule& rule, const RelabelStep& step);

}  // namespace stalemark
