// SPDX-License-Identifier: Apache-2.0
#include "live/http/curl_multi.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <exception>
#include <new>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "live/http/curl_transfer.h"

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

bool HasBytes(curl_socket_t socket) {
  char byte = 0;
  return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/// No more bytes are taken in from now on, and those that are there are forgotten: whoever reads finds the end.
void EndSocket(curl_socket_t socket) {
  shutdown(socket, SHUT_RDWR);
  char bytes[16'384];
  while (recv(socket, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
  }
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
  fresh_.push_back(easy);
  // A connection keeps these of the handle that has made it, and stays in this multi.
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlMulti::OnClose);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
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
  fresh_.erase(std::remove(fresh_.begin(), fresh_.end(), easy), fresh_.end());
  curl_multi_remove_handle(multi_, easy);
  inside_ = false;
  observer_.OnTransferRemoved(easy);
}

int CurlMulti::OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void*) {
  auto* const multi = static_cast<CurlMulti*>(self);
  // No exception may pass libcurl: a socket that cannot be watched fails its transfers.
  try {
    if (what == CURL_POLL_REMOVE) {
      const CurlTransfer* const transfer = CurlTransfer::Of(easy);
      multi->Unwatch(socket, transfer == nullptr ? std::nullopt : transfer->http1_peer());
    } else {
      multi->Watch(socket, what);
    }
  } catch (const std::exception&) {
    return -1;
  }
  return 0;
}

void CurlMulti::Unwatch(curl_socket_t socket, std::optional<std::size_t> http1_peer) {
  // Kept by libcurl for other transfers, unless OnClose comes next.
  if (sockets_.erase(socket) > 0 && http1_peer) idle_.push_back({socket, *http1_peer});
}

void CurlMulti::Watch(curl_socket_t socket, int what) {
  const auto [at, is_new] = sockets_.try_emplace(socket);
  if (is_new) EndIdle(socket);
  Socket& watched = at->second;
  if (is_new) {
    watched.watch = loop_.Watch(socket, EpollEvents(what),
                                [this, socket](std::uint32_t events) { Act(socket, CurlEvents(events)); });
  } else if (watched.wanted != what) {
    watched.watch.SetEvents(EpollEvents(what));
  }
  watched.wanted = what;
}

int CurlMulti::OnClose(void* self, curl_socket_t socket) {
  static_cast<CurlMulti*>(self)->EndIdle(socket);
  return close(socket);
}

void CurlMulti::EndIdle(curl_socket_t socket) {
  const auto is_it = [&](const IdleSocket& idle) { return idle.socket == socket; };
  idle_.erase(std::remove_if(idle_.begin(), idle_.end(), is_it), idle_.end());
}

void CurlMulti::EndUnasked() {
  for (CURL* const easy : fresh_) {
    const std::size_t peer = CurlTransfer::Of(easy)->peer();
    for (const IdleSocket& idle : idle_) {
      if (idle.peer == peer && HasBytes(idle.socket)) EndSocket(idle.socket);
    }
  }
  fresh_.clear();
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
  // Now: any action lets libcurl choose connections for the new transfers, too.
  EndUnasked();
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
