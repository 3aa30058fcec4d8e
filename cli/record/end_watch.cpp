// SPDX-License-Identifier: Apache-2.0
#include "cli/record/end_watch.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace stalemark::cli {
namespace {

void WaitForSignal(int signals, int stop, const std::function<void(int)>& on_signal) {
  pollfd watched[] = {{signals, POLLIN, 0}, {stop, POLLIN, 0}};
  for (;;) {
    if (poll(watched, 2, -1) < 0 && errno != EINTR) return;
    if (watched[1].revents != 0) return;
    signalfd_siginfo info{};
    if (read(signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
      return on_signal(static_cast<int>(info.ssi_signo));
    }
  }
}

}  // namespace

EndWatch::EndWatch(std::function<void(int)> on_signal) : stop_(eventfd(0, EFD_CLOEXEC)) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = OwnedFd(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (signals_.get() < 0 || stop_.get() < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  thread_ = std::thread([signals = signals_.get(), stop = stop_.get(), call = std::move(on_signal)] {
    WaitForSignal(signals, stop, call);
  });
}

EndWatch::~EndWatch() {
  const std::uint64_t one = 1;
  while (write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
}

}  // namespace stalemark::cli
