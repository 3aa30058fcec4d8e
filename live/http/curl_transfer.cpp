// SPDX-License-Identifier: Apache-2.0
#include "live/http/curl_transfer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <new>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "live/http/curl_client.h"
#include "live/http/transport_errors.h"

namespace stalemark {
namespace {

/// Bodies of some megabytes come in some tens of reads.
constexpr long kReceiveBuffer = 128 * 1024;
/// Dialling ends with the deadline of the exchange or the kernel's own, not with libcurl's.
constexpr long kConnectTimeout_s = 24 * 60 * 60;
/// net.Dialer's: fallback to the other address family, keep-alive probes.
constexpr long kHappyEyeballs_ms = 300;
constexpr long kKeepAlive_s = 15;
/// So much of what is no status line is looked at.
constexpr std::size_t kNoHttpBytesMax = 64 * 1024;

std::string Endpoint(std::string_view ip, int port) {
  const bool is_v6 = ip.find(':') != std::string_view::npos;
  return is_v6 ? fmt::format("[{}]:{}", ip, port) : fmt::format("{}:{}", ip, port);
}

std::string AddressText(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return Endpoint(text, ntohs(v4.sin_port));
  }
  if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return Endpoint(text, ntohs(v6.sin6_port));
  }
  return {};
}

/// The host of `host:port`, without brackets.
std::string_view HostOf(std::string_view address) {
  std::string_view host = address.substr(0, address.rfind(':'));
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return host;
}

/// In a URL the zone of an IPv6 address is written with an escaped percent sign.
std::string UrlAddress(std::string_view address) {
  std::string text;
  for (const char c : address) {
    text += c;
    if (c == '%') text += "25";
  }
  return text;
}

/// What libcurl has noted of the peer's own certificate: `DNS:a, IP Address:127.0.0.1`.
std::string CertificateNames(CURL* easy) {
  curl_certinfo* info = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || info == nullptr || info->num_of_certs < 1)
    return {};
  constexpr std::string_view kKey = "X509v3 Subject Alternative Name:";
  for (const curl_slist* line = info->certinfo[0]; line != nullptr; line = line->next) {
    const std::string_view text = line->data;
    if (text.substr(0, kKey.size()) == kKey) return std::string(text.substr(kKey.size()));
  }
  return {};
}

void AppendHeader(curl_slist** list, std::string_view name, std::string_view value) {
  // A header without a value is written with a semicolon; with a colon it would be left out.
  const std::string line = value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value);
  curl_slist* const longer = curl_slist_append(*list, line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  *list = longer;
}

}  // namespace

CurlTransfer::CurlTransfer(const HopClient& client, const CurlTransferOptions& options)
    : client_(client), options_(options), easy_(curl_easy_init()) {
  if (easy_ == nullptr) throw std::bad_alloc();
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_text_);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlTransfer::OnHeaderLine);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlTransfer::OnBytes);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::OpenSocket);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  // Or giving up on a name that is being resolved would wait for its resolver, and everything else with it.
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  // What does not begin with a status line comes as a body, which tells us the line for the error.
  curl_easy_setopt(easy_, CURLOPT_HTTP09_ALLOWED, 1L);
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, kReceiveBuffer);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT, kConnectTimeout_s);
  curl_easy_setopt(easy_, CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, kHappyEyeballs_ms);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPIDLE, kKeepAlive_s);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPINTVL, kKeepAlive_s);
  curl_easy_setopt(easy_, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(easy_, CURLOPT_MAXAGE_CONN, options.idle_timeout_s);
  curl_easy_setopt(easy_, CURLOPT_HEADEROPT, CURLHEADER_SEPARATE);
  // Not the environment's.
  curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");
  SetClientOptions(easy_, client);
}

CurlTransfer::~CurlTransfer() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
  curl_slist_free_all(connect_headers_);
  curl_slist_free_all(connect_to_);
}

CurlTransfer* CurlTransfer::Of(CURL* easy) {
  char* self = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return reinterpret_cast<CurlTransfer*>(self);
}

Status CurlTransfer::Begin(const HopRequest& request, TransportObserver& observer) {
  observer_ = &observer;
  host_ = HostOf(request.address);
  target_ = request.address;
  reader_.Reset();
  no_http_.clear();
  head_error_.reset();
  dialled_.clear();
  open_errno_ = 0;
  error_text_[0] = '\0';
  if (Status status = SetAddress(request); !status) return status;
  SetMethod(request);
  SetHeaders(request);
  return {};
}

void CurlTransfer::SetMethod(const HopRequest& request) {
  // Each of the first three undoes what another one has set.
  if (request.method == "GET") {
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
  } else if (request.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
  }
  const bool is_own_method = request.method == "GET" || request.method == "HEAD" || request.method == "POST";
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, is_own_method ? nullptr : request.method.c_str());
}

