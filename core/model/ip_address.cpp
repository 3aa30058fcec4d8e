// SPDX-License-Identifier: Apache-2.0
#include "core/model/ip_address.h"

#include <string>

#include <fmt/format.h>

#include "core/text/ascii.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

using ascii::IsDigit;

constexpr int kGroupCount = 8;
/// Groups that an embedded IPv4 address takes.
constexpr int kV4GroupCount = 2;

Error AddressError(std::string_view text, std::string_view reason, std::string_view at = {}) {
  std::string message = fmt::format("ParseAddr({}): {}", text::GoQuote(text), reason);
  if (!at.empty()) message += fmt::format(" (at {})", text::GoQuote(at));
  return Error{std::move(message)};
}

/// Checks the dotted quad `part`; errors name the whole address `text`.
Status CheckDottedQuad(std::string_view text, std::string_view part) {
  int value = 0;
  int digits = 0;
  int dots = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    if (IsDigit(c)) {
      if (digits == 1 && value == 0) return AddressError(text, "IPv4 field has octet with leading zero");
      value = value * 10 + (c - '0');
      ++digits;
      if (value > 255) return AddressError(text, "IPv4 field has value >255");
    } else if (c == '.') {
      if (i == 0 || i + 1 == part.size() || part[i - 1] == '.') {
        return AddressError(text, "IPv4 field must have at least one digit", part.substr(i));
      }
      if (dots == 3) return AddressError(text, "IPv4 address too long");
      ++dots;
      value = 0;
      digits = 0;
    } else {
      return AddressError(text, "unexpected character", part.substr(i));
    }
  }
  if (dots < 3) return AddressError(text, "IPv4 address too short");
  return {};
}

/// Checks the hex digits that `rest` starts with, one group, and gives their number.
Result<std::size_t> CheckGroup(std::string_view text, std::string_view rest) {
  std::size_t length = 0;
  while (length < rest.size() && ascii::HexDigit(rest[length]) >= 0) {
    if (++length > 4) return AddressError(text, "each group must have 4 or less digits", rest);
  }
  if (length == 0) return AddressError(text, "each colon-separated field must have at least one digit", rest);
  return length;
}

Status CheckEmbeddedV4(std::string_view text, std::string_view rest, int groups, bool has_ellipsis) {
  if (!has_ellipsis && groups != kGroupCount - kV4GroupCount) {
    return AddressError(text, "embedded IPv4 address must replace the final 2 fields of the address", rest);
  }
  if (groups + kV4GroupCount > kGroupCount) {
    return AddressError(text, "too many hex fields to fit an embedded IPv4 at the end of the address", rest);
  }
  return CheckDottedQuad(text, rest);
}

/// Checks the groups of an IPv6 address, without zone.
Status CheckGroups(std::string_view text, std::string_view rest) {
  int groups = 0;
  bool has_ellipsis = rest.substr(0, 2) == "::";
  if (has_ellipsis) rest.remove_prefix(2);
  if (has_ellipsis && rest.empty()) return {};
  while (groups < kGroupCount) {
    const Result<std::size_t> length = CheckGroup(text, rest);
    if (!length) return length.error();
    if (*length < rest.size() && rest[*length] == '.') {
      if (Status status = CheckEmbeddedV4(text, rest, groups, has_ellipsis); !status) return status;
      groups += kV4GroupCount;
      rest = {};
      break;
    }
    ++groups;
    rest.remove_prefix(*length);
    if (rest.empty()) break;
    if (rest[0] != ':') return AddressError(text, "unexpected character, want colon", rest);
    if (rest.size() == 1) return AddressError(text, "colon must be followed by more characters", rest);
    rest.remove_prefix(1);
    if (rest[0] != ':') continue;
    if (has_ellipsis) return AddressError(text, "multiple :: in address", rest);
    has_ellipsis = true;
    rest.remove_prefix(1);
    if (rest.empty()) break;
  }
  if (!rest.empty()) return AddressError(text, "trailing garbage after address", rest);
  if (groups < kGroupCount && !has_ellipsis) return AddressError(text, "address string too short");
  if (groups == kGroupCount && has_ellipsis) {
    return AddressError(text, "the :: must expand to at least one field of zeros");
  }
  return {};
}

}  // namespace

Result<IpFamily> CheckIpAddress(std::string_view text) {
  const std::size_t mark = text.find_first_of(".:%");
  if (mark == std::string_view::npos) return AddressError(text, "unable to parse IP");
  if (text[mark] == '%') return AddressError(text, "missing IPv6 address");
  if (text[mark] == '.') {
    if (const Status status = CheckDottedQuad(text, text); !status) return status.error();
    return IpFamily::kV4;
  }
  const std::size_t percent = text.find('%');
  if (percent != std::string_view::npos && percent + 1 == text.size()) {
    return AddressError(text, "zone must be a non-empty string");
  }
  if (const Status status = CheckGroups(text, text.substr(0, percent)); !status) return status.error();
  return IpFamily::kV6;
}

}  // namespace stalemark
