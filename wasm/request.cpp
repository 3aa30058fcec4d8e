// SPDX-License-Identifier: Apache-2.0
#include "wasm/request.h"

#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/text/base64.h"

namespace stalemark::wasm {
namespace {

using Json = nlohmann::json;

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

}  // namespace

struct Request::Value {
  Json json;

  /// Null: not there.
  const Json* Find(std::string_view key) const {
    const auto found = json.find(key);
    return found == json.end() ? nullptr : &*found;
  }
};

Request::Request(std::unique_ptr<Value> value) : value_(std::move(value)) {}
Request::Request(Request&&) noexcept = default;
Request& Request::operator=(Request&&) noexcept = default;
Request::~Request() = default;

Result<Request> Request::Parse(std::string_view text) {
  auto value = std::make_unique<Value>();
  value->json = Json::parse(text, nullptr, false);
  if (!value->json.is_object()) return Error{"the request is no JSON object"};
  return Request(std::move(value));
}

std::optional<std::string> Request::Text(std::string_view key) {
  const Json* found = value_->Find(key);
  if (found == nullptr) return {};
  if (found->is_string()) return found->get<std::string>();
  Fail(key, "a text");
  return {};
}

std::optional<std::uint64_t> Request::Number(std::string_view key) {
  const Json* found = value_->Find(key);
  if (found == nullptr) return {};
  if (found->is_number_unsigned()) return found->get<std::uint64_t>();
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
  const Json* found = value_->Find(key);
  if (found == nullptr) return {};
  if (found->is_object()) return Request(std::make_unique<Value>(Value{*found}));
  Fail(key, "an object");
  return {};
}

std::optional<std::string> Request::ObjectText(std::string_view key) {
  const std::optional<Request> object = Object(key);
  if (!object) return {};
  return object->value_->json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Request::Include(const Request& inner) {
  if (!error_) error_ = inner.error_;
}

std::map<std::string, std::string> Request::Files(std::string_view key) {
  std::map<std::string, std::string> files;
  const Json* found = value_->Find(key);
  if (found == nullptr || !found->is_object()) {
    Fail(key, "an object: path to content");
    return files;
  }
  for (const auto& [path, content] : found->items()) {
    if (content.is_string()) {
      files[path] = content.get<std::string>();
      continue;
    }
    std::optional<std::string> bytes;
    const auto encoded = content.find("base64");
    if (content.is_object() && encoded != content.end() && encoded->is_string()) {
      bytes = text::DecodeBase64(encoded->get_ref<const std::string&>());
    }
    if (!bytes) Fail(path, "a text, or {\"base64\": text}");
    files[path] = bytes.value_or(std::string());
  }
  return files;
}

void Request::Require(std::string_view key) {
  if (value_->Find(key) == nullptr) Fail(key, "it to be there");
}

void Request::Fail(std::string_view key, std::string_view expected) {
  if (!error_) error_ = Error{fmt::format("key {} of the request: expected {}", key, expected)};
}

}  // namespace stalemark::wasm
