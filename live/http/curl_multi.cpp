// SPDX-License-Identifier: Apache-2.0
#include "live/http/curl_multi.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <exception>
#include <new>
#include <utility>

namespace stalemark {
namespace {

CURLM* NewMulti() {
  // Once per process and never undone: other parts of the process may use libcurl too.
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = global == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi == nullptr) throw std::bad_alloc();
  return multi;
}

std::uint32_t EpollEvents(int what) {
  return (what & CURL_POLL_IN ? std::uint32_t{EPOLLIN} : 0U) | (what & CURL_POLL_OUT ? std::uint32_t{EPOLLOUT} : 0U);
}

int CurlEvents(std::uint32_t epoll_events) {
  int events = 0;
  if ((epoll_events & (EPOLLIN | EPOLLHUP)) != 0) events |= CURL_CSELECT_IN;
  if ((epoll_events & EPOLLOUT) != 0) events |= CURL_CSELECT_OUT;
  if ((epoll_events & EPOLLERR) != 0) events |= CURL_CSELECT_ERR;
  return events;
}

}  // namespace

CurlMulti::CurlMulti(EventLoop& loop, CurlMultiObserver& observer, const CurlMultiOptions& options)
    : loop_(loop), observer_(observer), multi_(NewMulti()) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::OnSocket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::OnTimer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, options.idle_connections_max);
}

CurlMulti::~CurlMulti() {
  inside_ = true;
  // Closes the idle connections, which may still name sockets.
  curl_multi_cleanup(multi_);
}

void CurlMulti::Add(CURL* easy) {
  if (inside_) {
    to_add_.push_back(easy);
    return;
  }
  inside_ = true;
  // Fails for a handle that is in use only, which is a fault of ours.
  [[maybe_unused]] const CURLMcode added = curl_multi_add_handle(multi_, easy);
  inside_ = false;
  assert(added == CURLM_OK);
}

void CurlMulti::Remove(CURL* easy) {
  if (inside_) {
    to_remove_.push_back(easy);
    return;
  }
  inside_ = true;
  curl_multi_remove_handle(multi_, easy);
  inside_ = false;
  observer_.OnTransferRemoved(easy);
}

int CurlMulti::OnSocket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  // No exception may pass libcurl: a socket that cannot be watched fails its transfers.
  try {
    static_cast<CurlMulti*>(self)->Watch(socket, what);
  } catch (const std::exception&) {
    return -1;
  }
  return 0;
}

void CurlMulti::Watch(curl_socket_t socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    sockets_.erase(socket);
    return;
  }
  const auto [at, is_new] = sockets_.try_emplace(socket);
  Socket& watched = at->second;
  if (is_new) {
    watched.watch = loop_.Watch(socket, EpollEvents(what),
                                [this, socket](std::uint32_t events) { Act(socket, CurlEvents(events)); });
  } else if (watched.wanted != what) {
    watched.watch.SetEvents(EpollEvents(what));
  }
  watched.wanted = what;
}

int CurlMulti::OnTimer(CURLM*, long timeout_ms, void* self) {
  auto* multi = static_cast<CurlMulti*>(self);
  if (timeout_ms < 0) {
    multi->timer_.Reset();
  } else {
    multi->timer_ = multi->loop_.ArmAt(multi->loop_.MonotonicNow() + std::chrono::milliseconds(timeout_ms),
                                       [multi] { multi->Act(CURL_SOCKET_TIMEOUT, 0); });
  }
  return 0;
}

void CurlMulti::Act(curl_socket_t socket, int events) {
  inside_ = true;
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
  inside_ = false;
  Settle();
}

void CurlMulti::Settle() {
  // A transfer that was given up in a callback may have a message: removing it first drops that.
  for (CURL* easy : std::exchange(to_remove_, {})) {
    const auto added = std::find(to_add_.begin(), to_add_.end(), easy);
    if (added == to_add_.end()) {
      Remove(easy);
    } else {
      to_add_.erase(added);
      observer_.OnTransferRemoved(easy);
    }
  }
  for (CURL* easy : std::exchange(to_add_, {})) Add(easy);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const easy = message->easy_handle;
    const CURLcode result = message->data.result;
    // The message dies with the handle's place in the multi.
    inside_ = true;
    curl_multi_remove_handle(multi_, easy);
    inside_ = false;
    observer_.OnTransferDone(easy, result);
  }
}

}  // namespace stalemark
