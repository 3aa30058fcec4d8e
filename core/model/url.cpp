// SPDX-License-Identifier: Apache-2.0
#include "core/model/url.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "core/model/ip_address.h"
#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "core/text/query_escape.h"

namespace stalemark {
namespace {

using ascii::HexDigit;
using ascii::IsDigit;
using ascii::IsLetter;
using ascii::IsLetterOrDigit;

/// Part of a URL, for the bytes that it keeps unescaped.
enum class Part : std::uint8_t { kPath, kHost, kZone, kUser, kFragment };

std::string_view KeptPunctuation(Part part) {
  switch (part) {
    case Part::kPath:
      return "$&+,-./:;=@_~";
    case Part::kHost:
    case Part::kZone:
      return "!\"$&'()*+,-.:;<=>[]_~";
    case Part::kUser:
      return "$&+,-.;=_~";
    case Part::kFragment:
      return "!$&()*+,-./:;=?@_~";
  }
  return {};
}

bool Contains(std::string_view text, char c) {
  return text.find(c) != std::string_view::npos;
}

bool MustEscape(char c, Part part) {
  return !IsLetterOrDigit(c) && !Contains(KeptPunctuation(part), c);
}

std::string Escape(std::string_view text, Part part) {
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (!MustEscape(c, part)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHexDigits[byte >> 4]);
      out.push_back(kHexDigits[byte & 15]);
    }
  }
  return out;
}

/// Whether `escape` (`%XX`, standing for `byte`) may occur in the part. A host may escape only what is not ASCII, and
/// the percent sign of a zone; a zone (RFC 6874) only what it could hold unescaped, and blanks, which Windows puts
/// there.
bool EscapeAllowed(std::string_view escape, unsigned char byte, Part part) {
  if (escape == "%25") return true;
  if (part == Part::kHost) return byte >= 0x80;
  if (part == Part::kZone) return byte == ' ' || !MustEscape(static_cast<char>(byte), Part::kHost);
  return true;
}

Result<std::string> Unescape(std::string_view text, Part part) {
  const bool in_host = part == Part::kHost || part == Part::kZone;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      const std::string_view escape = text.substr(i, 3);
      const bool well_formed = escape.size() == 3 && HexDigit(escape[1]) >= 0 && HexDigit(escape[2]) >= 0;
      const int byte = well_formed ? HexDigit(escape[1]) * 16 + HexDigit(escape[2]) : 0;
      if (!well_formed || !EscapeAllowed(escape, static_cast<unsigned char>(byte), part)) {
        return Error{"invalid URL escape " + text::GoQuote(escape)};
      }
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else if (in_host && static_cast<unsigned char>(c) < 0x80 && MustEscape(c, part)) {
      return Error{fmt::format("invalid character {} in host name", text::GoQuote(text.substr(i, 1)))};
    } else {
      out.push_back(c);
    }
  }
  return out;
}

/// Whether `raw` needs no further escaping: what RFC 3986 allows in a path, and brackets, which browsers leave alone.
bool IsValidEncoding(std::string_view raw, Part part) {
  return std::all_of(raw.begin(), raw.end(),
                     [part](char c) { return Contains("!$&'()*+,;=:@[]%", c) || !MustEscape(c, part); });
}

/// The raw text where it is an acceptable escaping of `decoded`, else the default escaping.
std::string EscapedForm(const std::string& raw, const std::string& decoded, Part part) {
  if (!raw.empty() && IsValidEncoding(raw, part)) {
    const Result<std::string> unescaped = Unescape(raw, part);
    if (unescaped && *unescaped == decoded) return raw;
  }
  return Escape(decoded, part);
}

/// Stores an escaped text decoded, and as it is only where the default escaping differs.
Status SetEscaped(std::string_view escaped, Part part, std::string& decoded, std::string& raw) {
  Result<std::string> unescaped = Unescape(escaped, part);
  if (!unescaped) return unescaped.error();
  decoded = std::move(*unescaped);
  raw = Escape(decoded, part) == escaped ? std::string() : std::string(escaped);
  return {};
}

