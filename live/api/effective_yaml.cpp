// SPDX-License-Identifier: Apache-2.0
#include "live/api/effective_yaml.h"

#include <algorithm>
#include <variant>

#include <nlohmann/json.hpp>

#include "core/config/yaml_scalar.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

using Json = nlohmann::ordered_json;

/// Whether YAML would read the bare text as something else than a text.
bool MeansSomethingElse(const std::string& text) {
  yaml::Node node;
  node.kind = yaml::NodeKind::kScalar;
  node.plain = true;
  node.value = text;
  const Result<yaml::Scalar> scalar = yaml::Resolve(node);
  return !scalar.ok() || scalar->tag != yaml::kStringTag;
}

/// Whether the text has characters that end or change a bare text.
bool NeedsQuotes(const std::string& text) {
  constexpr std::string_view kIndicators = "#,[]{}&*!|>'\"%@`";
  const char first = text.front();
  const bool alone = text.size() == 1 || text[1] == ' ';
  if (kIndicators.find(first) != std::string_view::npos || ((first == '-' || first == '?' || first == ':') && alone)) {
    return true;
  }
  if (first == ' ' || text.back() == ' ' || text.back() == ':') return true;
  if (text.substr(0, 3) == "---" || text.substr(0, 3) == "...") return true;
  return text.find(": ") != std::string::npos || text.find(" #") != std::string::npos;
}

bool IsPrintable(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

std::string Scalar(const Json& value) {
  if (!value.is_string()) return value.dump();
  const std::string text = value.get<std::string>();
  if (!IsPrintable(text)) return text::GoQuote(text);
  if (text.empty() || MeansSomethingElse(text)) return text::GoQuote(text);
  if (!NeedsQuotes(text)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

/// A list in brackets; upstream's tags ask for it.
bool IsInline(const std::string& key) {
  return key == "source_labels";
}

std::string InlineList(const Json& list) {
  std::string out;
  for (const Json& item : list) out += (out.empty() ? "" : ", ") + Scalar(item);
  return '[' + out + ']';
}

void Write(const Json& value, std::size_t indent, std::string& out);

void WriteValue(const Json& value, std::size_t indent, std::string& out) {
  if (!value.is_structured() || value.empty()) {
    out += ' ' + (value.is_structured() ? value.dump() : Scalar(value)) + '\n';
    return;
  }
  out += '\n';
  Write(value, value.is_array() ? indent : indent + 2, out);
}

/// A collection that is not empty, the first line of which the caller has not indented yet.
void Write(const Json& value, std::size_t indent, std::string& out) {
  const std::string blanks(indent, ' ');
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      out += blanks + Scalar(Json(key)) + ':';
      if (IsInline(key)) {
        out += ' ' + InlineList(item) + '\n';
      } else {
        WriteValue(item, indent, out);
      }
    }
    return;
  }
  for (const Json& item : value) {
    out += blanks + '-';
    if (!item.is_structured() || item.empty()) {
      WriteValue(item, indent, out);
      continue;
    }
    // The first line of the item stands behind its dash.
    std::string inner;
    Write(item, indent + 2, inner);
    out += ' ' + inner.substr(indent + 2);
  }
}

}  // namespace

std::string YamlOfJson(std::string_view json) {
  const Json value = Json::parse(json);
  std::string out;
  if (!value.empty()) Write(value, 0, out);
  return out;
}

}  // namespace stalemark
