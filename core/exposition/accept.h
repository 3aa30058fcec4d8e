// SPDX-License-Identifier: Apache-2.0
// The Accept header of a scrape. Mirrors acceptHeader of scrape/scrape.go.
#pragma once

#include <string>
#include <vector>

#include "core/model/protocols.h"

namespace stalemark {

/// The header's value for scrape_protocols in configured order (HTTP-03).
std::string AcceptHeader(const std::vector<ScrapeProtocol>& protocols, EscapingScheme escaping);

}  // namespace stalemark