bool IsOptionalPort(std::string_view text) {
  return text.empty() || (text[0] == ':' && std::all_of(text.begin() + 1, text.end(), IsDigit));
}

Error PortError(std::string_view port) {
  return Error{fmt::format("invalid port {} after host", text::GoQuote(port))};
}

/// `[address]` or `[address%25zone]`, perhaps with a port.
Result<std::string> ParseBracketedHost(std::string_view host) {
  const std::size_t close = host.rfind(']');
  if (close == std::string_view::npos) return Error{"missing ']' in host"};
  const std::string_view colon_port = host.substr(close + 1);
  if (!IsOptionalPort(colon_port)) return PortError(colon_port);

  const std::string_view inside = host.substr(1, close - 1);
  const std::size_t zone_at = std::min(inside.find("%25"), inside.size());
  Result<std::string> address = Unescape(inside.substr(0, zone_at), Part::kHost);
  if (!address) return address;
  const Result<std::string> zone = Unescape(inside.substr(zone_at), Part::kZone);
  if (!zone) return zone;
  *address += *zone;

  const Result<IpFamily> family = CheckIpAddress(*address);
  if (!family) return Error{"invalid host: " + family.error().message};
  if (*family == IpFamily::kV4) return Error{"invalid IP-literal"};
  return fmt::format("[{}]{}", *address, colon_port);
}

Result<std::string> ParseHost(std::string_view scheme, std::string_view host) {
  const std::size_t bracket = host.rfind('[');
  if (bracket == 0) return ParseBracketedHost(host);
  if (bracket != std::string_view::npos) return Error{"invalid IP-literal"};
  // Databases list several hosts with ports in one authority, so only HTTP is held to a single colon.
  const bool is_http = scheme == "http" || scheme == "https";
  const std::size_t colon = is_http ? host.find(':') : host.rfind(':');
  if (colon != std::string_view::npos && !IsOptionalPort(host.substr(colon))) return PortError(host.substr(colon));
  return Unescape(host, Part::kHost);
}

Result<Url::User> ParseUser(std::string_view text) {
  const auto allowed = [](char c) { return IsLetterOrDigit(c) || Contains("-._:~!$&'()*+,;=%@", c); };
  if (!std::all_of(text.begin(), text.end(), allowed)) return Error{"net/url: invalid userinfo"};
  Url::User user;
  const std::size_t colon = text.find(':');
  Result<std::string> name = Unescape(text.substr(0, colon), Part::kUser);
  if (!name) return name.error();
  user.name = std::move(*name);
  if (colon == std::string_view::npos) return user;
  Result<std::string> password = Unescape(text.substr(colon + 1), Part::kUser);
  if (!password) return password.error();
  user.password = std::move(*password);
  return user;
}

Status ParseAuthority(std::string_view authority, Url& url) {
  const std::size_t at = authority.rfind('@');
  Result<std::string> host = ParseHost(url.scheme, at == std::string_view::npos ? authority : authority.substr(at + 1));
  if (!host) return host.error();
  url.host = std::move(*host);
  if (at == std::string_view::npos) return {};
  Result<Url::User> user = ParseUser(authority.substr(0, at));
  if (!user) return user.error();
  url.user = std::move(*user);
  return {};
}

/// Moves a leading `scheme:` from `rest` to the URL.
Status TakeScheme(std::string_view& rest, Url& url) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (IsLetter(c)) continue;
    if ((IsDigit(c) || Contains("+-.", c)) && i > 0) continue;
    if (c != ':') return {};
    if (i == 0) return Error{"missing protocol scheme"};
    url.scheme = rest.substr(0, i);
    for (char& letter : url.scheme) {
      if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    rest.remove_prefix(i + 1);
    return {};
  }
  return {};
}

/// Moves `?query` from the end of `rest` to the URL.
void TakeQuery(std::string_view& rest, Url& url) {
  const std::size_t question = rest.find('?');
  if (question == std::string_view::npos) return;
  url.raw_query = rest.substr(question + 1);
  url.force_query = url.raw_query.empty();
  rest = rest.substr(0, question);
}

