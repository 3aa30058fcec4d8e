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

}  // namespace

Result<std::string> HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) {
    return Error{"hostname: " + std::generic_category().message(errno)};
  }
  return std::string(name.data());
}

Result<std::string> HostFqdn() {
  Result<std::string> host = HostName();
  if (!host.ok()) return host;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host->c_str(), nullptr, &hints, &found) != 0) return host;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    std::array<char, NI_MAXHOST> name{};
    if (getnameinfo(at->ai_addr, at->ai_addrlen, name.data(), name.size(), nullptr, 0, NI_NAMEREQD) == 0) {
      return AbsoluteName(name.data());
    }
  }
  return host;
}

}  // namespace stalemark
