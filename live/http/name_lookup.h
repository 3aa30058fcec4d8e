// SPDX-License-Identifier: Apache-2.0
// Why a name could not be looked up, in the words of Go's resolver (net/dnsclient_unix.go).
//
// libcurl looks names up by getaddrinfo on a thread and keeps its result to itself (7.88 to 8.22): all failures are
// CURLE_COULDNT_RESOLVE_HOST. So a name that failed is asked for once more, on another thread, only to learn the cause.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <istream>
#include <memory>
#include <string>
#include <string_view>

#include "live/loop/event_loop.h"

namespace stalemark {

/// What of resolv.conf(5) matters here.
struct ResolvConf {
  /// The one that Go's resolver asks first; it names the one that answered.
  std::string server = "127.0.0.1";
  std::chrono::seconds timeout{5};
  int attempts = 2;

  /// glibc's RES_MAXRETRANS and RES_MAXRETRY: it waits no longer, whatever the file says.
  static constexpr std::chrono::seconds kTimeoutMax{30};
  static constexpr int kAttemptsMax = 5;

  static ResolvConf Read(std::istream& file);
  /// /etc/resolv.conf, as it is now; the defaults when it cannot be read.
  static ResolvConf OfSystem();
  /// A look-up that took so long has had no answer.
  std::chrono::seconds patience() const { return std::min(timeout, kTimeoutMax) * std::min(attempts, kAttemptsMax); }
};

/// What upstream's error says of a name that a server was asked for.
struct LookupFailure {
  std::string server{};
  std::string cause{};
};

/// net's isDomainName: others are asked of no server.
bool IsDomainName(std::string_view name);

/// `code`: getaddrinfo's result, 0: the name has been found since.
LookupFailure DescribeLookup(int code, Nanoseconds took, const ResolvConf& conf);

/// getaddrinfo, or what a test has in its place; called on any thread.
using AskName = std::function<int(const std::string& name)>;
/// getaddrinfo(3), as libcurl asks it.
int AskSystem(const std::string& name);

/// Names under way, each asked for once at a time, on a thread of its own. The threads outlive this, until the resolver
/// has answered. On the loop's thread, and the loop must outlive it.
class NameLookups {
 public:
  /// A slow name server beside thousands of targets costs no more threads than that.
  static constexpr std::size_t kThreadsMax = 16;

  using Done = std::function<void(int code, Nanoseconds took)>;
  /// Not called back any more once it is released.
  using Question = std::shared_ptr<const Done>;

  NameLookups(EventLoop& loop, AskName ask);
  ~NameLookups();
  NameLookups(const NameLookups&) = delete;
  NameLookups& operator=(const NameLookups&) = delete;

  /// Calls back later, with the answer to the question under way if there is one; `took` is since that was asked. Null:
  /// too many other names are under way, nothing is asked.
  [[nodiscard]] Question Ask(const std::string& name, Done done);

 private:
  struct Shared;
  /// From any thread.
  static void Tell(const std::shared_ptr<Shared>& shared, const std::string& name, int code, Nanoseconds took);

  const std::shared_ptr<Shared> shared_;
  const AskName ask_;
};

}  // namespace stalemark
