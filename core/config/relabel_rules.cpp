// SPDX-License-Identifier: Apache-2.0
#include "core/config/relabel_rules.h"

#include <algorithm>

#include "core/text/go_quote.h"

namespace stalemark {
namespace {

Field SourceLabelsField(std::string_view name, std::optional<std::vector<std::string>>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            return d.Optional(n, out, [](Decoder& e, const yaml::Node& m, std::vector<std::string>& labels) {
              return e.List(m, labels, "model.LabelNames", DecodeLabelName);
            });
          }};
}

/// A null compiles to what matches the empty value only, unlike an absent key.
Field RegexField(std::string_view name, Regex& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            std::string text;
            const auto compile = [&]() -> Status {
              Result<Regex> regex = Regex::Compile(text);
              if (!regex.ok()) return regex.error();
              out = *std::move(regex);
              return {};
            };
            return d.Custom(
                n, [&] { (void)compile(); }, [&](const yaml::Node& m) { d.String(m, text); }, compile);
          }};
}

Field ActionField(std::string_view name, std::optional<RelabelAction>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            std::string text;
            return d.Custom(
                n, [&] { out.reset(); }, [&](const yaml::Node& m) { d.String(m, text); },
                [&]() -> Status {
                  const std::optional<RelabelAction> action = ParseRelabelAction(text);
                  if (!action) return Error{"unknown relabel action " + text::GoQuote(text)};
                  out = action;
                  return {};
                });
          }};
}

bool DecodeRule(Decoder& d, const yaml::Node& node, RelabelRule& out) {
  const Fields fields = {
      SourceLabelsField("source_labels", out.source_labels),
      StringField("separator", out.separator),
      RegexField("regex", out.regex),
      UintField("modulus", out.modulus, "uint64"),
      StringField("target_label", out.target_label),
      StringField("replacement", out.replacement),
      ActionField("action", out.action),
  };
  return d.Custom(
      node, [] {}, [&](const yaml::Node& n) { d.Struct(n, "relabel.plain", fields, [] {}); }, [] { return Status(); });
}

}  // namespace

Field RelabelRulesField(std::string_view name, RelabelDrafts& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) { return d.Items(n, out, "[]*relabel.Config", DecodeRule); }};
}

bool HasNullRule(const RelabelDrafts& rules) {
  return std::any_of(rules.begin(), rules.end(), [](const auto& rule) { return !rule.value.has_value(); });
}

Status CompleteRelabelRules(const RelabelDrafts& drafts, ValidationScheme scheme, std::vector<RelabelRule>& out,
                            const yaml::Node*& place) {
  for (const ListItem<RelabelRule>& draft : drafts) {
    RelabelRule rule = *draft.value;
    rule.name_validation_scheme = scheme;
    Status status = ValidateRelabelRule(rule);
    if (!status.ok()) {
      place = draft.node;
      return status;
    }
    out.push_back(std::move(rule));
  }
  return {};
}

bool DecodeLabelName(Decoder& decoder, const yaml::Node& node, std::string& out) {
  return decoder.Custom(
      node, [&] { out.clear(); }, [&](const yaml::Node& n) { decoder.String(n, out); },
      [&]() -> Status {
        if (IsValidLabelName(out, ValidationScheme::kUtf8)) return {};
        return Error{text::GoQuote(out) + " is not a valid label name"};
      });
}

}  // namespace stalemark
