// SPDX-License-Identifier: Apache-2.0
#include "live/http/transport_errors.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <optional>
#include <system_error>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include "core/http/reason_phrase.h"

namespace stalemark {
namespace {

/// The texts of Go's syscall package are glibc's, which begin with a capital.
std::string LowerFirst(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

/// net.DNSError, in net.OpError.
std::string LookupText(const TransferFailure& failure) {
  const std::string_view server = failure.name_server;
  if (server.empty()) return fmt::format("dial tcp: lookup {}: no such host", failure.host);
  const bool is_v6 = server.find(':') != std::string_view::npos;
  return fmt::format("dial tcp: lookup {} on {}{}{}:53: {}", failure.host, is_v6 ? "[" : "", server, is_v6 ? "]" : "",
                     failure.lookup_cause);
}

struct Text {
  std::string_view part_of_detail;
  std::string_view message;
};

/// By what OpenSSL says; `alert` is what the peer sent.
constexpr Text kHandshakeTexts[] = {
    {"wrong version number", "tls: first record does not look like a TLS handshake"},
    {"alert protocol version", "remote error: tls: protocol version not supported"},
    {"alert handshake failure", "remote error: tls: handshake failure"},
    {"alert certificate required", "remote error: tls: certificate required"},
    {"alert bad certificate", "remote error: tls: bad certificate"},
    {"alert certificate expired", "remote error: tls: expired certificate"},
    {"alert certificate revoked", "remote error: tls: revoked certificate"},
    {"alert unknown ca", "remote error: tls: unknown certificate authority"},
    {"alert unknown certificate", "remote error: tls: unknown certificate"},
    {"alert certificate unknown", "remote error: tls: unknown certificate"},
    {"alert access denied", "remote error: tls: access denied"},
    {"alert internal error", "remote error: tls: internal error"},
    {"alert decrypt error", "remote error: tls: error decrypting message"},
    {"unrecognized name", "remote error: tls: unrecognized name"},
    {"alert no application protocol", "remote error: tls: no application protocol"},
    {"unsupported protocol", "tls: server selected unsupported protocol version"},
    {"unexpected eof while reading", "EOF"},
    {"SSL_ERROR_SYSCALL", "EOF"},
    {"key values mismatch", "tls: private key does not match public key"},
};

constexpr Text kProtocolTexts[] = {
    {"Illegal or missing hexadecimal sequence", "invalid byte in chunk length"},
    {"Malformed encoding found", "malformed chunked encoding"},
    {"Bad content-encoding found", "malformed chunked encoding"},
    {"Too long hexadecimal number", "http chunk length too large"},
    {"Header without colon", "malformed MIME header: missing colon"},
    {"Nul byte in header", "malformed MIME header line"},
    {"Invalid Content-Length", "bad Content-Length"},
};

template <std::size_t kCount>
std::optional<std::string> Find(const Text (&texts)[kCount], std::string_view detail) {
  for (const Text& text : texts) {
    if (detail.find(text.part_of_detail) != std::string_view::npos) return std::string(text.message);
  }
  return std::nullopt;
}

/// The names of one kind, `DNS:` or `IP Address:`, joined by commas.
std::string NamesOf(std::string_view names, std::string_view kind) {
  std::string joined;
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t end = std::min(names.find(", ", at), names.size());
    const std::string_view name = names.substr(at, end - at);
    if (name.substr(0, kind.size()) == kind) {
      if (!joined.empty()) joined += ", ";
      joined += name.substr(kind.size());
    }
    at = end + 2;
  }
  return joined;
}

/// x509.HostnameError.
std::string WrongNameText(const TransferFailure& failure) {
  const std::string name(failure.server_name);
  in6_addr ignored{};
  const bool is_ip =
      inet_pton(AF_INET, name.c_str(), &ignored) == 1 || inet_pton(AF_INET6, name.c_str(), &ignored) == 1;
  const std::string names = NamesOf(failure.certificate_names, is_ip ? "IP Address:" : "DNS:");
  if (!names.empty()) return fmt::format("certificate is valid for {}, not {}", names, name);
  if (is_ip) return fmt::format("cannot validate certificate for {} because it doesn't contain any IP SANs", name);
  return fmt::format("certificate is not valid for any names, but wanted to match {}", name);
}

std::string CertificateText(const TransferFailure& failure) {
  // Numbers of x509_vfy.h.
  constexpr long kUnspecified = 1, kNotYetValid = 9, kExpired = 10, kInvalidPurpose = 26, kHostnameMismatch = 62,
                 kAddressMismatch = 64;
  constexpr std::string_view kPrefix = "tls: failed to verify certificate: x509: ";
  switch (failure.verify_result) {
    case kNotYetValid:
    case kExpired:
      return fmt::format("{}certificate has expired or is not yet valid", kPrefix);
    case kInvalidPurpose:
      return fmt::format("{}certificate specifies an incompatible key usage", kPrefix);
    case 0:
    case kUnspecified:  // its chain is good, or libcurl would have said why not: it is libcurl that compares the name
    case kHostnameMismatch:
    case kAddressMismatch:
      return fmt::format("{}{}", kPrefix, WrongNameText(failure));
    default:
      return fmt::format("{}certificate signed by unknown authority", kPrefix);
  }
}

/// `read tcp LOCAL->REMOTE: read: connection reset by peer`, when that is what libcurl's text tells.
std::optional<std::string> SocketText(const TransferFailure& failure) {
  const struct {
    std::string_view prefix;
    std::string_view operation;
  } rows[] = {{"Recv failure: ", "read"}, {"Send failure: ", "write"}, {"OpenSSL SSL_connect: ", "read"}};
  for (const auto& row : rows) {
    if (failure.local.empty() || failure.detail.substr(0, row.prefix.size()) != row.prefix) continue;
    std::string_view cause = failure.detail.substr(row.prefix.size());
    cause = cause.substr(0, cause.find(" in connection to "));
    if (cause.find("SSL_ERROR") != std::string_view::npos || cause.find("error:") != std::string_view::npos) continue;
    return fmt::format("{} tcp {}->{}: {}: {}", row.operation, failure.local, failure.remote, row.operation,
                       LowerFirst(std::string(cause)));
  }
  return std::nullopt;
}

TransportErrorKind KindOfConnectError(int os_errno) {
  return os_errno == ETIMEDOUT || os_errno == 0 ? TransportErrorKind::kDialTimeout : TransportErrorKind::kRefused;
}

std::string DialText(const TransferFailure& failure) {
  std::string cause = "i/o timeout";
  if (failure.open_errno != 0) {
    cause = "socket: " + LowerFirst(std::generic_category().message(failure.open_errno));
  } else if (failure.os_errno != 0) {
    cause = "connect: " + LowerFirst(std::generic_category().message(failure.os_errno));
  }
  return fmt::format("{}dial tcp {}: {}", failure.through_proxy ? "proxyconnect tcp: " : "", failure.remote, cause);
}

/// Begins what libcurl says of one.
constexpr std::string_view kHttp2Stream = "HTTP/2 stream ";

bool IsOfHttp2Stream(const TransferFailure& failure) {
  return failure.detail.substr(0, kHttp2Stream.size()) == kHttp2Stream;
}

/// The connection ended or broke while a response was expected or came.
TransportError DescribeEnd(const TransferFailure& failure) {
  const TransportErrorKind kind =
      failure.in_body ? TransportErrorKind::kTruncated : TransportErrorKind::kResetBeforeHead;
  if (const std::optional<std::string> text = SocketText(failure)) return {kind, *text};
  if (failure.in_body) return {kind, "unexpected EOF"};
  if (IsOfHttp2Stream(failure)) return {kind, "unexpected EOF"};
  if (failure.in_head) return {kind, BrokenConnection("unexpected EOF").message};
  return {kind, "EOF"};
}

TransportError DescribeHandshake(const TransferFailure& failure) {
  if (const std::optional<std::string> text = SocketText(failure)) return {TransportErrorKind::kTls, *text};
  const std::optional<std::string> known = Find(kHandshakeTexts, failure.detail);
  return {TransportErrorKind::kTls, known ? *known : fmt::format("tls: {}", failure.detail)};
}

/// libcurl's limits of a head: 300 KiB in all, 100 KiB for a line, which it calls a lack of memory.
std::optional<std::string> HeadLimitText(const TransferFailure& failure) {
  constexpr std::string_view kTooLarge = "Too large response headers: ";
  const bool is_line = failure.code == CURLE_OUT_OF_MEMORY;
  if (!is_line && failure.detail.substr(0, kTooLarge.size()) != kTooLarge) return std::nullopt;
  const std::string_view limit = is_line ? "102400" : failure.detail.substr(failure.detail.rfind(' ') + 1);
  return fmt::format("net/http: server response headers exceeded {} bytes; aborted", limit);
}

TransportError DescribeProtocol(const TransferFailure& failure) {
  const std::optional<std::string> known = Find(kProtocolTexts, failure.detail);
  // A body's error comes as it is.
  if (failure.in_body) return {TransportErrorKind::kProtocol, known ? *known : std::string(failure.detail)};
  if (known) return BrokenConnection(*known);
  if (const std::optional<std::string> limit = HeadLimitText(failure)) return BrokenConnection(*limit);
  // What its header parser calls a bad argument: a line that is folded and has nothing before it.
  if (failure.code == CURLE_BAD_FUNCTION_ARGUMENT) return BrokenConnection("malformed MIME header initial line");
  return BrokenConnection("malformed HTTP response");
}

/// What the socks package of net/http says when a SOCKS proxy refuses.
TransportError DescribeSocks(const TransferFailure& failure) {
  constexpr struct {
    long code;
    std::string_view text;
  } kTexts[] = {
      {CURLPX_REPLY_GENERAL_SERVER_FAILURE, "unknown error general SOCKS server failure"},
      {CURLPX_REPLY_NOT_ALLOWED, "unknown error connection not allowed by ruleset"},
      {CURLPX_REPLY_NETWORK_UNREACHABLE, "unknown error network unreachable"},
      {CURLPX_REPLY_HOST_UNREACHABLE, "unknown error host unreachable"},
      {CURLPX_REPLY_CONNECTION_REFUSED, "unknown error connection refused"},
      {CURLPX_REPLY_TTL_EXPIRED, "unknown error TTL expired"},
      {CURLPX_REPLY_COMMAND_NOT_SUPPORTED, "unknown error command not supported"},
      {CURLPX_REPLY_ADDRESS_TYPE_NOT_SUPPORTED, "unknown error address type not supported"},
      {CURLPX_NO_AUTH, "no acceptable authentication methods"},
      {CURLPX_USER_REJECTED, "username/password authentication failed"},
      {CURLPX_BAD_VERSION, "unexpected protocol version"},
      {CURLPX_BAD_ADDRESS_TYPE, "unknown address type"},
      {CURLPX_CLOSED, "EOF"},
      {CURLPX_RECV_CONNECT, "EOF"},
      {CURLPX_RECV_REQACK, "EOF"},
      {CURLPX_RECV_AUTH, "EOF"},
  };
  const auto known = std::find_if(std::begin(kTexts), std::end(kTexts),
                                  [&](const auto& row) { return row.code == failure.proxy_code; });
  std::string cause(known == std::end(kTexts) ? failure.detail : known->text);
  if (const std::optional<std::string> broken = SocketText(failure)) {
    cause = *broken;
  } else if (failure.proxy_code == CURLPX_REPLY_UNASSIGNED) {
    // `... to target. (9)`
    const std::string_view code = failure.detail.substr(failure.detail.rfind('(') + 1);
    cause = fmt::format("unknown error unknown code: {}", code.substr(0, code.find(')')));
  }
  return {TransportErrorKind::kRefused,
          fmt::format("socks connect tcp {}->{}: {}", failure.remote, failure.target, cause)};
}

/// `HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1)` in the words of x/net/http2.
TransportError DescribeHttp2(const TransferFailure& failure) {
  constexpr std::string_view kUnclean = " was not closed cleanly: ", kClean = " was closed cleanly, but before";
  if (const std::optional<std::string> broken = SocketText(failure)) {
    return {failure.in_body ? TransportErrorKind::kTruncated : TransportErrorKind::kResetBeforeHead, *broken};
  }
  const std::size_t unclean = failure.detail.find(kUnclean), clean = failure.detail.find(kClean);
  const std::size_t stream_end = std::min(unclean, clean);
  if (!IsOfHttp2Stream(failure) || stream_end == std::string_view::npos) {
    const std::string_view detail = failure.detail.empty() ? curl_easy_strerror(failure.code) : failure.detail;
    return {TransportErrorKind::kProtocol, fmt::format("http2: {}", detail)};
  }
  std::string code = "NO_ERROR";
  if (unclean != std::string_view::npos) {
    const std::string_view text = failure.detail.substr(unclean + kUnclean.size());
    code = text.substr(0, text.find(' '));
    unsigned number = 0;
    const std::size_t digits = text.find("(err ");
    if (code == "unknown" && digits != std::string_view::npos) {
      std::from_chars(text.data() + digits + 5, text.data() + text.size(), number);
      code = fmt::format("unknown error code {:#x}", number);
    }
  }
  return {TransportErrorKind::kProtocol,
          fmt::format("stream error: stream ID {}; {}; received from peer",
                      failure.detail.substr(kHttp2Stream.size(), stream_end - kHttp2Stream.size()), code)};
}

}  // namespace

TransportError BrokenConnection(std::string_view cause) {
  return {TransportErrorKind::kProtocol, fmt::format("net/http: HTTP/1.x transport connection broken: {}", cause)};
}

TransportError DescribeFailure(const TransferFailure& failure) {
  if (failure.connect_status != 0 && failure.connect_status / 100 != 2) {
    const std::string_view reason = ReasonPhrase(static_cast<int>(failure.connect_status));
    return {TransportErrorKind::kRefused, reason.empty() ? "unknown status code" : std::string(reason)};
  }
  switch (failure.code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_COULDNT_RESOLVE_HOST:
      return {TransportErrorKind::kResolve, LookupText(failure)};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {TransportErrorKind::kResolve, "proxyconnect tcp: " + LookupText(failure)};
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
      return {KindOfConnectError(failure.open_errno != 0 ? failure.open_errno : failure.os_errno), DialText(failure)};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {TransportErrorKind::kTls, CertificateText(failure)};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
      return DescribeHandshake(failure);
    case CURLE_PROXY:
      return DescribeSocks(failure);
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return DescribeHttp2(failure);
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return DescribeEnd(failure);
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      if (Find(kProtocolTexts, failure.detail) || HeadLimitText(failure)) return DescribeProtocol(failure);
      // In TLS 1.3 a refused client certificate is read after the handshake.
      if (Find(kHandshakeTexts, failure.detail)) return DescribeHandshake(failure);
      return DescribeEnd(failure);
    default:
      return DescribeProtocol(failure);
  }
}

}  // namespace stalemark
