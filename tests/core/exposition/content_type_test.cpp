// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/content_type.h"

#include <boost/test/unit_test.hpp>

#include "core/exposition/accept.h"

namespace stalemark {
namespace {

BOOST_AUTO_TEST_CASE(CT_01_media_types_without_regard_to_parameters) {
  BOOST_TEST((ChooseFormat("text/plain", "").format == ExpositionFormat::kText));
  BOOST_TEST((ChooseFormat(" TEXT/Plain ; version=9", "").format == ExpositionFormat::kText));
  BOOST_TEST(
      (ChooseFormat("application/openmetrics-text; version=1.0.0", "").format == ExpositionFormat::kOpenMetrics));
  BOOST_TEST((ChooseFormat("application/vnd.google.protobuf", "").format == ExpositionFormat::kProtobuf));
  BOOST_TEST(ChooseFormat("text/plain", "application/openmetrics-text").message.empty());
}

BOOST_AUTO_TEST_CASE(CT_02_without_fallback_the_scrape_fails) {
  const std::pair<const char*, const char*> cases[] = {
      {"",
       "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target"},
      {"text/",
       "cannot parse Content-Type \"text/\" and no fallback_scrape_protocol for target\n"
       "mime: expected token after slash"},
      {"text/html",
       "received unsupported Content-Type \"text/html\" and no fallback_scrape_protocol specified for target"},
  };
  for (const auto& [content_type, message] : cases) {
    const FormatChoice choice = ChooseFormat(content_type, "");
    BOOST_TEST(!choice.format.has_value());
    BOOST_TEST(choice.message == message);
  }
}

BOOST_AUTO_TEST_CASE(CT_03_with_fallback_there_is_a_message_only) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "non-compliant scrape target sending blank Content-Type, using fallback_scrape_protocol \"text/plain\""},
      {";",
       "could not parse received Content-Type \";\", using fallback_scrape_protocol \"text/plain\"\n"
       "mime: no media type"},
      {"a/b", "received unsupported Content-Type \"a/b\", using fallback_scrape_protocol \"text/plain\""},
  };
  for (const auto& [content_type, message] : cases) {
    const FormatChoice choice = ChooseFormat(content_type, "text/plain");
    BOOST_TEST((choice.format == ExpositionFormat::kText));
    BOOST_TEST(choice.message == message);
  }
}

BOOST_AUTO_TEST_CASE(CT_04_mime_faults) {
  const std::pair<const char*, const char*> cases[] = {
      {"text /plain", "mime: expected slash after first token"},
      {"text/plain, text/html", "mime: unexpected content after media subtype"},
      {"text/plain;;", "mime: invalid media parameter"},
      {"text/plain;version=", "mime: invalid media parameter"},
      {"text/plain;a=\"b", "mime: invalid media parameter"},
      {"text/plain;a=1;A=2", "mime: duplicate parameter name"},
      {"text/plain;a=1;a=1", ""},
      {"text/plain;a=\"x\\\"y\"; ", ""},
      {"text/plain;", ""},
      {"text", ""},
  };
  for (const auto& [header, fault] : cases) {
    const Result<std::string> media_type = ParseMediaType(header);
    BOOST_TEST_CONTEXT(header) {
      BOOST_TEST((media_type.ok() ? "" : media_type.error().message) == fault);
    }
  }
}

BOOST_AUTO_TEST_CASE(HTTP_04_05_06_accept_header) {
  const std::vector<ScrapeProtocol> defaults(kDefaultScrapeProtocols.begin(), kDefaultScrapeProtocols.end());
  BOOST_TEST(AcceptHeader(defaults, EscapingScheme::kAllowUtf8) ==
             "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
             "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
             "text/plain;version=0.0.4;q=0.3,*/*;q=0.2");
  BOOST_TEST(AcceptHeader({ScrapeProtocol::kPrometheusProto, ScrapeProtocol::kPrometheusText1_0_0},
                          EscapingScheme::kUnderscores) ==
             "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
             "text/plain;version=1.0.0;escaping=underscores;q=0.5,*/*;q=0.4");
}

}  // namespace
}  // namespace stalemark
