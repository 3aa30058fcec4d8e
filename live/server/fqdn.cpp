// SPDX-License-Identifier: Apache-2.0
#include "live/server/fqdn.h"

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace stalemark {
namespace {

/// Names with a dot end with one, as Go's resolver returns them.
std::string AbsoluteName(std::string name) {
  if (name.find('.') != std::string::npos && name.back() != '.') name += '.';
  return name;
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

/// Null: there are none.
Addresses LookUp(const std::string& name, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) found = nullptr;
  return {found, &freeaddrinfo};
}

std::string TextOf(const addrinfo& address, int flags) {
  std::array<char, NI_MAXHOST> text{};
  const int failed = getnameinfo(address.ai_addr, address.ai_addrlen, text.data(), text.size(), nullptr, 0, flags);
  return failed != 0 ? std::string() : std::string(text.data());
}

std::vector<std::string> AddressesOf(const std::string& name) {
  std::vector<std::string> texts;
  const Addresses addresses = LookUp(name, 0);
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    texts.push_back(TextOf(*at, NI_NUMERICHOST));
  }
  return texts;
}

std::optional<std::string> NameOfAddress(const std::string& address) {
  const Addresses addresses = LookUp(address, AI_NUMERICHOST);
  if (addresses == nullptr) return std::nullopt;
  std::string name = TextOf(*addresses, NI_NAMEREQD);
  if (name.empty()) return std::nullopt;
  return name;
}

}  // namespace

Result<std::string> HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) {
    return Error{"hostname: " + std::generic_category().message(errno)};
  }
  return std::string(name.data());
}

std::string FqdnOf(const std::string& host, const HostLookup& lookup) {
  for (const std::string& address : lookup.addresses(host)) {
    if (const std::optional<std::string> name = lookup.name(address)) return AbsoluteName(*name);
  }
  return host;
}

Result<std::string> HostFqdn() {
  Result<std::string> host = HostName();
  if (!host.ok()) return host;
  return FqdnOf(*host, {AddressesOf, NameOfAddress});
}

}  // namespace stalemark
