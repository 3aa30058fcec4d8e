// SPDX-License-Identifier: Apache-2.0
// A TLS server on loopback with certificates made on the spot, for the tests of TLS, HTTP/2 and CONNECT. It answers
// each request with `m 1\n`, each connection on a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace stalemark::testing {

/// A certificate and its key as PEM texts.
struct Certificate {
  std::string cert;
  std::string key;
};

struct CertificateOptions {
  std::string common_name = "test";
  /// As OpenSSL writes them: `DNS:example.com, IP:127.0.0.1`; empty: none.
  std::string names{};
  /// Null: signs itself, as an authority.
  const Certificate* issuer = nullptr;
  /// From now on; negative: expired.
  long valid_for_s = 3600;
};

Certificate MakeCertificate(const CertificateOptions& options);

struct TlsServerOptions {
  Certificate certificate;
  /// Clients must show a certificate of this authority; empty: need none.
  std::string client_authority{};
  /// OpenSSL's numbers; 0: any.
  int min_version = 0;
  int max_version = 0;
  /// Negotiates HTTP/2 with who offers it.
  bool http2 = false;
  /// Said after each response over HTTP/1, in a record of its own.
  std::string unasked{};
  /// Frames that answer the first request over HTTP/2, stream 1, in the place of a response.
  std::optional<std::string> http2_frames{};
  /// Whether the server ends the connection then.
  bool http2_ends = false;
};

/// What a connection was asked for.
struct TlsRequest {
  std::string server_name;
  std::string client_name;
  std::string protocol;
  /// Head of the request; of an HTTP/2 request only `h2`.
  std::string head;
};

/// One of HTTP/2.
std::string Http2Frame(int type, int flags, std::uint32_t stream, const std::string& payload);

class TlsServer {
 public:
  explicit TlsServer(const TlsServerOptions& options);
  ~TlsServer();

  /// `127.0.0.1:PORT`.
  const std::string& address() const { return address_; }
  std::vector<TlsRequest> requests() const;
  int connections() const { return connections_; }
  /// How often `unasked` has come to the other end's kernel.
  int unasked_delivered() const { return unasked_delivered_; }

 private:
  struct Context;

  void Serve();
  void ServeConnection(int fd);
  void Note(TlsRequest request);

  std::unique_ptr<Context> context_;
  const std::string unasked_;
  const std::optional<std::string> http2_frames_;
  const bool http2_ends_;
  int listener_ = -1;
  std::string address_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::atomic<int> unasked_delivered_ = 0;
  mutable std::mutex mutex_;
  std::vector<TlsRequest> requests_;
  std::vector<int> open_fds_;
  std::vector<std::thread> connection_threads_;
  std::thread thread_;
};

}  // namespace stalemark::testing
