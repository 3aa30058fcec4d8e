// SPDX-License-Identifier: Apache-2.0
#include "sim/exporters/negotiation.h"

#include <algorithm>
#include <map>
#include <vector>

#include "core/model/value.h"
#include "core/text/go_float.h"
#include "sim/scenario/exposed_series.h"

namespace stalemark::scenario {
namespace {

struct Clause {
  std::string_view media_type;
  double weight = 1;
  std::map<std::string_view, std::string_view> parameters;

  std::string_view Parameter(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string_view() : found->second;
  }
};

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Removes what stands before the separator, and the separator.
std::string_view TakeUntil(char separator, std::string_view* rest) {
  const std::size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view taken = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return taken;
}

/// The best first; equal ones in the header's order.
std::vector<Clause> Clauses(std::string_view accept) {
  std::vector<Clause> clauses;
  while (!accept.empty()) {
    std::string_view rest = Trimmed(TakeUntil(',', &accept));
    Clause clause;
    clause.media_type = Trimmed(TakeUntil(';', &rest));
    while (!rest.empty()) {
      std::string_view value = TakeUntil(';', &rest);
      const std::string_view name = Trimmed(TakeUntil('=', &value));
      if (name == "q") {
        const text::ParsedFloat weight = text::ParseGoFloat(value);
        clause.weight = weight.error == text::FloatError::kNone ? DoubleOf(weight.bits) : 0;
      } else if (!value.empty()) {
        clause.parameters[name] = Trimmed(value);
      }
    }
    clauses.push_back(std::move(clause));
  }
  std::stable_sort(clauses.begin(), clauses.end(),
                   [](const Clause& a, const Clause& b) { return a.weight > b.weight; });
  return clauses;
}

std::optional<ScrapeProtocol> ProtocolOf(const Clause& clause) {
  const std::string_view version = clause.Parameter("version");
  if (clause.media_type == ScrapeProtocolMediaType(ScrapeProtocol::kPrometheusProto)) {
    const bool is_known = clause.Parameter("proto") == "io.prometheus.client.MetricFamily";
    if (is_known && clause.Parameter("encoding") == "delimited") return ScrapeProtocol::kPrometheusProto;
  } else if (clause.media_type == "text/plain") {
    if (version.empty() || version == "0.0.4") return ScrapeProtocol::kPrometheusText0_0_4;
  } else if (clause.media_type == "application/openmetrics-text") {
    if (version == "1.0.0") return ScrapeProtocol::kOpenMetricsText1_0_0;
    if (version.empty() || version == "0.0.1") return ScrapeProtocol::kOpenMetricsText0_0_1;
  }
  return std::nullopt;
}

}  // namespace

NegotiatedFormat Negotiate(std::string_view accept) {
  NegotiatedFormat format;
  for (const Clause& clause : Clauses(accept)) {
    // Also of a clause whose format is not known: upstream takes the last one that it has seen.
    if (const auto escaping = EscapingSchemeFromName(clause.Parameter("escaping"))) format.escaping = *escaping;
    if (const auto protocol = ProtocolOf(clause)) {
      format.protocol = *protocol;
      break;
    }
  }
  return format;
}

std::string ContentTypeOf(const NegotiatedFormat& format) {
  return std::string(ContentTypeOf(format.protocol)) + "; escaping=" + std::string(EscapingSchemeName(format.escaping));
}

}  // namespace stalemark::scenario
