// SPDX-License-Identifier: Apache-2.0
#include "live/server/web_server.h"

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>

namespace stalemark {
namespace {

constexpr std::chrono::seconds kPatience(30);
constexpr std::chrono::seconds kReadPatience(5);
constexpr std::size_t kThreads = 4;
constexpr std::size_t kRequestBytesMax = std::size_t{1} << 20;

ApiRequest RequestOf(const httplib::Request& request) {
  ApiRequest asked;
  asked.method = request.method;
  asked.path = request.path;
  asked.parameters.insert(request.params.begin(), request.params.end());
  return asked;
}

}  // namespace

class WebServer::Threads {
 public:
  explicit Threads(WebServer& owner) : owner_(owner) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // The library's own would let two servers share a port, and a request reach either.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server_.set_read_timeout(kReadPatience);
    server_.set_write_timeout(kReadPatience);
    server_.set_keep_alive_timeout(1);
    server_.set_payload_max_length(kRequestBytesMax);
    const auto serve = [this](const httplib::Request& request, httplib::Response& response) {
      Serve(request, response);
    };
    server_.Get(".*", serve);
    server_.Post(".*", serve);
    server_.Put(".*", serve);
  }

  int Bind(const std::string& host, int port) {
    if (port == 0) return server_.bind_to_any_port(host);
    return server_.bind_to_port(host, port) ? port : -1;
  }
  void Start() {
    listener_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
  }
  void Stop(std::function<void()> done) {
    // The listener ends when the last request is answered, and those are answered by the loop, which must go on.
    stopper_ = std::thread([this, done = std::move(done)]() mutable {
      // The library forgets a stop that comes before its listener runs.
      while (!server_.is_running() && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      server_.stop();
      listener_.join();
      owner_.loop_.Post(std::move(done));
    });
  }
  ~Threads() {
    if (stopper_.joinable()) stopper_.join();
  }

 private:
  void Serve(const httplib::Request& request, httplib::Response& response) {
    // Shared: the loop may answer when nobody waits any more.
    auto promise = std::make_shared<std::promise<ApiAnswer>>();
    std::future<ApiAnswer> future = promise->get_future();
    owner_.loop_.Post([handler = owner_.handler_, asked = RequestOf(request), promise] {
      handler(asked, [promise](ApiAnswer answer) { promise->set_value(std::move(answer)); });
    });
    ApiAnswer answer = TextAnswer(503, "Service Unavailable");
    if (future.wait_for(kPatience) == std::future_status::ready) answer = future.get();
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) response.set_header(name.c_str(), value);
    response.set_content(answer.body, answer.content_type);
  }

  WebServer& owner_;
  httplib::Server server_;
  std::thread listener_;
  std::atomic<bool> ended_ = false;
  std::thread stopper_;
};

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
  threads_ = std::make_unique<Threads>(*this);
  port_ = threads_->Bind(host.empty() ? "0.0.0.0" : host, std::stoi(port_text));
  if (port_ <= 0) {
    threads_.reset();
    return Error{fmt::format("cannot listen on {}", address)};
  }
  address_ = fmt::format("{}:{}", address.substr(0, colon), port_);
  return {};
}

void WebServer::Start() {
  threads_->Start();
}

void WebServer::Stop(std::function<void()> done) {
  if (threads_ == nullptr) return done();
  threads_->Stop(std::move(done));
}

}  // namespace stalemark
