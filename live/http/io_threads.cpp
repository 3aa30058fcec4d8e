// SPDX-License-Identifier: Apache-2.0
#include "live/http/io_threads.h"

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "core/http/body_buffer.h"
#include "live/http/oauth2_transport.h"

namespace stalemark {
namespace {

/// What has arrived of one exchange since the engine looked last.
struct Arrived {
  std::optional<ResponseHead> head;
  BodyBuffer body;
  bool ended = false;
  std::optional<TransportError> error;
};

}  // namespace

class IoThreads::Worker final : public std::enable_shared_from_this<Worker> {
 public:
  Worker(EventLoop& engine_loop, const IoThreadsOptions& options)
      : engine_loop_(engine_loop), queued_bytes_max_(options.queued_bytes_max), transport_(loop_, options.transport) {}

  void Begin() {
    thread_ = std::thread([this] { loop_.Run(); });
  }
  /// Requires: no exchange is left.
  void End();
  std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer);
  std::unique_ptr<Unpacking> Start(UnpackJob& job, UnpackObserver& observer);
  /// Packed bytes that are here and not yet told of. On the engine's thread.
  std::size_t packed_bytes() const { return packed_bytes_; }

 private:
  class Hop;
  class Handle;
  struct Task;
  class TaskHandle;

  /// Waits until the engine has taken enough. False: `is_cancelled`, or all is over. On the worker's thread.
  bool WaitForRoom(std::unique_lock<std::mutex>& lock, const bool& is_cancelled);
  /// Whether the engine must be woken for what comes next. Requires: the mutex is locked.
  bool IsTaken() const { return ready_.empty() && unpacked_.empty(); }
  /// On the worker's thread.
  void Run(const std::shared_ptr<Task>& task);
  /// Changes what has arrived of a hop and lets the engine know. On the worker's thread.
  void Put(Hop& hop, const std::function<void(Arrived&)>& change, std::size_t bytes);
  // On the engine's thread.
  void Deliver();
  void Tell(Hop& hop, const Arrived& arrived);
  void Tell(Task& task);
  void Cancel(const std::shared_ptr<Hop>& hop);
  void Cancel(Task& task);
  void WakeEngine() {
    engine_loop_.Post([worker = shared_from_this()] { worker->Deliver(); });
  }

  EventLoop& engine_loop_;
  const std::size_t queued_bytes_max_;

  std::mutex mutex_;
  std::condition_variable room_;
  // Guarded by mutex_.
  std::vector<std::shared_ptr<Hop>> ready_;
  std::vector<std::shared_ptr<Task>> unpacked_;
  std::size_t queued_bytes_ = 0;
  bool ending_ = false;
  BodyPool buffers_;

  /// On the engine's thread.
  std::size_t packed_bytes_ = 0;
  /// On the worker's thread.
  InlineUnpacker unpacker_;

  EventLoop loop_;
  CurlTransport transport_;
  std::thread thread_;
};

/// One exchange, as both threads see it. Shared: either may be the last to let go of it.
class IoThreads::Worker::Hop final : public TransportObserver, public std::enable_shared_from_this<Hop> {
 public:
  Hop(Worker& worker, const HopRequest& request, TransportObserver& observer)
      : told(&observer), worker_(worker), body_(request.body), request_(request) {
    request_.body = body_;
  }

  // On the worker's thread.
  void Send() { exchange_ = worker_.transport_.Start(request_, *this); }
  void GiveUp() { exchange_.reset(); }
  void OnHead(const ResponseHead& head) override {
    worker_.Put(
        *this, [&](Arrived& arrived) { arrived.head = head; }, 0);
  }
  void OnBody(std::string_view bytes) override {
    worker_.Put(
        *this, [&](Arrived& arrived) { arrived.body.Append(bytes); }, bytes.size());
  }
  void OnEnd(const std::optional<TransportError>& error) override {
    worker_.Put(
        *this,
        [&](Arrived& arrived) {
          arrived.ended = true;
          arrived.error = error;
        },
        0);
    exchange_.reset();
  }

  // On the engine's thread: null once the exchange is destroyed.
  TransportObserver* told;

