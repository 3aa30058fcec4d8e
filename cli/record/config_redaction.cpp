// SPDX-License-Identifier: Apache-2.0
#include "cli/record/config_redaction.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/config/yaml.h"
#include "sim/scenario/yaml_edit.h"
#include "sim/scenario/yaml_span.h"

namespace stalemark::cli {
namespace {

using scenario::YamlSpan;
using scenario::YamlSpans;

/// Walks a configuration and collects what is to stand in the place of its secrets. Aliases are left alone: what they
/// stand for is met where it is defined.
class SecretFinder {
 public:
  explicit SecretFinder(Redactor& redactor) : redactor_(redactor) {}

  void Visit(const yaml::Node& node) {
    if (node.kind == yaml::NodeKind::kScalar) return Replace(node, redactor_.Text(node.value));
    if (node.kind == yaml::NodeKind::kSequence) {
      for (const yaml::Node* item : node.children) Visit(*item);
    }
    if (node.kind == yaml::NodeKind::kMapping) VisitMapping(node);
  }

  /// Scalar -> its new text.
  const std::map<const yaml::Node*, std::string>& found() const { return found_; }

 private:
  void VisitMapping(const yaml::Node& node) {
    for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
      const std::string& key = node.children[i]->value;
      const yaml::Node& value = *node.children[i + 1];
      if (key == "http_headers") {
        VisitHeaders(value);
      } else if (key == "params") {
        VisitParameters(value);
      } else if (key == "proxy_connect_header" || IsSecret(node, key)) {
        HideAll(value);
      } else if (value.kind == yaml::NodeKind::kScalar && IsUrl(key)) {
        Replace(value, redactor_.Text(value.value, Redactor::Kind::kUrl));
      } else {
        Visit(value);
      }
    }
  }

  /// Parameters of a URL: more of them are named like secrets than keys are.
  void VisitParameters(const yaml::Node& parameters) {
    if (parameters.kind != yaml::NodeKind::kMapping) return Visit(parameters);
    for (std::size_t i = 0; i + 1 < parameters.children.size(); i += 2) {
      if (IsSecretParameter(parameters.children[i]->value)) {
        HideAll(*parameters.children[i + 1]);
      } else {
        Visit(*parameters.children[i + 1]);
      }
    }
  }

  static bool IsUrl(std::string_view key) {
    return key == "url" || (key.size() > 4 && key.substr(key.size() - 4) == "_url");
  }

  static bool IsSecret(const yaml::Node& mapping, const std::string& key) {
    if (IsSecretName(key)) return true;
    // Of tls_config, whatever holds it.
    if (key == "key") return mapping.Find("target_label") == nullptr;
    const yaml::Node* target = key == "replacement" ? mapping.Find("target_label") : nullptr;
    return target != nullptr && IsSecretName(target->value);
  }

  /// Header -> values, secrets, files.
  void VisitHeaders(const yaml::Node& headers) {
    if (headers.kind != yaml::NodeKind::kMapping) return Visit(headers);
    for (std::size_t i = 0; i + 1 < headers.children.size(); i += 2) {
      const yaml::Node& header = *headers.children[i + 1];
      const yaml::Node* values = header.Find("values");
      if (values != nullptr && IsSecretHeader(headers.children[i]->value)) HideAll(*values);
      Visit(header);
    }
  }

  void HideAll(const yaml::Node& node) {
    if (node.kind == yaml::NodeKind::kScalar) return Replace(node, redactor_.Hide(node.value));
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (node.kind == yaml::NodeKind::kMapping && i % 2 == 0) continue;
      HideAll(*node.children[i]);
    }
  }

  void Replace(const yaml::Node& node, std::string text) {
    // The first one knows more.
    if (text != node.value && !node.IsNull()) found_.emplace(&node, std::move(text));
  }

  Redactor& redactor_;
  std::map<const yaml::Node*, std::string> found_;
};

void CollectScalars(const yaml::Node& node, std::vector<const yaml::Node*>* scalars) {
  if (node.kind == yaml::NodeKind::kScalar) scalars->push_back(&node);
  for (const yaml::Node* child : node.children) CollectScalars(*child, scalars);
}

/// Bytes that give way to a text.
struct Cut {
  YamlSpan span;
  std::string text;
};

/// From every `#` that stands outside of all scalars to the end of its line.
void AddComments(std::string_view text, std::vector<YamlSpan> scalars, std::vector<Cut>* cuts) {
  std::sort(scalars.begin(), scalars.end(), [](const YamlSpan& a, const YamlSpan& b) { return a.begin < b.begin; });
  auto scalar = scalars.begin();
  for (std::size_t at = 0; at < text.size(); ++at) {
    while (scalar != scalars.end() && scalar->end <= at) ++scalar;
    if (scalar != scalars.end() && scalar->begin <= at) {
      at = scalar->end - 1;
      continue;
    }
    if (text[at] != '#') continue;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    cuts->push_back({{at, end}, {}});
    at = end;
  }
}

}  // namespace

Result<std::string> RedactConfig(std::string_view text, Redactor& redactor) {
  const Result<yaml::Document> document = yaml::Parse(text);
  if (!redactor.enabled() || !document.ok() || document->root() == nullptr) return std::string(text);
  // Twice: a value may stand elsewhere, too, in front of the key that calls it a secret.
  SecretFinder(redactor).Visit(*document->root());
  SecretFinder finder(redactor);
  finder.Visit(*document->root());
  const YamlSpans spans(text);
  std::vector<const yaml::Node*> scalars;
  CollectScalars(*document->root(), &scalars);
  std::vector<Cut> cuts;
  std::vector<YamlSpan> scalar_spans;
  for (const yaml::Node* scalar : scalars) {
    const auto found = finder.found().find(scalar);
    const std::optional<YamlSpan> span = spans.SpanOf(*scalar);
    if (span && span->begin < span->end) scalar_spans.push_back(*span);
    if (found == finder.found().end()) continue;
    if (!span) {
      return Error{
          fmt::format("{}:{}: this secret cannot be taken out of the text, write it on one line without escapes",
                      scalar->line, scalar->column)};
    }
    // A block of text ends with a line end of its own.
    const bool is_block = text[span->end - 1] == '\n';
    cuts.push_back({*span, scenario::QuotedScalar(found->second) + (is_block ? "\n" : "")});
  }
  AddComments(text, std::move(scalar_spans), &cuts);
  std::sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) { return a.span.begin < b.span.begin; });
  std::string redacted;
  std::size_t done = 0;
  for (const Cut& cut : cuts) {
    redacted.append(text, done, cut.span.begin - done);
    redacted += cut.text;
    done = cut.span.end;
  }
  redacted.append(text, done, std::string_view::npos);
  return redacted;
}

std::map<std::string, std::string> UsedEnvironment(std::string_view text,
                                                   const std::map<std::string, std::string>& environment) {
  std::map<std::string, std::string> used;
  const Result<yaml::Document> document = yaml::Parse(text);
  if (!document.ok() || document->root() == nullptr) return used;
  const yaml::Node* global = document->root()->Find("global");
  const yaml::Node* labels = global == nullptr ? nullptr : global->Find("external_labels");
  if (labels == nullptr) return used;
  std::vector<const yaml::Node*> scalars;
  CollectScalars(*labels, &scalars);
  for (const yaml::Node* scalar : scalars) {
    for (const auto& [name, value] : environment) {
      const std::string& label = scalar->value;
      if (label.find("${" + name + "}") != std::string::npos || label.find("$" + name) != std::string::npos) {
        used.emplace(name, value);
      }
    }
  }
  return used;
}

}  // namespace stalemark::cli
