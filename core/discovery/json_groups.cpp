// SPDX-License-Identifier: Apache-2.0
#include "core/discovery/json_groups.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/discovery/json.h"
#include "core/model/labels.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

constexpr std::string_view kGroupListType = "[]*targetgroup.Group";
constexpr std::string_view kGroupType =
    R"(struct { Targets []string "json:\"targets\""; Labels model.LabelSet "json:\"labels\"" })";
constexpr std::string_view kLabelMapType = "map[model.LabelName]model.LabelValue";

Error TypeError(const JsonValue& value, std::string_view go_type) {
  return Error{fmt::format("json: cannot unmarshal {} into Go value of type {}", JsonKindText(value.kind()), go_type)};
}

Error FieldTypeError(const JsonValue& value, std::string_view field, std::string_view go_type) {
  return Error{fmt::format("json: cannot unmarshal {} into Go struct field .{} of type {}", JsonKindText(value.kind()),
                           field, go_type)};
}

/// Whether `key` is `lower_case_name` under Unicode's simple case folding; the long s is the only letter beyond ASCII
/// that folds into our names.
bool MatchesField(std::string_view key, std::string_view lower_case_name) {
  constexpr std::string_view kLongS = "\u017f";
  std::size_t at = 0;
  for (const char wanted : lower_case_name) {
    if (wanted == 's' && key.substr(at, kLongS.size()) == kLongS) {
      at += kLongS.size();
      continue;
    }
    if (at == key.size()) return false;
    const char c = key[at++];
    if (c != wanted && c != wanted - 'a' + 'A') return false;
  }
  return at == key.size();
}

Result<LabelMap> DecodeLabels(const JsonValue& value) {
  LabelMap labels;
  if (value.kind() == JsonKind::kNull) return labels;
  if (value.kind() != JsonKind::kObject) return FieldTypeError(value, "labels", kLabelMapType);
  std::optional<Error> first_error;
  for (const auto& member : value.Members()) {
    const JsonKind kind = member.second.kind();
    if (kind != JsonKind::kString && kind != JsonKind::kNull && !first_error) {
      first_error = FieldTypeError(member.second, "labels", "model.LabelValue");
    }
    labels[member.first] = kind == JsonKind::kString ? member.second.String() : std::string();
  }
  if (first_error) return *first_error;
  for (const auto& entry : labels) {
    if (!IsValidLabelName(entry.first, ValidationScheme::kUtf8)) {
      return Error{text::GoQuote(entry.first) + " is not a valid label name"};
    }
  }
  return labels;
}

/// Decodes one group. An error in labels, which have a decoder of their own upstream, ends decoding and hides the
/// others; of those the first is told at the end.
class GroupDecoder {
 public:
  Result<TargetGroup> Decode(const JsonValue& value) {
    if (value.kind() != JsonKind::kObject) return TypeError(value, kGroupType);
    TargetGroup group;
    for (const auto& member : value.Members()) {
      if (MatchesField(member.first, "targets")) {
        DecodeTargets(member.second);
      } else if (MatchesField(member.first, "labels")) {
        Result<LabelMap> labels = DecodeLabels(member.second);
        if (!labels) return labels.error();
        group.labels = std::move(*labels);
      } else {
        Save(Error{"json: unknown field " + text::GoQuote(member.first)});
      }
    }
    if (first_error_) return *first_error_;
    for (std::size_t i = 0; i < target_count_; ++i) {
      group.targets.push_back({{"__address__", targets_[i]}});
    }
    return group;
  }

 private:
  void Save(Error error) {
    if (!first_error_) first_error_ = std::move(error);
  }

  /// A repeated key writes over the slice of the one before, where a null leaves the old element, even one behind a
  /// shorter list in between.
  void DecodeTargets(const JsonValue& value) {
    if (value.kind() != JsonKind::kNull && value.kind() != JsonKind::kArray) {
      return Save(FieldTypeError(value, "targets", "[]string"));
    }
    const std::vector<JsonValue> items = value.kind() == JsonKind::kNull ? std::vector<JsonValue>() : value.Items();
    if (items.empty()) targets_.clear();
    if (targets_.size() < items.size()) targets_.resize(items.size());
    target_count_ = items.size();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const JsonKind kind = items[i].kind();
      if (kind == JsonKind::kString) {
        targets_[i] = items[i].String();
      } else if (kind != JsonKind::kNull) {
        Save(FieldTypeError(items[i], "targets", "string"));
      }
    }
  }

  std::vector<std::string> targets_;
  std::size_t target_count_ = 0;
  std::optional<Error> first_error_;
};

}  // namespace

Result<std::vector<std::optional<TargetGroup>>> ParseJsonGroups(std::string_view text) {
  const Result<JsonValue> document = ParseJson(text);
  if (!document) return document.error();
  std::vector<std::optional<TargetGroup>> groups;
  if (document->kind() == JsonKind::kNull) return groups;
  if (document->kind() != JsonKind::kArray) return TypeError(*document, kGroupListType);
  for (const JsonValue& item : document->Items()) {
    if (item.kind() == JsonKind::kNull) {
      groups.emplace_back();
      continue;
    }
    Result<TargetGroup> group = GroupDecoder().Decode(item);
    if (!group) return group.error();
    groups.emplace_back(std::move(*group));
  }
  return groups;
}

}  // namespace stalemark