  // Guarded by the worker's mutex.
  Arrived mailbox;
  bool is_ready = false;
  bool is_cancelled = false;

 private:
  Worker& worker_;
  /// A cancelled exchange ends here a while after the engine has forgotten its body.
  const std::string body_;
  HopRequest request_;
  std::unique_ptr<Exchange> exchange_;
};

class IoThreads::Worker::Handle final : public Exchange {
 public:
  Handle(Worker& worker, std::shared_ptr<Hop> hop) : worker_(worker), hop_(std::move(hop)) {}
  ~Handle() override {
    hop_->told = nullptr;
    worker_.Cancel(hop_);
  }

 private:
  Worker& worker_;
  const std::shared_ptr<Hop> hop_;
};

/// One body, as both threads see it: first the worker's, from the moment it is in `unpacked_` on the engine's.
struct IoThreads::Worker::Task {
  UnpackJob job;
  std::size_t packed_bytes;
  /// Of the engine's thread: null once the unpacking is destroyed.
  UnpackObserver* told;
  /// Guarded by the worker's mutex.
  bool is_cancelled = false;
};

class IoThreads::Worker::TaskHandle final : public Unpacking {
 public:
  TaskHandle(Worker& worker, std::shared_ptr<Task> task) : worker_(worker), task_(std::move(task)) {}
  ~TaskHandle() override {
    if (task_->told != nullptr) worker_.Cancel(*task_);
  }

 private:
  Worker& worker_;
  const std::shared_ptr<Task> task_;
};

std::unique_ptr<Unpacking> IoThreads::Worker::Start(UnpackJob& job, UnpackObserver& observer) {
  const std::size_t bytes = job.packed.size();
  packed_bytes_ += bytes;
  auto task = std::make_shared<Task>(Task{std::move(job), bytes, &observer});
  loop_.Post([this, task] { Run(task); });
  return std::make_unique<TaskHandle>(*this, std::move(task));
}

void IoThreads::Worker::Cancel(Task& task) {
  task.told = nullptr;
  packed_bytes_ -= task.packed_bytes;
  {
    const std::lock_guard lock(mutex_);
    task.is_cancelled = true;
  }
  room_.notify_one();
}

bool IoThreads::Worker::WaitForRoom(std::unique_lock<std::mutex>& lock, const bool& is_cancelled) {
  room_.wait(lock, [&] { return queued_bytes_ < queued_bytes_max_ || is_cancelled || ending_; });
  return !is_cancelled && !ending_;
}

void IoThreads::Worker::Run(const std::shared_ptr<Task>& task) {
  {
    std::unique_lock lock(mutex_);
    if (!WaitForRoom(lock, task->is_cancelled)) return;
  }
  unpacker_.Run(task->job);
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (task->is_cancelled || ending_) return;
    wake = IsTaken();
    queued_bytes_ += task->job.unpacked.size();
    unpacked_.push_back(task);
  }
  if (wake) WakeEngine();
}

std::unique_ptr<Exchange> IoThreads::Worker::Start(const HopRequest& request, TransportObserver& observer) {
  auto hop = std::make_shared<Hop>(*this, request, observer);
  loop_.Post([hop] { hop->Send(); });
  return std::make_unique<Handle>(*this, std::move(hop));
}

void IoThreads::Worker::Cancel(const std::shared_ptr<Hop>& hop) {
  {
    const std::lock_guard lock(mutex_);
    hop->is_cancelled = true;
  }
  room_.notify_one();
  loop_.Post([hop] { hop->GiveUp(); });
}

void IoThreads::Worker::Put(Hop& hop, const std::function<void(Arrived&)>& change, std::size_t bytes) {
  bool wake = false;
  {
    std::unique_lock lock(mutex_);
    if (!WaitForRoom(lock, hop.is_cancelled)) return;
    if (bytes > 0 && !hop.mailbox.body.has_memory()) hop.mailbox.body = buffers_.Take();
    change(hop.mailbox);
    queued_bytes_ += bytes;
    if (!hop.is_ready) {
      wake = IsTaken();
      hop.is_ready = true;
      ready_.push_back(hop.shared_from_this());
    }
  }
  if (wake) WakeEngine();
}

