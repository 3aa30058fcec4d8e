// SPDX-License-Identifier: Apache-2.0
// The host's name as the scrape offsets are seeded with it (MGR-13). Mirrors GetFQDN of util/osutil/hostname.go.
#pragma once

#include <string>

#include "core/model/result.h"

namespace stalemark {

/// The name to which an address of the host's name resolves back, else that name. May wait for a name server. An error:
/// the host has no name.
Result<std::string> HostFqdn();
/// The host's name alone.
Result<std::string> HostName();

}  // namespace stalemark
