// SPDX-License-Identifier: Apache-2.0
#include "live/server/web_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "live/server/web_request.h"

namespace stalemark {
namespace {

using std::chrono::seconds;

constexpr std::size_t kConnectionsMax = 256;
/// A whole request, from its connection or its first byte on.
constexpr seconds kRequestMax{10};
constexpr seconds kIdleMax{60};
/// Without a byte taken by the client.
constexpr seconds kStalledMax{10};
constexpr seconds kStopPatience{2};
constexpr seconds kAcceptPause{1};
/// Of all answers together; one of any size is always sent.
constexpr std::size_t kUnsentBytesMax = std::size_t{128} << 20;

std::string LowerFirst(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

std::string ErrnoText(std::string_view operation) {
  return fmt::format("{}: {}", operation, LowerFirst(std::generic_category().message(errno)));
}

/// Listens at the first address that the host's name has. An error says what was refused.
Result<OwnedFd> ListenAt(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int looked_up = getaddrinfo(host.empty() ? "0.0.0.0" : host.c_str(), port.c_str(), &hints, &found);
  if (looked_up != 0) return Error{fmt::format("lookup {}: {}", host, LowerFirst(gai_strerror(looked_up)))};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  OwnedFd fd(socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return Error{ErrnoText("socket")};
  const int yes = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd.get(), found->ai_addr, found->ai_addrlen) != 0) return Error{ErrnoText("bind")};
  if (listen(fd.get(), SOMAXCONN) != 0) return Error{ErrnoText("listen")};
  return fd;
}

int PortOf(const OwnedFd& fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  // The port stands at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

}  // namespace

class WebServer::Listener final : public std::enable_shared_from_this<Listener> {
 public:
  Listener(EventLoop& loop, const Handler& handler, OwnedFd fd) : loop_(loop), handler_(handler), fd_(std::move(fd)) {}

  void Start() {
    watch_ = loop_.Watch(fd_.get(), EPOLLIN, [this](std::uint32_t) { Accept(); });
  }
  void Stop(std::function<void()> done);

 private:
  enum class Phase : std::uint8_t { kReading, kAnswering, kSending };
  struct Connection {
    OwnedFd fd;
    FdWatch watch;
    Timer deadline;
    Phase phase = Phase::kReading;
    std::string input;
    std::uint64_t body_bytes_left = 0;
    ConnectionUse use = ConnectionUse::kKeep;
    bool is_head_request = false;
    std::string head;
    std::string body;
    std::size_t sent = 0;
    MonotonicTime used_at{};
  };
  using Id = std::uint64_t;

  void Accept();
  void MakeRoom();
  void OnEvents(Id id, std::uint32_t events);
  void Read(Id id, Connection& connection);
  /// Acts on the request at the front of the input, if it is whole.
  void TakeRequest(Id id, Connection& connection);
  void Answer(Id id, ApiAnswer answer);
  void Send(Id id, Connection& connection);
  void EndAnswer(Id id, Connection& connection);
  void GiveTime(Id id, Connection& connection, Nanoseconds time);
  void Close(Id id);
  void TellIfStopped();

  EventLoop& loop_;
  const Handler& handler_;
  OwnedFd fd_;
  FdWatch watch_;
  Timer accept_pause_;
  Id last_id_ = 0;
  std::map<Id, Connection> connections_;
  std::size_t unsent_bytes_ = 0;
  bool stopping_ = false;
  std::function<void()> stopped_;
  Timer stop_timer_;
};

void WebServer::Listener::Accept() {
  for (;;) {
    OwnedFd fd(accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.get() < 0) {
      if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return;
      // No descriptors: the connection stays in the kernel's queue, and would be reported again and again.
      watch_.Reset();
      accept_pause_ = loop_.ArmAt(loop_.MonotonicNow() + kAcceptPause, [this] { Start(); });
      return;
    }
    if (connections_.size() >= kConnectionsMax) MakeRoom();
    const int yes = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const Id id = ++last_id_;
    Connection& connection = connections_[id];
    connection.fd = std::move(fd);
    connection.watch =
        loop_.Watch(connection.fd.get(), EPOLLIN, [this, id](std::uint32_t events) { OnEvents(id, events); });
    GiveTime(id, connection, kRequestMax);
  }
}

/// Those that wait for a request go first, the one that was used last at the end.
void WebServer::Listener::MakeRoom() {
  const auto oldest = std::min_element(connections_.begin(), connections_.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.phase, a.second.used_at) < std::pair(b.second.phase, b.second.used_at);
  });
  Close(oldest->first);
}

void WebServer::Listener::GiveTime(Id id, Connection& connection, Nanoseconds time) {
  connection.used_at = loop_.MonotonicNow();
  connection.deadline = loop_.ArmAt(connection.used_at + time, [this, id] { Close(id); });
}

void WebServer::Listener::OnEvents(Id id, std::uint32_t events) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return Close(id);
  if (connection.phase == Phase::kReading) return Read(id, connection);
  if (connection.phase == Phase::kSending) Send(id, connection);
}

