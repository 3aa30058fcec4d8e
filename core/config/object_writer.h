// SPDX-License-Identifier: Apache-2.0
// ObjectWriter: one JSON object of the configuration's dump, key by key, and the parts that several sections share.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/http_client.h"
#include "core/config/json_text.h"
#include "core/model/byte_size.h"
#include "core/model/duration.h"
#include "core/model/protocols.h"
#include "core/relabel/relabel.h"

namespace stalemark {

inline constexpr std::string_view kSecretText = "<secret>";

/// The methods named after a Go type leave out its zero, as `omitempty` does.
class ObjectWriter : public JsonObject {
 public:
  using JsonObject::JsonObject;

  void Text(std::string_view name, std::string_view value) {
    if (!value.empty()) AlwaysText(name, value);
  }
  void Secret(std::string_view name, std::string_view value) {
    if (!value.empty()) AlwaysText(name, kSecretText);
  }
  void Bool(std::string_view name, bool value) {
    if (value) AlwaysBool(name, value);
  }
  void Pointer(std::string_view name, const std::optional<bool>& value) {
    if (value) AlwaysBool(name, *value);
  }
  void Uint(std::string_view name, std::uint64_t value) {
    if (value != 0) AlwaysUint(name, value);
  }
  void Int(std::string_view name, std::int64_t value) {
    if (value != 0) AlwaysInt(name, value);
  }
  void Float(std::string_view name, double value) {
    if (value != 0) AppendJsonFloat(Key(name), value);
  }
  void Duration(std::string_view name, std::chrono::nanoseconds value) {
    if (value.count() != 0) AlwaysText(name, FormatDuration(value));
  }
  void ByteSize(std::string_view name, std::int64_t value) {
    if (value != 0) AlwaysText(name, FormatByteSize(value));
  }
  void Protocols(std::string_view name, const std::vector<ScrapeProtocol>& protocols) {
    List(name, protocols, [](std::string& out, ScrapeProtocol p) { AppendJsonString(out, ScrapeProtocolName(p)); });
  }
  void Texts(std::string_view name, const std::vector<std::string>& texts) { List(name, texts, AppendJsonString); }
  void Secrets(std::string_view name, const std::vector<std::string>& secrets) { List(name, secrets, AppendSecret); }
  template <class M, class F>
  void Map(std::string_view name, const M& map, F append_value) {
    if (map.empty()) return;
    ObjectWriter object(Key(name));
    for (const auto& [key, value] : map) append_value(object.Key(key), value);
  }
  template <class T, class F>
  void List(std::string_view name, const std::vector<T>& items, F append_item) {
    if (!items.empty()) AlwaysList(name, items, append_item);
  }

  static void AppendSecret(std::string& out, const std::string& secret) {
    if (secret.empty()) {
      out += "null";
    } else {
      AppendJsonString(out, kSecretText);
    }
  }
};

/// The keys of an HTTP client block, into the object that holds it inline.
void DumpHttpClient(ObjectWriter& object, const HttpClientConfig& client);
void DumpRule(std::string& out, const RelabelRule& rule);
/// The URL with `xxxxx` in place of a password.
std::string RedactedUrl(const std::string& text);

}  // namespace stalemark
