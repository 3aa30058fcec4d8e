// SPDX-License-Identifier: Apache-2.0
// JSON as Go's encoding/json reads it, as far as target groups, recordings and requests need: its error texts and its
// leniencies (invalid UTF-8 and lone surrogates become U+FFFD). Mirrors encoding/json/scanner.go and decode.go.
//
// A text is checked as a whole first, without recursion. After that a JsonValue is a view into it, valid as long as the
// text, and walking it cannot fail. Walking a value costs time linear in its length.
#pragma once

#include <cstdint>
#include <optional>
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
  /// As it stands in the text: a number has no other form.
  std::string_view Text() const;
  /// Requires: a string. Escapes are decoded.
  std::string String() const;
  /// Requires: an array.
  std::vector<JsonValue> Items() const;
  /// Requires: an object. In the text's order, repeated keys included.
  std::vector<std::pair<std::string, JsonValue>> Members() const;
  /// The last member of that name, if this is an object that has one.
  std::optional<JsonValue> Member(std::string_view name) const;
  /// A number without sign, fraction and exponent.
  std::optional<std::uint64_t> Unsigned() const;

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