/// Everything but the fragment.
Result<Url> ParseWithoutFragment(std::string_view text) {
  Url url;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return Error{"net/url: invalid control character in URL"};
  }
  if (text == "*") {
    url.path = "*";
    return url;
  }
  std::string_view rest = text;
  if (Status status = TakeScheme(rest, url); !status) return status.error();
  TakeQuery(rest, url);
  const bool rooted = rest.substr(0, 1) == "/";
  if (!rooted && !url.scheme.empty()) {
    url.opaque = rest;
    return url;
  }
  // Else `cache_object:foo` would be taken for a path.
  if (!rooted && Contains(rest.substr(0, rest.find('/')), ':')) {
    return Error{"first path segment in URL cannot contain colon"};
  }
  if (rest.substr(0, 2) == "//" && (!url.scheme.empty() || rest.substr(0, 3) != "///")) {
    const std::size_t path_at = std::min(rest.find('/', 2), rest.size());
    if (Status status = ParseAuthority(rest.substr(2, path_at - 2), url); !status) return status.error();
    rest = rest.substr(path_at);
  } else {
    url.omit_host = rooted && !url.scheme.empty();
  }
  if (Status status = SetEscaped(rest, Part::kPath, url.path, url.raw_path); !status) return status.error();
  return url;
}

Error ParseError(std::string_view text, const Error& cause) {
  return Error{fmt::format("parse {}: {}", text::GoQuote(text), cause.message)};
}

std::string UserText(const Url::User& user) {
  std::string out = Escape(user.name, Part::kUser);
  if (user.password) out += ":" + Escape(*user.password, Part::kUser);
  return out;
}

/// Joins a base path and a reference, and removes the dot segments.
std::string ResolvePath(std::string_view base, std::string_view reference) {
  std::string full(reference);
  if (reference.empty()) {
    full = base;
  } else if (reference[0] != '/') {
    full = std::string(base.substr(0, base.rfind('/') + 1)) + full;
  }
  if (full.empty()) return {};

  std::string out = "/";
  bool first = true;
  std::string_view element;
  for (std::size_t begin = 0; begin <= full.size(); begin += element.size() + 1) {
    element = std::string_view(full).substr(begin);
    element = element.substr(0, element.find('/'));
    if (element == ".") {
      first = false;
    } else if (element == "..") {
      const std::size_t slash = out.rfind('/');
      out.resize(slash == 0 ? 1 : slash);
      first = out.size() == 1;
    } else {
      if (!first) out.push_back('/');
      out += element;
      first = false;
    }
  }
  if (element == "." || element == "..") out.push_back('/');
  return out.size() > 1 && out[1] == '/' ? out.substr(1) : out;
}

/// Sets the path of a resolved URL. The text comes from EscapedPath, so it is well-formed.
void SetResolvedPath(std::string_view escaped, Url& url) {
  (void)SetEscaped(escaped, Part::kPath, url.path, url.raw_path);
}

void ClearHierarchy(Url& url) {
  url.user.reset();
  url.host.clear();
  url.path.clear();
}

struct HostPort {
  std::string_view host;
  std::string_view port;
};

HostPort SplitHostPort(std::string_view host) {
  HostPort parts{host, {}};
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && IsOptionalPort(host.substr(colon))) {
    parts = {host.substr(0, colon), host.substr(colon + 1)};
  }
  if (parts.host.size() >= 2 && parts.host.front() == '[' && parts.host.back() == ']') {
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  }
  return parts;
}

}  // namespace

Result<Url> Url::Parse(std::string_view text) {
  const std::size_t hash = text.find('#');
  const std::string_view before = text.substr(0, hash);
  Result<Url> url = ParseWithoutFragment(before);
  if (!url) return ParseError(before, url.error());
  if (hash == std::string_view::npos) return url;
  const Status status = SetEscaped(text.substr(hash + 1), Part::kFragment, url->fragment, url->raw_fragment);
  if (!status) return ParseError(text, status.error());
  return url;
}

