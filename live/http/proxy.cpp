// SPDX-License-Identifier: Apache-2.0
#include "live/http/proxy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace stalemark {
namespace {

std::string FromEnvironment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

/// 16 bytes; IPv4 as ::ffff:a.b.c.d, as Go's net.IP has it.
using IpAddress = std::array<std::uint8_t, 16>;
constexpr std::size_t kV4Start = 12;

std::optional<IpAddress> ParseIp(const std::string& text) {
  IpAddress ip{};
  if (inet_pton(AF_INET, text.c_str(), ip.data() + kV4Start) == 1) {
    ip[10] = ip[11] = 0xff;
    return ip;
  }
  if (inet_pton(AF_INET6, text.c_str(), ip.data()) == 1) return ip;
  return std::nullopt;
}

bool IsV4(const IpAddress& ip) {
  return ip[10] == 0xff && ip[11] == 0xff &&
         std::all_of(ip.begin(), ip.begin() + 10, [](auto byte) { return byte == 0; });
}

bool IsLoopback(const IpAddress& ip) {
  if (IsV4(ip)) return ip[kV4Start] == 127;
  return ip[15] == 1 && std::all_of(ip.begin(), ip.begin() + 15, [](auto byte) { return byte == 0; });
}

/// Whether `ip` lies in `text`, ADDRESS/BITS. Nothing: it is no such range.
std::optional<bool> InRange(const std::string& text, const std::optional<IpAddress>& ip) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const std::optional<IpAddress> start = ParseIp(text.substr(0, slash));
  unsigned bits = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + slash + 1, end, bits);
  if (!start || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  const bool is_v4 = IsV4(*start);
  if (bits > (is_v4 ? 32U : 128U)) return std::nullopt;
  if (!ip || IsV4(*ip) != is_v4) return false;
  const std::size_t whole = bits / 8, first = is_v4 ? kV4Start : 0;
  if (!std::equal(start->begin() + first, start->begin() + first + whole, ip->begin() + first)) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
  return ((*start)[first + whole] & mask) == ((*ip)[first + whole] & mask);
}

struct HostPort {
  std::string host;
  std::string port;
};

/// net.SplitHostPort; nothing when there is no port.
std::optional<HostPort> SplitHostPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (!host.empty() && host.front() == '[') {
    if (host.back() != ']') return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  return HostPort{std::string(host), std::string(text.substr(colon + 1))};
}

std::string TrimmedLower(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  std::string lower(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

struct Destination {
  std::string host;
  std::string port;
  std::optional<IpAddress> ip;
};

/// Whether one entry of a no_proxy list names the destination.
bool Matches(const std::string& entry, const Destination& to) {
  if (const std::optional<bool> in_range = InRange(entry, to.ip)) return *in_range;
  const std::optional<HostPort> split = SplitHostPort(entry);
  std::string host = split ? split->host : entry;
  const std::string port = split ? split->port : std::string();
  if (host.empty() || (!port.empty() && port != to.port)) return false;
  if (const std::optional<IpAddress> ip = ParseIp(host)) return to.ip == ip;
  if (to.ip) return false;
  if (host.substr(0, 2) == "*.") host.erase(0, 1);
  if (host[0] == '.') return EndsWith(to.host, host);
  return to.host == host || EndsWith(to.host, "." + host);
}

std::string WithScheme(const std::string& proxy) {
  return proxy.empty() || proxy.find("://") != std::string::npos ? proxy : "http://" + proxy;
}

}  // namespace

ProxyEnvironment ProxyEnvironment::OfProcess() {
  return {FromEnvironment({"HTTP_PROXY", "http_proxy"}), FromEnvironment({"HTTPS_PROXY", "https_proxy"}),
          FromEnvironment({"NO_PROXY", "no_proxy"}), !FromEnvironment({"REQUEST_METHOD"}).empty()};
}

bool UsesProxy(std::string_view no_proxy, std::string_view address) {
  const std::optional<HostPort> split = SplitHostPort(address);
  if (!split || split->host == "localhost") return false;
  const Destination to{TrimmedLower(split->host), split->port, ParseIp(split->host)};
  if (to.ip && IsLoopback(*to.ip)) return false;
  while (!no_proxy.empty()) {
    const std::size_t comma = std::min(no_proxy.find(','), no_proxy.size());
    const std::string entry = TrimmedLower(no_proxy.substr(0, comma));
    no_proxy.remove_prefix(std::min(comma + 1, no_proxy.size()));
    if (entry == "*" || (!entry.empty() && Matches(entry, to))) return false;
  }
  return true;
}

Result<std::optional<std::string>> ChooseProxy(const ProxyConfig& config, const ProxyEnvironment& environment,
                                               std::string_view scheme, std::string_view address) {
  const std::optional<std::string> none;
  if (config.proxy_from_environment) {
    const std::string& proxy = scheme == "https" ? environment.https_proxy : environment.http_proxy;
    if (proxy.empty()) return none;
    if (scheme == "http" && environment.is_cgi) {
      return Error{"refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy"};
    }
    return UsesProxy(environment.no_proxy, address) ? std::optional(WithScheme(proxy)) : none;
  }
  if (!config.proxy_url || config.proxy_url->empty()) return none;
  if (config.no_proxy.empty() || UsesProxy(config.no_proxy, address)) return std::optional(*config.proxy_url);
  return none;
}

}  // namespace stalemark
