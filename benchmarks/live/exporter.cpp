// SPDX-License-Identifier: Apache-2.0
// Many exporters in one process, made to cost little: bodies are made before the first request, and their values hang
// on the ordinal of a target's request only. compare.py starts it, one for each server under measurement.
//
//   stalemark_bench_exporter TARGETS SERIES INTERVAL_MS identity|gzip
//
// Prints one line: the ports, the first of which is for control. GET there answers how each target was scraped, one
// line each: `requests missed largest_gap_ms`. A tick is missed when the next request is an interval and a half late.
// POST is answered 204: a receiver for what only sends.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

namespace {

using Clock = std::chrono::steady_clock;

/// Bodies that are played in turn: counters are seen to be reset after so many scrapes.
constexpr std::size_t kVariants = 64;
constexpr std::size_t kPatternBytesMax = std::size_t{256} << 20;

/// Lines of 166 bytes, as in scrape_bench.cpp: every fourth value is an integer, all differ from scrape to scrape.
std::string PlainBody(std::size_t series, std::size_t variant) {
  std::string text;
  for (std::size_t i = 0; i < series; ++i) {
    text += fmt::format(
        "http_request_duration_seconds_total{{method=\"GET\",handler=\"/api/v1/resource/{:05}\",code=\"200\","
        "region=\"eu-central-1\",instance_group=\"frontend-canary\",shard=\"{:02}\"}} {}\n",
        i, i % 64,
        i % 4 == 0 ? fmt::format("{}", i * 7 + variant) : fmt::format("{}.{:03}", i * 31 + variant * 3, i % 997));
  }
  return text;
}

/// As client_golang does it: the default level.
std::string Gzipped(const std::string& plain) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("deflate");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string Response(const std::string& body, const char* encoding) {
  return fmt::format(
             "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n{}Content-Length: "
             "{}\r\n\r\n",
             encoding, body.size()) +
         body;
}

/// How one target was scraped.
struct Target {
  std::uint64_t requests = 0;
  std::uint64_t missed = 0;
  std::int64_t largest_gap_ms = 0;
  Clock::time_point last{};
};

struct Connection {
  /// Of the target; 0: control.
  std::size_t index = 0;
  std::string input;
  std::uint64_t input_to_skip = 0;
  /// What is being sent, and how much of it is out.
  const std::string* output = nullptr;
  std::string own_output;
  std::size_t sent = 0;
  bool waits_for_room = false;
};

class Exporter {
 public:
  Exporter(std::size_t targets, std::size_t series, std::int64_t interval_ms, bool gzip)
      : interval_ms_(interval_ms), targets_(targets), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    const std::size_t variants = std::clamp<std::size_t>(kPatternBytesMax / (series * 170 + 1), 1, kVariants);
    for (std::size_t variant = 0; variant < variants; ++variant) {
      const std::string plain = PlainBody(series, variant);
      responses_.push_back(gzip ? Response(Gzipped(plain), "Content-Encoding: gzip\r\n") : Response(plain, ""));
    }
    for (std::size_t index = 0; index <= targets; ++index) Listen(index);
    std::fputc('\n', stdout);
    std::fflush(stdout);
  }

