// SPDX-License-Identifier: Apache-2.0
// CurlTransfer: one easy handle with what belongs to it. It carries one exchange at a time from request to outcome and
// is used again for the next: the handle keeps its buffers and settings.
//
// Begin sets the request; the owner then gives easy() to a CurlMulti. While libcurl works on it, the callbacks here
// pass head and body to the observer. An observer may destroy the exchange from within a call: Detach then makes the
// callbacks refuse, which ends the transfer. Single-threaded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "core/http/hop_client.h"
#include "core/model/result.h"
#include "core/seams/transport.h"
#include "live/http/name_lookup.h"
#include "live/http/proxy.h"
#include "live/http/response_head.h"

namespace stalemark {

struct CurlTransferOptions {
  long idle_timeout_s = 300;
  ProxyEnvironment proxy_environment{};
};

class CurlTransfer {
 public:
  /// `client` and `options` must outlive the transfer.
  CurlTransfer(const HopClient& client, const CurlTransferOptions& options);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  CURL* easy() const { return easy_; }
  /// The transfer that a handle belongs to; null: it is one of libcurl's own.
  static CurlTransfer* Of(CURL* easy);

  /// Requires: no exchange is under way. Errors: what upstream finds before it dials.
  Status Begin(const HopRequest& request, TransportObserver& observer);
  /// Whose connections it may use.
  const HopClient& client() const { return client_; }
  /// A hash of where it dials: the proxy or the request's address.
  std::size_t peer() const { return peer_; }
  /// The same once there is a response over HTTP/1, whose connection has nothing to say until it is used again.
  std::optional<std::size_t> http1_peer() const {
    return reader_.complete() && !reader_.is_http2() ? std::optional(peer_) : std::nullopt;
  }
  /// Points to this until the transfer is over or detached, then to nothing.
  void set_user(CurlTransfer** user) { user_ = user; }
  /// Nothing is told from now on.
  void Detach();
  TransportObserver* observer() const { return observer_; }
  /// How the exchange ended, from libcurl's result. Nothing: complete.
  std::optional<TransportError> Outcome(CURLcode result, const LookupFailure& lookup = {});
  /// The peer's or the proxy's name, when `result` is that it was looked up in vain; empty: it is none for a server.
  std::string UnknownName(CURLcode result) const;

 private:
  static std::size_t OnHeaderLine(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t OnBytes(char* bytes, std::size_t size, std::size_t count, void* self);
  static curl_socket_t OpenSocket(void* self, curlsocktype purpose, curl_sockaddr* address);

  /// URL, request target and proxy.
  Status SetAddress(const HopRequest& request);
  void SetMethod(const HopRequest& request);
  void SetHeaders(const HopRequest& request);
  void SetConnectHeaders();
  /// False: the transfer must end.
  bool TakeHeaderLine(std::string_view line);
  bool TakeBytes(std::string_view bytes);
  bool TakeLineThatIsNoHttp(std::string_view bytes);
  std::string LookedUpName(CURLcode result) const;
  std::string Address(CURLINFO ip, CURLINFO port) const;

  const HopClient& client_;
  const CurlTransferOptions& options_;
  CURL* const easy_;
  curl_slist* headers_ = nullptr;
  /// For the proxy, which is asked to connect.
  curl_slist* connect_headers_ = nullptr;
  curl_slist* connect_to_ = nullptr;
  char error_text_[CURL_ERROR_SIZE] = {};

  // Of the exchange under way.
  TransportObserver* observer_ = nullptr;
  CurlTransfer** user_ = nullptr;
  std::string host_;
  std::string target_;
  bool through_proxy_ = false;
  std::size_t peer_ = 0;
  ResponseHeadReader reader_;
  /// What came in the place of a status line.
  std::string no_http_;
  std::optional<TransportError> head_error_;
  /// The first address that was dialled, as upstream's error names it.
  std::string dialled_;
  /// Of the last socket that could not be made.
  int open_errno_ = 0;
};

}  // namespace stalemark
