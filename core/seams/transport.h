// SPDX-License-Identifier: Apache-2.0
// Transport: one hop of HTTP. One request, then a head and body bytes, then the end or a typed error, each at its time.
// Redirects, Referer, credentials, the deadline, gzip and the body limit are core/http/'s: a transport decodes nothing
// but the transfer coding and follows nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stalemark {

struct HttpHeader {
  std::string name;
  std::string value;
  friend bool operator==(const HttpHeader& a, const HttpHeader& b) { return a.name == b.name && a.value == b.value; }
};

/// How a connection is made where its client says so: TLS, proxy, HTTP/2 (core/http/hop_client.h). To this seam a name.
struct HopClient;

/// One request.
struct HopRequest {
  std::string method = "GET";
  /// Lower case: `http` or `https`.
  std::string scheme;
  /// host:port to connect to, the scheme's default port filled in.
  std::string address;
  /// Host header: as in the URL, without an empty port.
  std::string host;
  /// Request target in origin form: path and query.
  std::string target;
  /// All headers but Host and Content-Length, in the order they are sent.
  std::vector<HttpHeader> headers;
  /// Null: nothing is said. A simulated network makes no connection and ignores it.
  std::shared_ptr<const HopClient> client{};
  /// Sent with its length in Content-Length, also when it is empty, unless the method is GET. Outlives the exchange.
  std::string_view body{};
};

struct ResponseHead {
  int status = 0;
  /// Code and reason phrase as on the status line: `404 Not Found`.
  std::string status_text;
  std::vector<HttpHeader> headers;
  /// Declared length; absent when the body is chunked or ends with the connection.
  std::optional<std::uint64_t> content_length;
};

enum class TransportErrorKind : std::uint8_t {
  kResolve,          ///< the host name has no address
  kRefused,          ///< connection refused
  kDialTimeout,      ///< the transport gave up connecting
  kTls,              ///< the TLS handshake failed
  kResetBeforeHead,  ///< the connection ended before a head
  kTruncated,        ///< the connection ended inside the body: upstream's `unexpected EOF`
  kProtocol,         ///< the peer does not speak HTTP
};

struct TransportError {
  TransportErrorKind kind;
  /// Cause in upstream's words: `dial tcp 127.0.0.1:9: connect: connection refused`, `EOF`.
  std::string message;
};

/// Told what happens to one exchange, on the engine's thread, never inside Start. Order: OnHead at most once, OnBody
/// any number of times, OnEnd exactly once unless cancelled.
class TransportObserver {
 public:
  virtual ~TransportObserver() = default;
  virtual void OnHead(const ResponseHead& head) = 0;
  /// Body bytes in order; valid during the call only.
  virtual void OnBody(std::string_view bytes) = 0;
  /// The exchange is over: complete, or with an error.
  virtual void OnEnd(const std::optional<TransportError>& error) = 0;
};

/// An exchange under way. Destroying it cancels: nothing is told afterwards.
class Exchange {
 public:
  virtual ~Exchange() = default;
};

class Transport {
 public:
  virtual ~Transport() = default;
  /// The observer must outlive the exchange. An observer may destroy the exchange from within a call.
  [[nodiscard]] virtual std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) = 0;
};

}  // namespace stalemark
