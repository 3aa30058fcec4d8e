// SPDX-License-Identifier: Apache-2.0
// Unpacker: where a packed body is unpacked, at once or on another thread. What comes out is Gunzipper's either way;
// deadline, limits and error texts are TargetScraper's.
//
// Single-threaded as the engine is: outcomes are told on its thread.
#pragma once

#include <memory>

#include "core/http/body_buffer.h"
#include "core/http/gunzip.h"

namespace stalemark {

/// One body. Its buffers go with it to where it is unpacked, and come back with the outcome.
struct UnpackJob {
  BodyBuffer packed;
  GunzipOptions options;
  /// Empty before.
  BodyBuffer unpacked{};
  GunzipOutcome outcome{};
};

class UnpackObserver {
 public:
  virtual ~UnpackObserver() = default;
  /// The job is done; it is the observer's to take apart. The observer may destroy the Unpacking from within the call.
  virtual void OnUnpacked(UnpackJob& job) = 0;
};

/// A job under way. Destroying it gives the job up: nothing is told afterwards, the buffers are gone.
class Unpacking {
 public:
  virtual ~Unpacking() = default;
};

class Unpacker {
 public:
  virtual ~Unpacker() = default;
  /// Null: the job is done and holds its outcome, nothing is told. Otherwise it was taken, and the observer, which must
  /// outlive the result, is told later.
  [[nodiscard]] virtual std::unique_ptr<Unpacking> Start(UnpackJob& job, UnpackObserver& observer) = 0;
};

/// At once. One for a thread is enough.
class InlineUnpacker final : public Unpacker {
 public:
  [[nodiscard]] std::unique_ptr<Unpacking> Start(UnpackJob& job, UnpackObserver& /*observer*/) override {
    Run(job);
    return nullptr;
  }
  void Run(UnpackJob& job) { job.outcome = gunzipper_.Unpack(job.packed.bytes(), job.options, &job.unpacked); }

 private:
  Gunzipper gunzipper_;
};

}  // namespace stalemark
