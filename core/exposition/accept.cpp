// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/accept.h"

#include <iterator>

#include <fmt/format.h>

namespace stalemark {

std::string AcceptHeader(const std::vector<ScrapeProtocol>& protocols, EscapingScheme escaping) {
  std::string out;
  int weight = static_cast<int>(kScrapeProtocols.size()) + 1;
  for (const ScrapeProtocol protocol : protocols) {
    out += ScrapeProtocolHeader(protocol);
    // Older versions of the text formats have no such parameter.
    if (protocol == ScrapeProtocol::kPrometheusText1_0_0 || protocol == ScrapeProtocol::kOpenMetricsText1_0_0) {
      fmt::format_to(std::back_inserter(out), ";escaping={}", EscapingSchemeName(escaping));
    }
    fmt::format_to(std::back_inserter(out), ";q=0.{},", weight--);
  }
  fmt::format_to(std::back_inserter(out), "*/*;q=0.{}", weight);
  return out;
}

}  // namespace stalemark
