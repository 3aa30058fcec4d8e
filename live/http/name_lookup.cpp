// SPDX-License-Identifier: Apache-2.0
#include "live/http/name_lookup.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <netdb.h>
#include <sys/socket.h>

namespace stalemark {
namespace {

/// N of an option `NAME:N`.
std::optional<int> NumberOf(std::string_view option, std::string_view name) {
  if (option.substr(0, name.size()) != name) return std::nullopt;
  const std::string_view digits = option.substr(name.size());
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return std::max(number, 1);
}

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

ResolvConf ResolvConf::Read(std::istream& file) {
  ResolvConf conf;
  bool has_server = false;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "nameserver" && !has_server && words >> word) {
      conf.server = word;
      has_server = true;
    } else if (word == "options") {
      while (words >> word) {
        if (const auto number = NumberOf(word, "timeout:")) conf.timeout = std::chrono::seconds(*number);
        if (const auto number = NumberOf(word, "attempts:")) conf.attempts = *number;
      }
    }
  }
  return conf;
}

ResolvConf ResolvConf::OfSystem() {
  std::ifstream file("/etc/resolv.conf");
  return Read(file);
}

bool IsDomainName(std::string_view name) {
  constexpr std::size_t kLengthMax = 253, kLabelMax = 63;
  if (name == ".") return true;
  const std::size_t dot_at_end = !name.empty() && name.back() == '.' ? 1 : 0;
  if (name.empty() || name.size() > kLengthMax + dot_at_end) return false;
  char last = '.';
  bool has_non_digit = false;
  std::size_t label = 0;
  for (const char c : name) {
    if (c == '.') {
      if (last == '.' || last == '-' || label > kLabelMax) return false;
      label = 0;
    } else if (IsLetter(c) || (c == '-' && last != '.')) {
      has_non_digit = true;
      ++label;
    } else if (c >= '0' && c <= '9') {
      ++label;
    } else {
      return false;
    }
    last = c;
  }
  return last != '-' && label <= kLabelMax && has_non_digit;
}

LookupFailure DescribeLookup(int code, Nanoseconds took, const ResolvConf& conf) {
  switch (code) {
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
      return {conf.server, "no such host"};
    case EAI_AGAIN:
      return {conf.server, took >= conf.patience() ? "i/o timeout" : "server misbehaving"};
    case 0:  // it was temporary
    case EAI_FAIL:
      return {conf.server, "server misbehaving"};
    default: {  // of this machine: no memory, no descriptors
      std::string text = gai_strerror(code);
      if (text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
      return {conf.server, text};
    }
  }
}

int AskSystem(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (found != nullptr) freeaddrinfo(found);
  return code;
}

struct NameLookups::Shared {
  std::mutex mutex;
  /// Guarded by the mutex; null once the owner is destroyed.
  EventLoop* loop;
  /// Who waits, by the name that a thread is asking for. On the loop's thread; empty once the owner is destroyed.
  std::unordered_map<std::string, std::vector<std::weak_ptr<const Done>>> waiting{};
};

NameLookups::NameLookups(EventLoop& loop, AskName ask) : shared_(new Shared{{}, &loop}), ask_(std::move(ask)) {}

NameLookups::~NameLookups() {
  shared_->waiting.clear();
  const std::lock_guard lock(shared_->mutex);
  shared_->loop = nullptr;
}

NameLookups::Question NameLookups::Ask(const std::string& name, Done done) {
  const auto asked = shared_->waiting.find(name);
  if (asked == shared_->waiting.end() && shared_->waiting.size() >= kThreadsMax) return nullptr;
  auto question = std::make_shared<const Done>(std::move(done));
  if (asked != shared_->waiting.end()) {
    asked->second.push_back(question);
    return question;
  }
  shared_->waiting[name].push_back(question);
  try {
    std::thread([shared = shared_, name, ask = ask_] {
      const auto begin = std::chrono::steady_clock::now();
      const int code = ask(name);
      Tell(shared, name, code, std::chrono::steady_clock::now() - begin);
    }).detach();
  } catch (const std::system_error&) {
    Tell(shared_, name, EAI_MEMORY, Nanoseconds{0});
  }
  return question;
}

void NameLookups::Tell(const std::shared_ptr<Shared>& shared, const std::string& name, int code, Nanoseconds took) {
  const std::lock_guard lock(shared->mutex);
  if (shared->loop == nullptr) return;
  shared->loop->Post([shared, name, code, took] {
    // Out of the list first: who is told may ask again, or destroy the others and the owner.
    const auto told = shared->waiting.extract(name);
    if (told.empty()) return;
    for (const std::weak_ptr<const Done>& waiter : told.mapped()) {
      if (const Question question = waiter.lock()) (*question)(code, took);
    }
  });
}

}  // namespace stalemark
