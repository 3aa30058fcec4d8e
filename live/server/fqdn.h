// SPDX-License-Identifier: Apache-2.0
// The host's name as the scrape offsets are seeded with it (MGR-13). Mirrors GetFQDN of util/osutil/hostname.go.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/model/result.h"

namespace stalemark {

/// The name to which an address of the host's name resolves back, else that name. May wait for a name server. An error:
/// the host has no name.
Result<std::string> HostFqdn();
/// The host's name alone.
Result<std::string> HostName();

/// How names and addresses are looked up, as texts.
struct HostLookup {
  /// Empty: the name has none.
  std::function<std::vector<std::string>(const std::string& name)> addresses;
  /// The first name; absent: none.
  std::function<std::optional<std::string>(const std::string& address)> name;
};
/// HostFqdn of a host of that name.
std::string FqdnOf(const std::string& host, const HostLookup& lookup);

}  // namespace stalemark
