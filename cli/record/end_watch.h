// SPDX-License-Identifier: Apache-2.0
// EndWatch: SIGINT and SIGTERM while the thread that made it is busy for long. They are read on a thread of its own,
// which calls back once with the first one; also with one that came before and that nobody read.
//
// The signals are blocked for the maker and stay so. Destroying it waits for a call under way. The constructor throws
// std::system_error when the kernel has no descriptors or threads left.
#pragma once

#include <functional>
#include <thread>

#include "live/loop/event_loop.h"

namespace stalemark::cli {

class EndWatch {
 public:
  explicit EndWatch(std::function<void(int signal)> on_signal);
  ~EndWatch();
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;

 private:
  OwnedFd signals_;
  OwnedFd stop_;
  std::thread thread_;
};

}  // namespace stalemark::cli