Status CurlTransfer::SetAddress(const HopRequest& request) {
  Result<std::optional<std::string>> proxy =
      ChooseProxy(client_.proxy, options_.proxy_environment, request.scheme, request.address);
  if (!proxy) return proxy.error();
  through_proxy_ = proxy->has_value();
  peer_ = std::hash<std::string>()(through_proxy_ ? **proxy : request.address);
  const bool tunnels = request.scheme == "https";
  if (through_proxy_) {
    // Go's socks5 leaves names to the proxy, as libcurl's socks5h does.
    std::string& url = **proxy;
    if (url.substr(0, 9) == "socks5://") url.replace(0, 6, "socks5h");
    curl_easy_setopt(easy_, CURLOPT_PROXY, url.c_str());
    if (tunnels) SetConnectHeaders();
  } else if (!(client_.proxy == ProxyConfig{})) {
    curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  }
  const std::string& server_name = client_.tls.server_name;
  std::string peer = UrlAddress(request.address);
  if (tunnels && !server_name.empty()) {
    // The name that is asked for and verified is the URL's; the connection goes to the address all the same.
    curl_slist_free_all(std::exchange(connect_to_, nullptr));
    connect_to_ = curl_slist_append(nullptr, ("::" + request.address).c_str());
    const std::string port = request.address.substr(request.address.rfind(':') + 1);
    peer =
        fmt::format("{}:{}", server_name.find(':') == std::string::npos ? server_name : "[" + server_name + "]", port);
  }
  curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, tunnels && !server_name.empty() ? connect_to_ : nullptr);
  curl_easy_setopt(easy_, CURLOPT_URL, fmt::format("{}://{}/", request.scheme, peer).c_str());
  // A proxy that is not asked to connect is told the whole URL.
  const bool is_absolute = through_proxy_ && !tunnels && (*proxy)->substr(0, 4) == "http";
  const std::string target = is_absolute ? fmt::format("http://{}{}", request.host, request.target) : request.target;
  curl_easy_setopt(easy_, CURLOPT_REQUEST_TARGET, target.c_str());
  return {};
}

void CurlTransfer::SetConnectHeaders() {
  curl_slist_free_all(std::exchange(connect_headers_, nullptr));
  for (const auto& [name, values] : client_.proxy.proxy_connect_header) {
    for (const std::string& value : values) AppendHeader(&connect_headers_, name, value);
  }
  // As http.Transport asks; libcurl would add a Proxy-Connection.
  if (client_.proxy.proxy_connect_header.count("User-Agent") == 0) {
    AppendHeader(&connect_headers_, "User-Agent", "Go-http-client/1.1");
  }
  connect_headers_ = curl_slist_append(connect_headers_, "Proxy-Connection:");
  curl_easy_setopt(easy_, CURLOPT_PROXYHEADER, connect_headers_);
}

void CurlTransfer::Detach() {
  observer_ = nullptr;
  if (user_ != nullptr) *std::exchange(user_, nullptr) = nullptr;
}

void CurlTransfer::SetHeaders(const HopRequest& request) {
  curl_slist_free_all(std::exchange(headers_, nullptr));
  AppendHeader(&headers_, "Host", request.host);
  // As http.Request writes them: the length after the user agent.
  const bool has_body = request.method != "GET" && request.method != "HEAD";
  const auto add_length = [&] { AppendHeader(&headers_, "Content-Length", fmt::format("{}", request.body.size())); };
  const bool begins_with_agent = !request.headers.empty() && request.headers[0].name == "User-Agent";
  if (has_body && !begins_with_agent) add_length();
  for (const HttpHeader& header : request.headers) {
    AppendHeader(&headers_, header.name, header.value);
    if (has_body && begins_with_agent && &header == &request.headers[0]) add_length();
  }
  // libcurl's own, which are not asked for.
  constexpr const char* kUnasked[] = {"Accept:", "User-Agent:", "Content-Type:", "Expect:", "Proxy-Connection:"};
  for (const char* const unasked : kUnasked) {
    const std::string_view name(unasked, std::strlen(unasked) - 1);
    const bool is_given = std::any_of(request.headers.begin(), request.headers.end(),
                                      [&](const HttpHeader& header) { return header.name == name; });
    if (!is_given) headers_ = curl_slist_append(headers_, unasked);
  }
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
}

std::size_t CurlTransfer::OnHeaderLine(char* bytes, std::size_t, std::size_t count, void* self) {
  return static_cast<CurlTransfer*>(self)->TakeHeaderLine({bytes, count}) ? count : CURL_WRITEFUNC_ERROR;
}

