// SPDX-License-Identifier: Apache-2.0
// Why a name could not be looked up, in the words of Go's resolver (net/dnsclient_unix.go).
//
// libcurl looks names up by getaddrinfo on a thread and keeps its result to itself (7.88 to 8.22): all failures are
// CURLE_COULDNT_RESOLVE_HOST. So a name that failed is asked for once more, on another thread, only to learn the cause.
#pragma once

#include <chrono>
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

  static ResolvConf Read(std::istream& file);
  /// /etc/resolv.conf, as it is now; the defaults when it cannot be read.
  static ResolvConf OfSystem();
  /// A look-up that took so long has had no answer.
  std::chrono::seconds patience() const { return timeout * attempts; }
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

/// One name, asked for on a thread of its own. Calls back on the loop's thread unless it is destroyed before; the
/// thread outlives it then, until the resolver has answered. The loop must outlive the question.
class NameQuestion {
 public:
  using Done = std::function<void(int code, Nanoseconds took)>;

  NameQuestion(EventLoop& loop, std::string name, const AskName& ask, Done done);
  ~NameQuestion();
  NameQuestion(const NameQuestion&) = delete;
  NameQuestion& operator=(const NameQuestion&) = delete;

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace stalemark
