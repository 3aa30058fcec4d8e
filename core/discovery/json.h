// SPDX-License-Identifier: Apache-2.0
// JSON as Go's encoding/json reads it, as far as target groups need: its error texts and its leniencies (invalid UTF-8
// and lone surrogates become U+FFFD). Mirrors encoding/json/scanner.go and decode.go.
//
// A text is checked as a whole first, without recursion. After that a JsonValue is a view into it, valid as long as the
// text, and walking it cannot fail. Walking a value costs time linear in its length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/result.h"

namespace stalemark {

enum class JsonKind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
/// As Go's errors call it: `null`, `bool`, `number`, `string`, `array`, `object`.
std::string_view JsonKindText(JsonKind kind);

class JsonValue {
 public:
  JsonKind kind() const;
  /// Requires: a string. Escapes are decoded.
  std::string String() const;
  /// Requires: an array.
  std::vector<JsonValue> Items() const;
  /// Requires: an object. In the text's order, repeated keys included.
  std::vector<std::pair<std::string, JsonValue>> Members() const;

 private:
  friend Result<JsonValue> ParseJson(std::string_view text);
  /// Requires: `text` is a checked value, perhaps followed by something else.
  explicit JsonValue(std::string_view text) : text_(text) {}

  std::string_view text_;
};

/// Checks `text`, one value between blanks. Errors: `unexpected end of JSON input`, `invalid character 'x' looking for
/// beginning of value`, with their byte offset.
Result<JsonValue> ParseJson(std::string_view text);

}  // namespace stalemark