std::size_t CurlTransfer::OnBytes(char* bytes, std::size_t, std::size_t count, void* self) {
  return static_cast<CurlTransfer*>(self)->TakeBytes({bytes, count}) ? count : CURL_WRITEFUNC_ERROR;
}

curl_socket_t CurlTransfer::OpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  if (transfer->dialled_.empty()) transfer->dialled_ = AddressText(address->addr);
  const int opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  // libcurl forgets it.
  transfer->open_errno_ = opened < 0 ? errno : 0;
  return opened;
}

bool CurlTransfer::TakeHeaderLine(std::string_view line) {
  if (observer_ == nullptr) return false;
  // Trailers of a chunked body.
  if (reader_.complete()) return true;
  const Result<ResponseHeadReader::Progress> progress = reader_.Read(line);
  if (!progress) {
    head_error_ = BrokenConnection(progress.error().message);
    return false;
  }
  if (*progress == ResponseHeadReader::Progress::kComplete) observer_->OnHead(reader_.head());
  return observer_ != nullptr;
}

bool CurlTransfer::TakeBytes(std::string_view bytes) {
  if (observer_ == nullptr) return false;
  if (!reader_.complete()) return TakeLineThatIsNoHttp(bytes);
  observer_->OnBody(bytes);
  return observer_ != nullptr;
}

bool CurlTransfer::TakeLineThatIsNoHttp(std::string_view bytes) {
  no_http_ += bytes;
  const std::size_t line_end = no_http_.find('\n');
  if (line_end == std::string::npos && no_http_.size() < kNoHttpBytesMax) return true;
  const Result<ResponseHeadReader::Progress> progress = reader_.Read(no_http_.substr(0, line_end));
  head_error_ = BrokenConnection(progress ? "malformed HTTP response" : progress.error().message);
  return false;
}

std::string CurlTransfer::Address(CURLINFO ip, CURLINFO port) const {
  char* text = nullptr;
  long number = 0;
  curl_easy_getinfo(easy_, ip, &text);
  curl_easy_getinfo(easy_, port, &number);
  if (text == nullptr || *text == '\0') return {};
  return Endpoint(text, static_cast<int>(number));
}

std::string CurlTransfer::LookedUpName(CURLcode result) const {
  // It ends libcurl's text.
  const std::string_view detail = error_text_;
  return std::string(result == CURLE_COULDNT_RESOLVE_PROXY ? detail.substr(detail.rfind(' ') + 1) : host_);
}

std::string CurlTransfer::UnknownName(CURLcode result) const {
  if (result != CURLE_COULDNT_RESOLVE_HOST && result != CURLE_COULDNT_RESOLVE_PROXY) return {};
  std::string name = LookedUpName(result);
  return IsDomainName(name) ? name : std::string();
}

std::optional<TransportError> CurlTransfer::Outcome(CURLcode result, const LookupFailure& lookup) {
  if (head_error_) return head_error_;
  if (result == CURLE_OK && reader_.complete()) return std::nullopt;
  if (!no_http_.empty()) {
    const Result<ResponseHeadReader::Progress> progress = reader_.Read(no_http_);
    return BrokenConnection(progress ? "unexpected EOF" : progress.error().message);
  }
  TransferFailure failure;
  // libcurl is content with a head that breaks off.
  failure.code = result == CURLE_OK ? CURLE_GOT_NOTHING : result;
  long os_errno = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_errno);
  failure.os_errno = static_cast<int>(os_errno);
  failure.open_errno = open_errno_;
  curl_easy_getinfo(easy_, CURLINFO_SSL_VERIFYRESULT, &failure.verify_result);
  curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &failure.connect_status);
  curl_easy_getinfo(easy_, CURLINFO_PROXY_ERROR, &failure.proxy_code);
  failure.target = target_;
  failure.detail = error_text_;
  const std::string name = LookedUpName(result);
  failure.host = name;
  failure.name_server = lookup.server;
  failure.lookup_cause = lookup.cause;
  failure.server_name = client_.tls.server_name.empty() ? host_ : client_.tls.server_name;
  failure.through_proxy = through_proxy_;
  const std::string names = result == CURLE_PEER_FAILED_VERIFICATION ? CertificateNames(easy_) : std::string();
  failure.certificate_names = names;
  const std::string connected = Address(CURLINFO_PRIMARY_IP, CURLINFO_PRIMARY_PORT);
  const std::string local = Address(CURLINFO_LOCAL_IP, CURLINFO_LOCAL_PORT);
  failure.remote = dialled_.empty() ? connected : dialled_;
  failure.local = local;
  failure.in_body = reader_.complete();
  failure.in_head = reader_.begun();
  return DescribeFailure(failure);
}

}  // namespace stalemark
