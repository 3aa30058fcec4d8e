// SPDX-License-Identifier: Apache-2.0
#include "cli/record/config_redaction.h"

#include <boost/test/unit_test.hpp>

#include "core/config/config.h"

namespace stalemark::cli {
namespace {

std::string Redacted(std::string_view text) {
  const auto redactor = std::move(Redactor::Make({true, {}, [] { return std::string("t"); }})).value();
  return RedactConfig(text, *redactor).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_redaction)

BOOST_AUTO_TEST_CASE(values_give_way_and_the_rest_stays) {
  BOOST_TEST(Redacted(R"(global: {scrape_interval: 1s}  # the key is hunter2
# hunter2
scrape_configs:
- job_name: "a # b"
  basic_auth: {username: me, password: hunter2}
  params: {token: [x, "y"], module: [z]}
  http_headers:
    Cookie: {values: [c=1]}
    X-Other: {values: [plain], secrets: ['s']}
  tls_config: {key: PEM, ca_file: ca.pem}
  static_configs:
  - {targets: ['h:1'], labels: {__param_api_key: k, url: 'http://u:pw@h/'}}
)") == R"(global: {scrape_interval: 1s}  

scrape_configs:
- job_name: "a # b"
  basic_auth: {username: me, password: 'redacted-secret-0001-t'}
  params: {token: ['redacted-secret-0002-t', 'redacted-secret-0003-t'], module: [z]}
  http_headers:
    Cookie: {values: ['redacted-secret-0004-t']}
    X-Other: {values: [plain], secrets: ['redacted-secret-0005-t']}
  tls_config: {key: 'redacted-secret-0006-t', ca_file: ca.pem}
  static_configs:
  - {targets: ['h:1'], labels: {__param_api_key: 'redacted-secret-0007-t', url: 'http://u:redacted-secret-0008-t@h/'}}
)");
}

BOOST_AUTO_TEST_CASE(blocks_of_text_and_relabelling) {
  const std::string text = Redacted(R"(scrape_configs:
- job_name: a
  tls_config:
    key: |
      -----BEGIN KEY-----
      abc
      -----END KEY-----
    cert_file: c
  relabel_configs:
  - {target_label: __param_token, replacement: tok}
  - {target_label: x, replacement: y}
)");
  BOOST_TEST(text.find("abc") == std::string::npos);
  BOOST_TEST(text.find("tok}") == std::string::npos);
  BOOST_TEST(text.find("replacement: y") != std::string::npos);
  BOOST_TEST(LoadConfig(text, {}).ok());
}

BOOST_AUTO_TEST_CASE(a_value_that_stands_elsewhere_before) {
  const std::string text =
      Redacted("scrape_configs:\n- job_name: tok3n-77\n  authorization: {credentials: tok3n-77}\n");
  BOOST_TEST(text.find("tok3n-77") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_yaml_comes_back_as_it_is) {
  BOOST_TEST(Redacted("a: [") == "a: [");
  BOOST_TEST(Redacted("") == "");
}

BOOST_AUTO_TEST_CASE(variables_that_external_labels_name) {
  const std::map<std::string, std::string> environment = {{"REPLICA", "r"}, {"ZONE", "z"}, {"OTHER", "o"}};
  const std::map<std::string, std::string> used = UsedEnvironment(
      "global: {external_labels: {a: 'x-${REPLICA}', b: $ZONE}}\nscrape_configs: [{job_name: $OTHER}]\n", environment);
  BOOST_TEST(used.size() == 2);
  BOOST_TEST(used.count("OTHER") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::cli
