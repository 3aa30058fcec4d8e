// SPDX-License-Identifier: Apache-2.0
// Request: the JSON object of a call, read strictly: a key of the wrong kind is an error in words. Reading goes on
// after the first error, which is the one that is kept; error() is asked once at the end.
//
// Also the bundle of files that a scenario comes in. Nanoseconds are decimal strings, for JavaScript has no 64-bit
// numbers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/discovery/json.h"
#include "core/model/result.h"
#include "core/seams/time.h"

namespace stalemark::wasm {

class Request {
 public:
  /// A view of the text, valid as long as that is.
  static Result<Request> Parse(std::string_view text);

  // ---- values; absent: the key is not there, or is wrong ----
  std::optional<std::string> Text(std::string_view key);
  std::optional<std::uint64_t> Number(std::string_view key);
  /// A decimal string of nanoseconds since the start of the run, not negative.
  std::optional<Nanoseconds> Time(std::string_view key);
  std::optional<Request> Object(std::string_view key);
  /// An object as JSON text, as the request has it but on one line.
  std::optional<std::string> ObjectText(std::string_view key);
  /// Path -> content, from texts and `{"base64": text}`.
  std::map<std::string, std::string> Files(std::string_view key);

  /// Notes that a key is not there.
  void Require(std::string_view key);
  /// Takes over what is wrong with an object of this one.
  void Include(const Request& inner);
  Status status() const { return error_ ? Status(*error_) : Status(); }

 private:
  explicit Request(const JsonValue& object) : members_(object.Members()) {}
  /// Null: not there. Of equal keys the last.
  const JsonValue* Find(std::string_view key) const;
  void Fail(std::string_view key, std::string_view expected);

  std::vector<std::pair<std::string, JsonValue>> members_;
  std::optional<Error> error_;
};

}  // namespace stalemark::wasm
