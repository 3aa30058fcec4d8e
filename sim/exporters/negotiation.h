// SPDX-License-Identifier: Apache-2.0
// Which format an exporter chooses by the request's Accept header. Mirrors NegotiateIncludingOpenMetrics of
// prometheus/common/expfmt, which client_golang's handler asks when OpenMetrics is enabled: text 1.0.0 is not known,
// and without anything known it is text 0.0.4. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "core/model/protocols.h"

namespace stalemark::scenario {

struct NegotiatedFormat {
  ScrapeProtocol protocol = ScrapeProtocol::kPrometheusText0_0_4;
  /// How names outside the legacy alphabet are written.
  EscapingScheme escaping = EscapingScheme::kUnderscores;
};

NegotiatedFormat Negotiate(std::string_view accept);
/// The Content-Type of the answer: with the escaping scheme.
std::string ContentTypeOf(const NegotiatedFormat& format);

}  // namespace stalemark::scenario
