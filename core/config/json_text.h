// SPDX-License-Identifier: Apache-2.0
// Writing JSON text: the dump of a configuration, values that are kept without being understood, reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/target_group.h"

namespace stalemark {

/// Appends a JSON string; invalid UTF-8 becomes U+FFFD.
void AppendJsonString(std::string& out, std::string_view text);
/// Appends a JSON number, or the texts `+Inf`, `-Inf`, `NaN` in quotes.
void AppendJsonFloat(std::string& out, double value);

/// Appends labels as an object, in their order.
void AppendJsonLabels(std::string& out, const Labels& labels);
void AppendJsonLabels(std::string& out, const LabelMap& labels);

/// JSON text on one line as text for people: two blanks for each level.
std::string IndentedJson(std::string_view json);

/// Writes one JSON object, key by key; it ends with the writer's life.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;
  ~JsonObject() { out_ += '}'; }

  /// Starts a value of any kind; the caller writes it.
  std::string& Key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    AppendJsonString(out_, name);
    out_ += ':';
    return out_;
  }

  void AlwaysText(std::string_view name, std::string_view value) { AppendJsonString(Key(name), value); }
  void AlwaysBool(std::string_view name, bool value) { Key(name) += value ? "true" : "false"; }
  void AlwaysUint(std::string_view name, std::uint64_t value) { Key(name) += std::to_string(value); }
  void AlwaysInt(std::string_view name, std::int64_t value) { Key(name) += std::to_string(value); }
  void AlwaysTexts(std::string_view name, const std::vector<std::string>& texts) {
    AlwaysList(name, texts, AppendJsonString);
  }
  template <class T, class F>
  void AlwaysList(std::string_view name, const std::vector<T>& items, F append_item) {
    std::string& out = Key(name);
    out += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out += ',';
      append_item(out, items[i]);
    }
    out += ']';
  }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace stalemark
