// SPDX-License-Identifier: Apache-2.0
#include "live/http/curl_client.h"

#include <string_view>

namespace stalemark {
namespace {

struct TlsVersion {
  std::string_view name;
  long at_least;
  long at_most;
};

constexpr TlsVersion kTlsVersions[] = {
    {"TLS10", CURL_SSLVERSION_TLSv1_0, CURL_SSLVERSION_MAX_TLSv1_0},
    {"TLS11", CURL_SSLVERSION_TLSv1_1, CURL_SSLVERSION_MAX_TLSv1_1},
    {"TLS12", CURL_SSLVERSION_TLSv1_2, CURL_SSLVERSION_MAX_TLSv1_2},
    {"TLS13", CURL_SSLVERSION_TLSv1_3, CURL_SSLVERSION_MAX_TLSv1_3},
};

const TlsVersion& VersionNamed(std::string_view name, std::string_view otherwise) {
  for (const TlsVersion& version : kTlsVersions) {
    if (version.name == name) return version;
  }
  return VersionNamed(otherwise, otherwise);
}

void SetBlob(CURL* easy, CURLoption option, const std::string& pem) {
  if (pem.empty()) return;
  // libcurl's struct has no const; it copies.
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, &blob);
}

}  // namespace

void SetClientOptions(CURL* easy, const HopClient& client) {
  const TlsConfig& tls = client.tls;
  const TlsVersion& lowest = VersionNamed(tls.min_version, "TLS12");
  const long versions = lowest.at_least | VersionNamed(tls.max_version, "TLS13").at_most;
  const long verify = tls.insecure_skip_verify ? 0L : 1L;
  const long verify_host = tls.insecure_skip_verify ? 0L : 2L;
  // The proxy's TLS, too, is that of the client.
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, versions);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, versions);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, verify);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify_host);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, verify_host);
  SetBlob(easy, CURLOPT_CAINFO_BLOB, tls.ca);
  SetBlob(easy, CURLOPT_PROXY_CAINFO_BLOB, tls.ca);
  SetBlob(easy, CURLOPT_SSLCERT_BLOB, tls.cert);
  SetBlob(easy, CURLOPT_PROXY_SSLCERT_BLOB, tls.cert);
  SetBlob(easy, CURLOPT_SSLKEY_BLOB, tls.key);
  SetBlob(easy, CURLOPT_PROXY_SSLKEY_BLOB, tls.key);
  // OpenSSL refuses the ciphers of the old versions unless told otherwise.
  const bool is_old = lowest.at_least == CURL_SSLVERSION_TLSv1_0 || lowest.at_least == CURL_SSLVERSION_TLSv1_1;
  if (is_old) curl_easy_setopt(easy, CURLOPT_SSL_CIPHER_LIST, "DEFAULT@SECLEVEL=0");
  // The names of a certificate, for the error when it is another one's.
  curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, client.enable_http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
}

}  // namespace stalemark
