// SPDX-License-Identifier: Apache-2.0
// Fields of the usual types: each binds a key to the variable that its value goes to.
#include "core/config/decode.h"
#include "core/model/duration.h"
#include "core/model/url.h"

namespace stalemark {
namespace {

/// A text that `parse` turns into the value; a refused text ends the decoding.
template <class T, class Parse>
bool ParsedText(Decoder& decoder, const yaml::Node& node, T& out, Parse parse) {
  std::string text;
  return decoder.Custom(
      node, [&] { out = T{}; }, [&](const yaml::Node& n) { decoder.String(n, text); },
      [&]() -> Status {
        Result<T> parsed = parse(text);
        if (!parsed.ok()) return parsed.error();
        out = *parsed;
        return {};
      });
}

}  // namespace

Field StringField(std::string_view name, std::string& out) {
  return NamedStringField(name, out, "string");
}

Field NamedStringField(std::string_view name, std::string& out, std::string_view go_type) {
  return {name, [&out, go_type](Decoder& d, const yaml::Node& n) { return d.String(n, out, go_type); }};
}

Field BoolField(std::string_view name, bool& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) { return d.Bool(n, out); }};
}

Field BoolField(std::string_view name, std::optional<bool>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            return d.Optional(n, out, [](Decoder& e, const yaml::Node& m, bool& value) { return e.Bool(m, value); });
          }};
}

Field UintField(std::string_view name, std::uint64_t& out, std::string_view go_type) {
  return {name, [&out, go_type](Decoder& d, const yaml::Node& n) { return d.Uint(n, out, go_type); }};
}

Field IntField(std::string_view name, std::int64_t& out, std::string_view go_type) {
  return {name, [&out, go_type](Decoder& d, const yaml::Node& n) { return d.Int(n, out, go_type); }};
}

Field FloatField(std::string_view name, double& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) { return d.Float(n, out); }};
}

Field UrlField(std::string_view name, std::optional<std::string>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            return ParsedText(d, n, out, [](std::string_view text) -> Result<std::optional<std::string>> {
              const Result<Url> url = Url::Parse(text);
              if (!url.ok()) return url.error();
              return std::optional<std::string>(url->String());
            });
          }};
}

Field DurationField(std::string_view name, std::chrono::nanoseconds& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            return ParsedText(d, n, out, [](std::string_view text) { return ParseDuration(text); });
          }};
}

Field ByteSizeField(std::string_view name, std::int64_t& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) { return d.ByteSize(n, out); }};
}

Field StringListField(std::string_view name, std::vector<std::string>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) { return d.Strings(n, out, "[]string"); }};
}

Field StringMapField(std::string_view name, std::map<std::string, std::string, std::less<>>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const auto text = [](Decoder& e, const yaml::Node& m, std::string& value) { return e.String(m, value); };
            return d.Map(n, out, "map[string]string", text, text);
          }};
}

Field AnyMapField(std::string_view name, std::map<std::string, std::string, std::less<>>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const auto key = [](Decoder& e, const yaml::Node& m, std::string& text) { return e.String(m, text); };
            const auto value = [](Decoder& e, const yaml::Node& m, std::string& json) { return e.Any(m, json); };
            return d.Map(n, out, "map[string]interface {}", key, value);
          }};
}

}  // namespace stalemark
