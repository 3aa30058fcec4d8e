// SPDX-License-Identifier: Apache-2.0
// Independent pieces of work on several threads, whose results are taken in order.
#pragma once

#include <cstddef>
#include <functional>

namespace stalemark::cli {

/// Threads worth having: the machine's, one under Emscripten.
std::size_t ThreadsOfMachine();

/// Calls work(0) ... work(count - 1) on up to `threads` threads, each once, in any order; and finished(i), on the
/// calling thread and in the order of i, after work(i). What work(i) throws is thrown in place of finished(i), when all
/// threads have ended; work that no thread has begun is then left.
void DoInOrder(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work,
               const std::function<void(std::size_t)>& finished);

}  // namespace stalemark::cli
