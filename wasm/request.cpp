// SPDX-License-Identifier: Apache-2.0
#include "wasm/request.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/text/base64.h"

namespace stalemark::wasm {
namespace {

std::optional<std::uint64_t> ReadDecimal(std::string_view text) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return {};
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return {};
    value = value * 10 + digit;
  }
  return value;
}

/// Line breaks stand between tokens only, where a blank does as well.
std::string OnOneLine(std::string_view json) {
  std::string line(json);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

}  // namespace

Result<Request> Request::Parse(std::string_view text) {
  const Result<JsonValue> value = ParseJson(text);
  if (!value || value->kind() != JsonKind::kObject) return Error{"the request is no JSON object"};
  return Request(*value);
}

const JsonValue* Request::Find(std::string_view key) const {
  const auto found =
      std::find_if(members_.rbegin(), members_.rend(), [&](const auto& member) { return member.first == key; });
  return found == members_.rend() ? nullptr : &found->second;
}

std::optional<std::string> Request::Text(std::string_view key) {
  const JsonValue* found = Find(key);
  if (found == nullptr) return {};
  if (found->kind() == JsonKind::kString) return found->String();
  Fail(key, "a text");
  return {};
}

std::optional<std::uint64_t> Request::Number(std::string_view key) {
  const JsonValue* found = Find(key);
  if (found == nullptr) return {};
  if (const std::optional<std::uint64_t> number = found->Unsigned()) return number;
  Fail(key, "a whole number, not negative");
  return {};
}

std::optional<Nanoseconds> Request::Time(std::string_view key) {
  const std::optional<std::string> text = Text(key);
  if (!text) return {};
  const std::optional<std::uint64_t> value = ReadDecimal(*text);
  if (value) return Nanoseconds(static_cast<std::int64_t>(*value));
  Fail(key, "nanoseconds as a text of decimal digits");
  return {};
}

std::optional<Request> Request::Object(std::string_view key) {
  const JsonValue* found = Find(key);
  if (found == nullptr) return {};
  if (found->kind() == JsonKind::kObject) return Request(*found);
  Fail(key, "an object");
  return {};
}

std::optional<std::string> Request::ObjectText(std::string_view key) {
  if (!Object(key)) return {};
  return OnOneLine(Find(key)->Text());
}

void Request::Include(const Request& inner) {
  if (!error_) error_ = inner.error_;
}

std::map<std::string, std::string> Request::Files(std::string_view key) {
  std::map<std::string, std::string> files;
  const JsonValue* found = Find(key);
  if (found == nullptr || found->kind() != JsonKind::kObject) {
    Fail(key, "an object: path to content");
    return files;
  }
  for (const auto& [path, content] : found->Members()) {
    if (content.kind() == JsonKind::kString) {
      files[path] = content.String();
      continue;
    }
    std::optional<std::string> bytes;
    const std::optional<JsonValue> encoded = content.Member("base64");
    if (encoded && encoded->kind() == JsonKind::kString) bytes = text::DecodeBase64(encoded->String());
    if (!bytes) Fail(path, "a text, or {\"base64\": text}");
    files[path] = bytes.value_or(std::string());
  }
  return files;
}

void Request::Require(std::string_view key) {
  if (Find(key) == nullptr) Fail(key, "it to be there");
}

void Request::Fail(std::string_view key, std::string_view expected) {
  if (!error_) error_ = Error{fmt::format("key {} of the request: expected {}", key, expected)};
}

}  // namespace stalemark::wasm