Url Url::Resolve(const Url& base, const Url& reference) {
  Url url = reference;
  if (reference.scheme.empty()) url.scheme = base.scheme;
  if (!reference.scheme.empty() || !reference.host.empty() || reference.user) {
    SetResolvedPath(ResolvePath(reference.EscapedPath(), ""), url);
    return url;
  }
  if (!reference.opaque.empty()) {
    ClearHierarchy(url);
    return url;
  }
  if (reference.path.empty() && !reference.force_query && reference.raw_query.empty()) {
    url.raw_query = base.raw_query;
    if (reference.fragment.empty()) {
      url.fragment = base.fragment;
      url.raw_fragment = base.raw_fragment;
    }
  }
  if (reference.path.empty() && !base.opaque.empty()) {
    url.opaque = base.opaque;
    ClearHierarchy(url);
    return url;
  }
  url.host = base.host;
  url.user = base.user;
  SetResolvedPath(ResolvePath(base.EscapedPath(), reference.EscapedPath()), url);
  return url;
}

Result<Url> Url::Resolve(const Url& base, std::string_view reference) {
  const Result<Url> parsed = Parse(reference);
  if (!parsed) return parsed;
  return Resolve(base, *parsed);
}

std::string Url::String() const {
  std::string out;
  if (!scheme.empty()) out += scheme + ":";
  if (!opaque.empty()) {
    out += opaque;
  } else {
    const bool has_authority = !host.empty() || user.has_value();
    if (has_authority || (!scheme.empty() && !omit_host && !path.empty())) out += "//";
    if (user) out += UserText(*user) + "@";
    out += Escape(host, Part::kHost);
    const std::string escaped_path = EscapedPath();
    if (!escaped_path.empty() && escaped_path[0] != '/' && !host.empty()) out.push_back('/');
    // A first segment with a colon would be taken for a scheme.
    if (out.empty() && Contains(std::string_view(escaped_path).substr(0, escaped_path.find('/')), ':')) out += "./";
    out += escaped_path;
  }
  if (force_query || !raw_query.empty()) out += "?" + raw_query;
  if (!fragment.empty()) out += "#" + EscapedFragment();
  return out;
}

std::string Url::StringWithoutPassword() const {
  std::string out = String();
  if (!user || !user->password) return out;
  const std::string user_text = UserText(*user) + "@";
  const std::size_t at = out.find(user_text);
  if (at != std::string::npos) out.replace(at, user_text.size(), user->name + ":***@");
  return out;
}

std::string Url::RequestTarget() const {
  std::string out = opaque;
  if (out.empty()) {
    out = EscapedPath();
    if (out.empty()) out = "/";
  } else if (out.compare(0, 2, "//") == 0) {
    out = scheme + ":" + out;
  }
  if (force_query || !raw_query.empty()) out += "?" + raw_query;
  return out;
}

std::string Url::EscapedPath() const {
  if (path == "*" && raw_path.empty()) return path;
  return EscapedForm(raw_path, path, Part::kPath);
}

std::string Url::EscapedFragment() const {
  return EscapedForm(raw_fragment, fragment, Part::kFragment);
}

std::string Url::Hostname() const {
  return std::string(SplitHostPort(host).host);
}
std::string Url::Port() const {
  return std::string(SplitHostPort(host).port);
}

std::string EncodeQuery(const QueryValues& values) {
  std::string out;
  for (const auto& entry : values) {
    const std::string key = text::QueryEscape(entry.first);
    for (const std::string& value : entry.second) {
      if (!out.empty()) out.push_back('&');
      out += key + "=" + text::QueryEscape(value);
    }
  }
  return out;
}

Result<Url> ParseRequestUrl(std::string_view text) {
  Result<Url> url = Url::Parse(text);
  if (!url) return url;
  // npos + 1 is 0: a missing bracket lies before every colon.
  const std::size_t after_colon = url->host.rfind(':') + 1;
  if (after_colon > url->host.rfind(']') + 1 && after_colon == url->host.size()) url->host.pop_back();
  return url;
}

}  // namespace stalemark