  void Run() {
    std::vector<epoll_event> events(1024);
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        const auto listener = listeners_.find(fd);
        if (listener != listeners_.end()) {
          Accept(fd, listener->second);
        } else {
          Act(fd);
        }
      }
    }
  }

 private:
  void Listen(std::size_t index) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (fd < 0 || bind(fd, any, size) != 0 || listen(fd, 64) != 0 || getsockname(fd, any, &size) != 0) {
      throw std::runtime_error(fmt::format("listening: {}", std::strerror(errno)));
    }
    fmt::print("{}{}", index == 0 ? "" : " ", ntohs(address.sin_port));
    listeners_[fd] = index;
    Watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }

  void Watch(int fd, std::uint32_t wanted, int operation) const {
    epoll_event event{};
    event.events = wanted;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  void Accept(int listener, std::size_t index) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections_[fd].index = index;
    Watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }

  void Act(int fd) {
    const auto at = connections_.find(fd);
    if (at == connections_.end()) return;
    Connection& connection = at->second;
    if (connection.output != nullptr ? Send(fd, connection) : Receive(fd, connection)) return;
    close(fd);
    connections_.erase(at);
  }

  /// False: the connection is over.
  bool Receive(int fd, Connection& connection) {
    char bytes[65536];
    const ssize_t count = recv(fd, bytes, sizeof bytes, 0);
    if (count < 0 && errno == EAGAIN) return true;
    if (count <= 0) return false;
    std::string_view received(bytes, static_cast<std::size_t>(count));
    const std::size_t skipped = std::min<std::uint64_t>(connection.input_to_skip, received.size());
    connection.input_to_skip -= skipped;
    connection.input += received.substr(skipped);
    return TakeRequest(fd, connection);
  }

  /// Requests come one after the other; the bodies of POST are thrown away.
  bool TakeRequest(int fd, Connection& connection) {
    const std::size_t head_end = connection.input.find("\r\n\r\n");
    if (head_end == std::string::npos) return true;
    const std::string head = connection.input.substr(0, head_end);
    connection.input.erase(0, head_end + 4);
    std::string lower = head;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (const std::size_t length = lower.find("content-length:"); length != std::string::npos) {
      const std::uint64_t body = std::strtoull(lower.c_str() + length + 15, nullptr, 10);
      const std::uint64_t here = std::min<std::uint64_t>(body, connection.input.size());
      connection.input.erase(0, here);
      connection.input_to_skip = body - here;
    }
    connection.output = connection.index == 0 ? ControlAnswer(connection, head) : Scraped(connection.index - 1);
    connection.sent = 0;
    return Send(fd, connection);
  }

  const std::string* Scraped(std::size_t index) {
    Target& target = targets_[index];
    const Clock::time_point now = Clock::now();
    if (target.requests > 0) {
      const std::int64_t gap_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - target.last).count();
      target.largest_gap_ms = std::max(target.largest_gap_ms, gap_ms);
      if (gap_ms > interval_ms_ * 3 / 2) {
        target.missed += static_cast<std::uint64_t>((gap_ms + interval_ms_ / 2) / interval_ms_ - 1);
      }
    }
    target.last = now;
    return &responses_[target.requests++ % responses_.size()];
  }

  const std::string* ControlAnswer(Connection& connection, std::string_view head) const {
    if (head.substr(0, 3) != "GET") {
      connection.own_output = "HTTP/1.1 204 No Content\r\n\r\n";
      return &connection.own_output;
    }
    std::string counts;
    for (const Target& target : targets_) {
      counts += fmt::format("{} {} {}\n", target.requests, target.missed, target.largest_gap_ms);
    }
    connection.own_output = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", counts.size(), counts);
    return &connection.own_output;
  }

  bool Send(int fd, Connection& connection) const {
    while (connection.sent < connection.output->size()) {
      const ssize_t count = send(fd, connection.output->data() + connection.sent,
                                 connection.output->size() - connection.sent, MSG_NOSIGNAL);
      if (count < 0 && errno == EAGAIN) {
        if (!std::exchange(connection.waits_for_room, true)) Watch(fd, EPOLLOUT, EPOLL_CTL_MOD);
        return true;
      }
      if (count <= 0) return false;
      connection.sent += static_cast<std::size_t>(count);
    }
    connection.output = nullptr;
    if (std::exchange(connection.waits_for_room, false)) Watch(fd, EPOLLIN, EPOLL_CTL_MOD);
    return true;
  }

  const std::int64_t interval_ms_;
  std::vector<Target> targets_;
  const int epoll_;
  std::vector<std::string> responses_;
  std::unordered_map<int, std::size_t> listeners_;
  std::unordered_map<int, Connection> connections_;
};

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::fputs("usage: stalemark_bench_exporter TARGETS SERIES INTERVAL_MS identity|gzip\n", stderr);
    return 2;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Exporter(std::strtoul(words[1], nullptr, 10), std::strtoul(words[2], nullptr, 10), std::strtol(words[3], nullptr, 10),
           std::string_view(words[4]) == "gzip")
      .Run();
}
