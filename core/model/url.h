// SPDX-License-Identifier: Apache-2.0
// Url: a parsed URL reference, with the behaviour of Go 1.26's net/url, because upstream's texts (target URLs, error
// messages, redirects) are what that package makes of them. Mirrors net/url's URL, Parse, String, RequestURI and
// ResolveReference, and the host rules of net/http's NewRequest.
//
// A Url is a value. Its parts are stored decoded (user, host, path, fragment) or as they appear in the text (opaque,
// raw_query); raw_path and raw_fragment keep the original escaping where it differs from the default one. Errors are
// worded as Go words them: `parse "http://h:x/": invalid port ":x" after host`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"

namespace stalemark {

struct Url {
  struct User {
    std::string name;
    /// Absent: no colon in the text. Present and empty: `user:@host`.
    std::optional<std::string> password;
  };

  std::string scheme;
  /// What follows `scheme:` when that does not start with a slash (`mailto:x`); the parts below are empty then.
  std::string opaque;
  std::optional<User> user;
  /// `host` or `host:port`, IPv6 in brackets.
  std::string host;
  std::string path;
  std::string raw_path;
  /// Without the question mark.
  std::string raw_query;
  std::string fragment;
  std::string raw_fragment;
  /// The text ends with a lone `?`.
  bool force_query = false;
  /// The text has a scheme and a rooted path but no `//`.
  bool omit_host = false;

  /// url.Parse: absolute and relative references.
  static Result<Url> Parse(std::string_view text);
  /// url.ResolveReference: `reference` seen from `base`, by RFC 3986 section 5.2.
  static Url Resolve(const Url& base, const Url& reference);
  /// Parses `reference`, then resolves it: what becomes of a Location header.
  static Result<Url> Resolve(const Url& base, std::string_view reference);

  std::string String() const;
  /// String with `***` in place of a password, as http.Client shows URLs in its errors.
  std::string StringWithoutPassword() const;
  /// Request target in origin form: path and query, at least `/`.
  std::string RequestTarget() const;
  std::string EscapedPath() const;
  std::string EscapedFragment() const;
  /// Host without port and brackets.
  std::string Hostname() const;
  /// Numeric port, or empty.
  std::string Port() const;
};

/// url.Values: the values of each key of a query.
using QueryValues = std::map<std::string, std::vector<std::string>>;
/// url.Values.Encode: keys sorted, values in order, both escaped for a form (a blank is `+`).
std::string EncodeQuery(const QueryValues& values);

/// The URL of a request, as http.NewRequest makes it: Parse, then an empty port is removed (`h:` becomes `h`). Its host
/// is the Host header, its RequestTarget the request target.
Result<Url> ParseRequestUrl(std::string_view text);

}  // namespace stalemark
