// SPDX-License-Identifier: Apache-2.0
// Scrape protocols and name escaping schemes: the enums and their words in prometheus.yml and in the Accept header.
// Mirrors ScrapeProtocol and ScrapeProtocolsHeaders of config/config.go, and EscapingScheme of common/model.
//
// Pure constants; views point to static text. Parsing a word that names nothing gives an empty optional, and the caller
// has the error text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stalemark {

/// In the order of the Accept header's default (HTTP-04), Prometheus's protobuf first.
enum class ScrapeProtocol : std::uint8_t {
  kPrometheusProto,
  kOpenMetricsText1_0_0,
  kOpenMetricsText0_0_1,
  kPrometheusText1_0_0,
  kPrometheusText0_0_4,
};

inline constexpr std::array<ScrapeProtocol, 5> kScrapeProtocols = {
    ScrapeProtocol::kPrometheusProto,     ScrapeProtocol::kOpenMetricsText1_0_0, ScrapeProtocol::kOpenMetricsText0_0_1,
    ScrapeProtocol::kPrometheusText1_0_0, ScrapeProtocol::kPrometheusText0_0_4,
};

/// scrape_protocols of the default global configuration.
inline constexpr std::array<ScrapeProtocol, 4> kDefaultScrapeProtocols = {
    ScrapeProtocol::kOpenMetricsText1_0_0,
    ScrapeProtocol::kOpenMetricsText0_0_1,
    ScrapeProtocol::kPrometheusText1_0_0,
    ScrapeProtocol::kPrometheusText0_0_4,
};

/// scrape_protocols of the default global configuration where native histograms are scraped.
inline constexpr std::array<ScrapeProtocol, 5> kProtoFirstScrapeProtocols = kScrapeProtocols;

/// The word of prometheus.yml: `PrometheusText0.0.4`, ...
constexpr std::string_view ScrapeProtocolName(ScrapeProtocol protocol) {
  switch (protocol) {
    case ScrapeProtocol::kPrometheusProto:
      return "PrometheusProto";
    case ScrapeProtocol::kOpenMetricsText1_0_0:
      return "OpenMetricsText1.0.0";
    case ScrapeProtocol::kOpenMetricsText0_0_1:
      return "OpenMetricsText0.0.1";
    case ScrapeProtocol::kPrometheusText1_0_0:
      return "PrometheusText1.0.0";
    case ScrapeProtocol::kPrometheusText0_0_4:
      break;
  }
  return "PrometheusText0.0.4";
}

/// Media type and parameters in the Accept header: `text/plain;version=0.0.4`, ...
constexpr std::string_view ScrapeProtocolHeader(ScrapeProtocol protocol) {
  switch (protocol) {
    case ScrapeProtocol::kPrometheusProto:
      return "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
    case ScrapeProtocol::kOpenMetricsText1_0_0:
      return "application/openmetrics-text;version=1.0.0";
    case ScrapeProtocol::kOpenMetricsText0_0_1:
      return "application/openmetrics-text;version=0.0.1";
    case ScrapeProtocol::kPrometheusText1_0_0:
      return "text/plain;version=1.0.0";
    case ScrapeProtocol::kPrometheusText0_0_4:
      break;
  }
  return "text/plain;version=0.0.4";
}

/// The media type alone, which a fallback_scrape_protocol stands for: `text/plain`, ...
constexpr std::string_view ScrapeProtocolMediaType(ScrapeProtocol protocol) {
  const std::string_view header = ScrapeProtocolHeader(protocol);
  return header.substr(0, header.find(';'));
}

constexpr std::optional<ScrapeProtocol> ScrapeProtocolFromName(std::string_view name) {
  for (std::size_t i = 0; i < kScrapeProtocols.size(); ++i) {
    if (ScrapeProtocolName(kScrapeProtocols[i]) == name) return kScrapeProtocols[i];
  }
  return std::nullopt;
}

/// How names outside the legacy alphabet are asked for (HTTP-06). Sent only, never applied.
enum class EscapingScheme : std::uint8_t { kAllowUtf8, kUnderscores, kDots, kValues };

/// The word of prometheus.yml and of the Accept header: `allow-utf-8`, ...
constexpr std::string_view EscapingSchemeName(EscapingScheme scheme) {
  switch (scheme) {
    case EscapingScheme::kUnderscores:
      return "underscores";
    case EscapingScheme::kDots:
      return "dots";
    case EscapingScheme::kValues:
      return "values";
    case EscapingScheme::kAllowUtf8:
      break;
  }
  return "allow-utf-8";
}

constexpr std::optional<EscapingScheme> EscapingSchemeFromName(std::string_view name) {
  for (const EscapingScheme scheme :
       {EscapingScheme::kAllowUtf8, EscapingScheme::kUnderscores, EscapingScheme::kDots, EscapingScheme::kValues}) {
    if (EscapingSchemeName(scheme) == name) return scheme;
  }
  return std::nullopt;
}

}  // namespace stalemark