void IoThreads::Worker::Deliver() {
  std::vector<std::shared_ptr<Hop>> hops;
  std::vector<std::shared_ptr<Task>> tasks;
  std::vector<Arrived> arrived;
  {
    const std::lock_guard lock(mutex_);
    hops.swap(ready_);
    tasks.swap(unpacked_);
    arrived.reserve(hops.size());
    for (const std::shared_ptr<Hop>& hop : hops) {
      arrived.push_back(std::exchange(hop->mailbox, Arrived{}));
      hop->is_ready = false;
    }
    queued_bytes_ = 0;
  }
  room_.notify_one();
  for (const std::shared_ptr<Task>& task : tasks) Tell(*task);
  for (std::size_t i = 0; i < hops.size(); ++i) Tell(*hops[i], arrived[i]);
  const std::lock_guard lock(mutex_);
  for (Arrived& taken : arrived) {
    if (taken.body.has_memory()) buffers_.Give(std::move(taken.body));
  }
}

void IoThreads::Worker::Tell(Hop& hop, const Arrived& arrived) {
  // An observer may destroy its exchange in any of these calls.
  if (arrived.head && hop.told != nullptr) hop.told->OnHead(*arrived.head);
  if (arrived.body.size() > 0 && hop.told != nullptr) hop.told->OnBody(arrived.body.bytes());
  if (arrived.ended && hop.told != nullptr) std::exchange(hop.told, nullptr)->OnEnd(arrived.error);
}

void IoThreads::Worker::Tell(Task& task) {
  if (task.told == nullptr) return;
  packed_bytes_ -= task.packed_bytes;
  std::exchange(task.told, nullptr)->OnUnpacked(task.job);
}

void IoThreads::Worker::End() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  room_.notify_one();
  // Posted, so that what was posted before is done.
  loop_.Post([this] { loop_.Stop(); });
  thread_.join();
}

IoThreads::IoThreads(EventLoop& loop, const IoThreadsOptions& options) : options_(options) {
  assert(options.threads >= 1);
  for (unsigned i = 0; i < options.threads; ++i) workers_.push_back(std::make_shared<Worker>(loop, options));
  for (const std::shared_ptr<Worker>& worker : workers_) worker->Begin();
}

IoThreads::~IoThreads() {
  for (const std::shared_ptr<Worker>& worker : workers_) worker->End();
}

std::unique_ptr<Exchange> IoThreads::Start(const HopRequest& request, TransportObserver& observer) {
  const std::size_t peer = std::hash<std::string>()(request.address);
  return workers_[peer % workers_.size()]->Start(request, observer);
}

std::unique_ptr<Unpacking> IoThreads::Start(UnpackJob& job, UnpackObserver& observer) {
  const auto has_less = [](const auto& a, const auto& b) { return a->packed_bytes() < b->packed_bytes(); };
  Worker& worker = **std::min_element(workers_.begin(), workers_.end(), has_less);
  const bool is_here =
      job.packed.size() < options_.handed_over_min || worker.packed_bytes() >= options_.queued_bytes_max;
  return is_here ? inline_unpacker_.Start(job, observer) : worker.Start(job, observer);
}

unsigned DefaultIoThreads() {
  const unsigned cores = std::thread::hardware_concurrency();
  return cores <= 2 ? 0 : std::min(cores / 2, 4U);
}

LiveTransport MakeLiveTransport(EventLoop& loop, unsigned threads, const CurlTransportOptions& options) {
  LiveTransport made;
  if (threads == 0) {
    made.transport = std::make_unique<CurlTransport>(loop, options);
  } else {
    IoThreadsOptions with_threads;
    with_threads.threads = threads;
    with_threads.transport = options;
    auto io_threads = std::make_unique<IoThreads>(loop, with_threads);
    made.unpacker = io_threads.get();
    made.transport = std::move(io_threads);
  }
  made.transport = std::make_unique<OAuth2Transport>(loop, loop, std::move(made.transport));
  return made;
}

}  // namespace stalemark
