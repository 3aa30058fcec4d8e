// SPDX-License-Identifier: Apache-2.0
// SignalWatch: signals as events of the loop, over signalfd(2). They are blocked for the thread that makes it and for
// the threads that one starts later, so make it first. Destroying it unblocks nothing.
#pragma once

#include <functional>
#include <initializer_list>

#include "live/loop/event_loop.h"

namespace stalemark {

class SignalWatch {
 public:
  /// Calls back with the number of each signal that comes. The loop outlives it.
  SignalWatch(EventLoop& loop, std::initializer_list<int> signals, std::function<void(int signal)> on_signal);

 private:
  void OnReadable();

  const std::function<void(int signal)> on_signal_;
  OwnedFd fd_;
  FdWatch watch_;
};

/// As Go prints it: `interrupt`, `terminated`, `hangup`.
const char* SignalText(int signal);

}  // namespace stalemark
