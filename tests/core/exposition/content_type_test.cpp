// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/content_type.h"

#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/exposition/accept.h"
#include "core/text/fnv.h"

namespace stalemark {
namespace {

BOOST_AUTO_TEST_CASE(CT_01_06_media_types_without_regard_to_parameters_or_what_was_asked_for) {
  BOOST_TEST((ChooseFormat("text/plain", "").format == ExpositionFormat::kText));
  BOOST_TEST((ChooseFormat(" TEXT/Plain ; version=9", "").format == ExpositionFormat::kText));
  BOOST_TEST(
      (ChooseFormat("application/openmetrics-text; version=1.0.0", "").format == ExpositionFormat::kOpenMetrics));
  BOOST_TEST((ChooseFormat("application/vnd.google.protobuf", "").format == ExpositionFormat::kProtobuf));
  BOOST_TEST(ChooseFormat("text/plain", "application/openmetrics-text").message.empty());
  // The fallback decides nothing where the type is known.
  BOOST_TEST((ChooseFormat("text/plain", "application/openmetrics-text").format == ExpositionFormat::kText));
}

BOOST_AUTO_TEST_CASE(CT_01_04_parameters) {
  struct Row {
    const char* name;
    const char* parameters;
    bool parsed;
  };
  const Row rows[] = {
      {"escaping", "; version=1.0.0; charset=utf-8; escaping=allow-utf-8", true},
      {"unknown escaping", ";escaping=nonsense", true},
      {"quoted charset", ";charset=\"utf-8\"", true},
      {"other version", ";version=99", true},
      {"encoded continuation", ";a*0*=utf-8''%zz;a*1=b", true},
      {"blank around equals", "; version = 1", true},
      {"two escapings", ";escaping=dots;escaping=values", false},
      {"one escaping twice", ";escaping=dots;Escaping=dots", true},
      {"empty escaping", ";escaping=", false},
      {"open quote", ";charset=\"utf-8", false},
      {"comma", ",application/json", false},
      {"newline in quotes", ";a=\"b\nc\"", false},
  };
  for (const Row& row : rows) {
    for (const char* type : {"text/plain", "application/openmetrics-text", "application/vnd.google.protobuf"}) {
      BOOST_TEST_CONTEXT(type << " " << row.name) {
        BOOST_TEST(ChooseFormat(std::string(type) + row.parameters, "").format.has_value() == row.parsed);
      }
    }
  }
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

/// Hashes the header of every selection of protocols, in every order, that starts with `chosen`.
std::uint64_t HashHeaders(std::vector<ScrapeProtocol>& chosen, EscapingScheme escaping, std::size_t* count,
                          std::uint64_t hash) {
  hash = text::Fnv1a64(AcceptHeader(chosen, escaping) + "\n", hash);
  ++*count;
  for (const ScrapeProtocol protocol : kScrapeProtocols) {
    if (std::find(chosen.begin(), chosen.end(), protocol) != chosen.end()) continue;
    chosen.push_back(protocol);
    hash = HashHeaders(chosen, escaping, count, hash);
    chosen.pop_back();
  }
  return hash;
}

BOOST_AUTO_TEST_CASE(HTTP_03_06_accept_header_of_every_selection) {
  std::uint64_t hash = text::kFnv1a64Start;
  std::size_t count = 0;
  std::vector<ScrapeProtocol> chosen;
  for (const EscapingScheme escaping :
       {EscapingScheme::kAllowUtf8, EscapingScheme::kUnderscores, EscapingScheme::kDots, EscapingScheme::kValues}) {
    hash = HashHeaders(chosen, escaping, &count, hash);
  }
  BOOST_TEST(count == 1304u);
  BOOST_TEST(hash == 0xe63cb5ce3ca56e97u);  // as acceptHeader of 3.14.0 writes them
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
  const std::vector<ScrapeProtocol> proto_first(kProtoFirstScrapeProtocols.begin(), kProtoFirstScrapeProtocols.end());
  BOOST_TEST(AcceptHeader(proto_first, EscapingScheme::kDots) ==
             "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
             "application/openmetrics-text;version=1.0.0;escaping=dots;q=0.5,"
             "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=dots;q=0.3,"
             "text/plain;version=0.0.4;q=0.2,*/*;q=0.1");
}

}  // namespace
}  // namespace stalemark
