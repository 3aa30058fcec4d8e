// SPDX-License-Identifier: Apache-2.0
#include "tests/live/http/scripted_server.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <string_view>

#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace stalemark::testing {

class ScriptedServer::Connection {
 public:
  Connection(ScriptedServer& server, OwnedFd fd) : server_(server), fd_(std::move(fd)) {
    watch_ = server_.loop_.Watch(fd_.get(), EPOLLIN, [this](std::uint32_t events) { OnEvents(events); });
  }

 private:
  void OnEvents(std::uint32_t events) {
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) return server_.Drop(this);
    if ((events & EPOLLIN) != 0 && !Read()) return;
    if ((events & EPOLLOUT) != 0) Continue();
  }

  /// False: gone.
  bool Read() {
    char bytes[16'384];
    const ssize_t count = recv(fd_.get(), bytes, sizeof bytes, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) {
      server_.Drop(this);
      return false;
    }
    if (count > 0) received_.append(bytes, static_cast<std::size_t>(count));
    return ReadRequests();
  }

  bool ReadRequests() {
    if (playing_ || received_.empty()) return true;
    if (server_.takes_any_bytes_) {
      server_.requests_.push_back(std::exchange(received_, {}));
      return Play(server_.NextScript());
    }
    const std::size_t end = received_.find("\r\n\r\n");
    if (end == std::string::npos) return true;
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const std::size_t length = std::min(received_.find(kLength), end);
    const std::size_t body = length < end ? std::stoul(received_.substr(length + kLength.size())) : 0;
    if (received_.size() < end + 4 + body) return true;
    server_.requests_.push_back(received_.substr(0, end + 4 + body));
    received_.erase(0, end + 4 + body);
    return Play(server_.NextScript());
  }

  bool Play(ServerScript script) {
    script_ = std::move(script);
    step_ = 0;
    sent_of_step_ = 0;
    playing_ = !script_.empty();
    return Continue();
  }

  bool Continue() {
    while (playing_ && step_ < script_.size()) {
      const ServerStep& step = script_[step_];
      switch (step.what) {
        case ServerStep::Do::kSend:
          if (!SendAll(step)) return Broken();
          if (sent_of_step_ < step.bytes.size() * step.times) return true;
          break;
        case ServerStep::Do::kPause:
          timer_ = server_.loop_.ArmAt(server_.loop_.MonotonicNow() + step.pause, [this] { Continue(); });
          ++step_;
          return true;
        case ServerStep::Do::kWait:
          waits_ = true;
          ++step_;
          return true;
        case ServerStep::Do::kReset: {
          const linger at_once{1, 0};
          setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
          server_.Drop(this);
          return false;
        }
        case ServerStep::Do::kClose:
          server_.Drop(this);
          return false;
        case ServerStep::Do::kHold:
          watch_.SetEvents(0);
          return true;
      }
      ++step_;
      sent_of_step_ = 0;
    }
    playing_ = false;
    watch_.SetEvents(EPOLLIN);
    return ReadRequests();
  }

  bool Broken() {
    server_.Drop(this);
    return false;
  }

  /// Sends what fits. False: the connection is broken.
  bool SendAll(const ServerStep& step) {
    const std::uint64_t total = step.bytes.size() * step.times;
    // Short scripts that are repeated often go out in larger pieces.
    std::string many;
    const std::size_t size = step.bytes.size();
    if (step.times > 1) {
      const std::uint64_t copies = std::min<std::uint64_t>(step.times, std::max<std::uint64_t>(65'536 / size, 1));
      for (std::uint64_t i = 0; i < copies; ++i) many += step.bytes;
    }
    const std::string& bytes = step.times > 1 ? many : step.bytes;
    while (sent_of_step_ < total) {
      const std::size_t from = static_cast<std::size_t>(sent_of_step_ % size);
      const std::uint64_t count = std::min<std::uint64_t>(bytes.size() - from, total - sent_of_step_);
      const ssize_t sent = send(fd_.get(), bytes.data() + from, static_cast<std::size_t>(count), MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) {
        watch_.SetEvents(EPOLLIN | EPOLLOUT);
        return true;
      }
      if (sent < 0) return false;
      sent_of_step_ += static_cast<std::uint64_t>(sent);
      server_.bytes_sent_ += static_cast<std::uint64_t>(sent);
    }
    return true;
  }

  ScriptedServer& server_;
  OwnedFd fd_;
  FdWatch watch_;
  Timer timer_;
  std::string received_;
  ServerScript script_;
  std::size_t step_ = 0;
  std::uint64_t sent_of_step_ = 0;
  bool playing_ = false;
  bool waits_ = false;

  friend class ScriptedServer;
};

ScriptedServer::ScriptedServer(EventLoop& loop) : loop_(loop) {
  listener_ = OwnedFd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int bound = bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  assert(bound == 0);
  const int listening = listen(listener_.get(), 1024);
  assert(listening == 0);
  (void)bound, (void)listening;
  watch_ = loop_.Watch(listener_.get(), EPOLLIN, [this](std::uint32_t) { Accept(); });
}

ScriptedServer::~ScriptedServer() = default;

std::string ScriptedServer::address() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
}

void ScriptedServer::PlayEach(std::vector<ServerScript> scripts) {
  scripts_ = std::move(scripts);
  next_script_ = 0;
}

void ScriptedServer::GoOn() {
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (std::exchange(open_[i]->waits_, false)) open_[i]->Continue();
  }
}

bool ScriptedServer::has_delivered() const {
  return std::all_of(open_.begin(), open_.end(), [](const auto& open) {
    int unacknowledged = 0;
    return ioctl(open->fd_.get(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0;
  });
}

void ScriptedServer::Stop() {
  watch_.Reset();
  listener_.Close();
  open_.clear();
}

void ScriptedServer::Accept() {
  dropped_.clear();
  for (;;) {
    OwnedFd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.get() < 0) return;
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections_;
    open_.push_back(std::make_unique<Connection>(*this, std::move(fd)));
    open_.back()->Play(on_connect_);
  }
}

const ServerScript& ScriptedServer::NextScript() {
  assert(!scripts_.empty());
  const ServerScript& script = scripts_[std::min(next_script_, scripts_.size() - 1)];
  ++next_script_;
  return script;
}

void ScriptedServer::Drop(Connection* connection) {
  const auto at = std::find_if(open_.begin(), open_.end(), [&](const auto& open) { return open.get() == connection; });
  if (at == open_.end()) return;
  // It may be running: closed now, freed later.
  connection->timer_.Reset();
  connection->watch_.Reset();
  connection->fd_.Close();
  dropped_.push_back(std::move(*at));
  open_.erase(at);
}

}  // namespace stalemark::testing
