// SPDX-License-Identifier: Apache-2.0
#include "cli/ordered_work.h"

#include <algorithm>

#ifndef __EMSCRIPTEN__
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>
#endif

namespace stalemark::cli {
namespace {

#ifndef __EMSCRIPTEN__
class Workers {
 public:
  Workers(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work)
      : work_(work), done_(count), errors_(count) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { WorkOn(); });
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      next_ = done_.size();
    }
    for (std::thread& thread : threads_) thread.join();
  }

  /// Until the i-th piece is done.
  void Wait(std::size_t i) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return done_[i]; });
    if (errors_[i]) std::rethrow_exception(errors_[i]);
  }

 private:
  void WorkOn() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (next_ < done_.size()) {
      const std::size_t i = next_++;
      lock.unlock();
      std::exception_ptr error;
      try {
        work_(i);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      errors_[i] = error;
      done_[i] = true;
      changed_.notify_one();
    }
  }

  const std::function<void(std::size_t)>& work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Under the mutex.
  std::size_t next_ = 0;
  std::vector<bool> done_;
  std::vector<std::exception_ptr> errors_;
  std::vector<std::thread> threads_;
};
#endif

}  // namespace

std::size_t ThreadsOfMachine() {
#ifdef __EMSCRIPTEN__
  return 1;
#else
  return std::max<std::size_t>(1, std::thread::hardware_concurrency());
#endif
}

void DoInOrder(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work,
               const std::function<void(std::size_t)>& finished) {
#ifndef __EMSCRIPTEN__
  if (std::min(threads, count) > 1) {
    Workers workers(count, std::min(threads, count), work);
    for (std::size_t i = 0; i < count; ++i) {
      workers.Wait(i);
      finished(i);
    }
    return;
  }
#else
  static_cast<void>(threads);
#endif
  for (std::size_t i = 0; i < count; ++i) {
    work(i);
    finished(i);
  }
}

}  // namespace stalemark::cli
