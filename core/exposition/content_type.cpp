// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/content_type.h"

#include <map>

#include <fmt/format.h>

#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

/// A token character of RFC 1521.
bool IsTokenChar(char c) {
  return ascii::IsLetterOrDigit(c) ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`{|}~").find(c) != std::string_view::npos);
}

bool IsSpecialChar(char c) {
  return c != '\0' && std::string_view("()<>@,;:\\\"/[]?=").find(c) != std::string_view::npos;
}

/// unicode.IsSpace.
bool IsSpace(std::uint32_t rune) {
  if (rune >= 0x2000 && rune <= 0x200A) return true;
  switch (rune) {
    case '\t':
    case '\n':
    case '\v':
    case '\f':
    case '\r':
    case ' ':
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
      return true;
    default:
      return false;
  }
}

std::string_view TrimLeft(std::string_view text) {
  for (;;) {
    const text::DecodedRune first = text::DecodeRune(text);
    if (first.width == 0 || !first.valid || !IsSpace(first.rune)) return text;
    text.remove_prefix(first.width);
  }
}

std::string_view TrimSpace(std::string_view text) {
  text = TrimLeft(text);
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size();) {
    const text::DecodedRune rune = text::DecodeRune(text.substr(at));
    at += rune.width;
    if (!rune.valid || !IsSpace(rune.rune)) kept = at;
  }
  return text.substr(0, kept);
}

/// strings.ToLower as far as it can turn something into ASCII; other letters stay, no media type has them.
std::string ToLower(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const text::DecodedRune rune = text::DecodeRune(text);
    if (rune.rune >= 'A' && rune.rune <= 'Z') {
      out += static_cast<char>(rune.rune + ('a' - 'A'));
    } else if (rune.rune == 0x130) {  // capital I with a dot
      out += 'i';
    } else if (rune.rune == 0x212A) {  // Kelvin sign
      out += 'k';
    } else {
      out += text.substr(0, rune.width);
    }
    text.remove_prefix(rune.width);
  }
  return out;
}

/// Removes a token from the front of *rest and returns it; empty: none is there.
std::string_view ConsumeToken(std::string_view* rest) {
  std::size_t length = 0;
  while (length < rest->size() && IsTokenChar((*rest)[length])) ++length;
  const std::string_view token = rest->substr(0, length);
  rest->remove_prefix(length);
  return token;
}

bool ConsumeChar(std::string_view* rest, char c) {
  if (rest->empty() || rest->front() != c) return false;
  rest->remove_prefix(1);
  return true;
}

/// Removes a token or a quoted string. False: neither is there.
bool ConsumeValue(std::string_view* rest, std::string* value) {
  if (rest->empty() || rest->front() != '"') {
    *value = ConsumeToken(rest);
    return !value->empty();
  }
  for (std::size_t i = 1; i < rest->size(); ++i) {
    char c = (*rest)[i];
    if (c == '"') {
      rest->remove_prefix(i + 1);
      return true;
    }
    // A backslash before anything else is meant as one: old browsers sent file names so.
    if (c == '\\' && i + 1 < rest->size() && IsSpecialChar((*rest)[i + 1])) {
      c = (*rest)[++i];
    } else if (c == '\r' || c == '\n') {
      return false;
    }
    *value += c;
  }
  return false;
}

struct MediaParameter {
  std::string name;
  std::string value;
};

/// Removes `;name=value`. Nothing: none is there, and *rest is as it was.
std::optional<MediaParameter> ConsumeParameter(std::string_view* rest) {
  std::string_view at = TrimLeft(*rest);
  if (!ConsumeChar(&at, ';')) return std::nullopt;
  at = TrimLeft(at);
  MediaParameter parameter;
  parameter.name = ToLower(ConsumeToken(&at));
  if (parameter.name.empty()) return std::nullopt;
  at = TrimLeft(at);
  if (!ConsumeChar(&at, '=')) return std::nullopt;
  at = TrimLeft(at);
  if (!ConsumeValue(&at, &parameter.value)) return std::nullopt;
  *rest = at;
  return parameter;
}

/// What is wrong with a media type without parameters; empty: nothing. A type without slash passes.
std::string_view MediaTypeFault(std::string_view media_type) {
  if (ConsumeToken(&media_type).empty()) return "mime: no media type";
  if (media_type.empty()) return {};
  if (!ConsumeChar(&media_type, '/')) return "mime: expected slash after first token";
  if (ConsumeToken(&media_type).empty()) return "mime: expected token after slash";
  return media_type.empty() ? "" : "mime: unexpected content after media subtype";
}

/// What is wrong with the parameters, which start with `;`; empty: nothing.
std::string_view ParametersFault(std::string_view rest) {
  std::map<std::string, std::string, std::less<>> seen;
  for (rest = TrimLeft(rest); !rest.empty(); rest = TrimLeft(rest)) {
    std::optional<MediaParameter> parameter = ConsumeParameter(&rest);
    if (!parameter) return TrimSpace(rest) == ";" ? "" : "mime: invalid media parameter";
    const auto [known, added] = seen.try_emplace(std::move(parameter->name), parameter->value);
    if (!added && known->second != parameter->value) return "mime: duplicate parameter name";
  }
  return {};
}

FormatChoice Fallback(std::string_view media_type, std::string message) {
  return {FormatOfMediaType(media_type), std::move(message)};
}

}  // namespace

std::string_view ExpositionFormatName(ExpositionFormat format) {
  switch (format) {
    case ExpositionFormat::kOpenMetrics:
      return "openmetrics";
    case ExpositionFormat::kProtobuf:
      return "protobuf";
    case ExpositionFormat::kText:
      break;
  }
  return "text";
}

std::optional<ExpositionFormat> FormatOfMediaType(std::string_view media_type) {
  if (media_type == "text/plain") return ExpositionFormat::kText;
  if (media_type == "application/openmetrics-text") return ExpositionFormat::kOpenMetrics;
  if (media_type == "application/vnd.google.protobuf") return ExpositionFormat::kProtobuf;
  return std::nullopt;
}

Result<std::string> ParseMediaType(std::string_view header) {
  const std::string_view base = header.substr(0, header.find(';'));
  const std::string lower = ToLower(base);
  const std::string_view media_type = TrimSpace(lower);
  std::string_view fault = MediaTypeFault(media_type);
  if (fault.empty()) fault = ParametersFault(header.substr(base.size()));
  if (!fault.empty()) return Error{std::string(fault)};
  return std::string(media_type);
}

FormatChoice ChooseFormat(std::string_view content_type, std::string_view fallback_media_type) {
  const bool has_fallback = !fallback_media_type.empty();
  const std::string using_fallback = ", using fallback_scrape_protocol " + text::GoQuote(fallback_media_type);
  if (content_type.empty()) {
    return Fallback(fallback_media_type,
                    "non-compliant scrape target sending blank Content-Type" +
                        (has_fallback ? using_fallback : " and no fallback_scrape_protocol specified for target"));
  }
  const std::string quoted = text::GoQuote(content_type);
  const Result<std::string> media_type = ParseMediaType(content_type);
  if (!media_type.ok()) {
    const std::string what =
        has_fallback ? fmt::format("could not parse received Content-Type {}{}", quoted, using_fallback)
                     : fmt::format("cannot parse Content-Type {} and no fallback_scrape_protocol for target", quoted);
    return Fallback(fallback_media_type, what + "\n" + media_type.error().message);
  }
  if (const std::optional<ExpositionFormat> format = FormatOfMediaType(*media_type)) return {format, {}};
  return Fallback(fallback_media_type,
                  fmt::format("received unsupported Content-Type {}{}", quoted,
                              has_fallback ? using_fallback : " and no fallback_scrape_protocol specified for target"));
}

}  // namespace stalemark