void WebServer::Listener::Read(Id id, Connection& connection) {
  std::array<char, 16384> bytes;
  const ssize_t count = recv(connection.fd.get(), bytes.data(), bytes.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return Close(id);
  // The first byte of a request on a connection that was kept.
  if (connection.input.empty() && connection.body_bytes_left == 0) GiveTime(id, connection, kRequestMax);
  connection.input.append(bytes.data(), static_cast<std::size_t>(count));
  TakeRequest(id, connection);
}

void WebServer::Listener::TakeRequest(Id id, Connection& connection) {
  std::string& input = connection.input;
  const std::uint64_t skipped = std::min<std::uint64_t>(connection.body_bytes_left, input.size());
  input.erase(0, static_cast<std::size_t>(skipped));
  connection.body_bytes_left -= skipped;
  const std::size_t head_end = input.find("\r\n\r\n");
  WebRequest request;
  if (head_end != std::string::npos && head_end <= kRequestHeadBytesMax) {
    request = ReadWebRequest(std::string_view(input).substr(0, head_end));
    input.erase(0, head_end + 4);
  } else if (input.size() > kRequestHeadBytesMax) {
    request.refused = 431;
  } else {
    return;
  }
  connection.phase = Phase::kAnswering;
  connection.deadline.Reset();
  connection.watch.SetEvents(0);
  connection.is_head_request = request.asked.method == "HEAD";
  connection.use = stopping_ || request.refused != 0 ? ConnectionUse::kClose : request.use;
  connection.body_bytes_left = request.body_bytes;
  if (request.refused != 0) return Answer(id, TextAnswer(request.refused, "refused\n"));
  handler_(request.asked, [weak = weak_from_this(), id](ApiAnswer answer) {
    if (const std::shared_ptr<Listener> self = weak.lock()) self->Answer(id, std::move(answer));
  });
}

void WebServer::Listener::Answer(Id id, ApiAnswer answer) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.phase != Phase::kAnswering) return;
  Connection& connection = found->second;
  if (unsent_bytes_ > 0 && unsent_bytes_ + answer.body.size() > kUnsentBytesMax) {
    answer = TextAnswer(503, "Service Unavailable");
    connection.use = ConnectionUse::kClose;
  }
  connection.phase = Phase::kSending;
  connection.head = AnswerHead(answer, connection.use);
  if (!connection.is_head_request) connection.body = std::move(answer.body);
  connection.sent = 0;
  unsent_bytes_ += connection.body.size();
  GiveTime(id, connection, kStalledMax);
  Send(id, connection);
}

void WebServer::Listener::Send(Id id, Connection& connection) {
  const std::size_t all = connection.head.size() + connection.body.size();
  while (connection.sent < all) {
    const bool in_head = connection.sent < connection.head.size();
    const std::string& part = in_head ? connection.head : connection.body;
    const std::size_t from = in_head ? connection.sent : connection.sent - connection.head.size();
    const int more = in_head && !connection.body.empty() ? MSG_MORE : 0;
    const ssize_t count = send(connection.fd.get(), part.data() + from, part.size() - from, MSG_NOSIGNAL | more);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return connection.watch.SetEvents(EPOLLOUT);
    if (count <= 0) return Close(id);
    connection.sent += static_cast<std::size_t>(count);
    GiveTime(id, connection, kStalledMax);
  }
  EndAnswer(id, connection);
}

void WebServer::Listener::EndAnswer(Id id, Connection& connection) {
  if (connection.use == ConnectionUse::kClose || stopping_) {
    // A close with unread bytes would be a reset, which may overtake the answer.
    shutdown(connection.fd.get(), SHUT_WR);
    return Close(id);
  }
  unsent_bytes_ -= connection.body.size();
  connection.body = {};
  connection.phase = Phase::kReading;
  connection.watch.SetEvents(EPOLLIN);
  GiveTime(id, connection, kIdleMax);
  // What came with this request; not from here, where any number of them would be a recursion.
  if (!connection.input.empty()) {
    connection.deadline = loop_.ArmAt(loop_.MonotonicNow(), [this, id] {
      Connection& again = connections_.at(id);
      GiveTime(id, again, kRequestMax);
      TakeRequest(id, again);
    });
  }
}

void WebServer::Listener::Close(Id id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  unsent_bytes_ -= found->second.body.size();
  // The watch goes before its descriptor.
  found->second.watch.Reset();
  connections_.erase(found);
  TellIfStopped();
}

void WebServer::Listener::Stop(std::function<void()> done) {
  stopping_ = true;
  stopped_ = std::move(done);
  accept_pause_.Reset();
  watch_.Reset();
  fd_.Close();
  for (auto at = connections_.begin(); at != connections_.end();) {
    const Id id = at->first;
    const bool waits = at->second.phase == Phase::kReading;
    ++at;
    if (waits) Close(id);
  }
  if (stopped_ == nullptr) return;
  stop_timer_ = loop_.ArmAt(loop_.MonotonicNow() + kStopPatience, [this] {
    connections_.clear();
    TellIfStopped();
  });
  TellIfStopped();
}

void WebServer::Listener::TellIfStopped() {
  if (!stopped_ || !connections_.empty()) return;
  stop_timer_ = loop_.ArmAt(loop_.MonotonicNow(), std::exchange(stopped_, nullptr));
}

WebServer::WebServer(EventLoop& loop, Handler handler) : loop_(loop), handler_(std::move(handler)) {}
WebServer::~WebServer() = default;

Status WebServer::Listen(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  const std::string port_text = colon == std::string::npos ? "" : address.substr(colon + 1);
  const bool is_number =
      !port_text.empty() && port_text.size() <= 5 && port_text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number || std::stoi(port_text) > 65535) {
    return Error{fmt::format("found listen address \"{}\", expected HOST:PORT", address)};
  }
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  Result<OwnedFd> fd = ListenAt(host, port_text);
  if (!fd.ok()) return Error{fmt::format("cannot listen on {}: {}", address, fd.error().message)};
  port_ = PortOf(*fd);
  listener_ = std::make_shared<Listener>(loop_, handler_, std::move(*fd));
  address_ = fmt::format("{}:{}", address.substr(0, colon), port_);
  return {};
}

void WebServer::Start() {
  listener_->Start();
}

void WebServer::Stop(std::function<void()> done) {
  if (listener_ == nullptr) return done();
  listener_->Stop(std::move(done));
}

}  // namespace stalemark
