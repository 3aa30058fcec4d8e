// SPDX-License-Identifier: Apache-2.0
#include "live/discovery/file_discovery.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/inotify.h>
#include <unistd.h>

#include "core/discovery/documents.h"

namespace stalemark {
namespace {

/// Everything but a changed mode, as upstream.
constexpr std::uint32_t kChanges =
    IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_MODIFY | IN_MOVE_SELF | IN_DELETE | IN_DELETE_SELF;

std::string SystemError() {
  return std::generic_category().message(errno);
}

std::string FolderOfPattern(const std::string& pattern) {
  const std::size_t slash = pattern.rfind('/');
  return slash == std::string::npos ? "./" : pattern.substr(0, slash + 1);
}

}  // namespace

FileDiscovery::FileDiscovery(FileSdConfig config, const Files& files, EventLoop& loop, const Log& log,
                             DiscoveryStats& stats)
    : config_(std::move(config)), files_(files), loop_(loop), log_(log), stats_(stats) {}

FileDiscovery::~FileDiscovery() = default;

void FileDiscovery::Start(SendGroups send) {
  send_ = std::move(send);
  inotify_ = OwnedFd(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (inotify_.get() < 0) {
    // Upstream gives up here; without a watch the refreshes still find what changes.
    ++stats_.file_watcher_errors;
    log_.Error("Error adding file watcher", {{"err", SystemError()}});
  } else {
    watch_ = loop_.Watch(inotify_.get(), EPOLLIN, [this](std::uint32_t) { OnInotify(); });
  }
  timer_ = loop_.ArmAt(loop_.MonotonicNow(), [this] {
    ArmRefresh();
    Refresh();
  });
}

void FileDiscovery::ArmRefresh() {
  timer_ = loop_.ArmAt(loop_.MonotonicNow() + config_.refresh_interval, [this] {
    ArmRefresh();
    Refresh();
  });
}

void FileDiscovery::OnInotify() {
  alignas(inotify_event) std::array<char, 4096> events;
  // One refresh for all that has happened.
  while (read(inotify_.get(), events.data(), events.size()) > 0) {
  }
  Refresh();
}

void FileDiscovery::WatchFolders() {
  if (inotify_.get() < 0) return;
  for (const std::string& pattern : config_.files) {
    const std::string folder = FolderOfPattern(pattern);
    if (inotify_add_watch(inotify_.get(), folder.c_str(), kChanges) >= 0) continue;
    ++stats_.file_watcher_errors;
    log_.Error("Error adding file watch", {{"path", folder}, {"err", SystemError()}});
  }
}

void FileDiscovery::Refresh() {
  // Before reading, so that no change falls between the two.
  WatchFolders();
  std::vector<TargetGroup> update;
  std::map<std::string, std::size_t> counts;
  for (const std::string& pattern : config_.files) {
    for (const std::string& file : files_.Glob(pattern)) {
      Result<std::string> content = files_.Read(file);
      Result<std::vector<TargetGroup>> groups =
          content.ok() ? ParseFileDocument(file, *content) : Result<std::vector<TargetGroup>>(content.error());
      const auto last = last_counts_.find(file);
      const std::size_t last_count = last == last_counts_.end() ? 0 : last->second;
      if (!groups.ok()) {
        ++stats_.file_read_errors;
        log_.Error("Error reading file", {{"path", file}, {"err", groups.error().message}});
        counts[file] = last_count;
        continue;
      }
      counts[file] = groups->size();
      AppendLostGroups(file, last_count, *groups);
      for (TargetGroup& group : *groups) update.push_back(std::move(group));
    }
  }
  for (const auto& [file, count] : last_counts_) {
    if (counts.count(file) != 0) continue;
    std::vector<TargetGroup> lost;
    AppendLostGroups(file, count, lost);
    for (TargetGroup& group : lost) update.push_back(std::move(group));
  }
  last_counts_ = std::move(counts);
  send_(std::move(update));
}

}  // namespace stalemark
