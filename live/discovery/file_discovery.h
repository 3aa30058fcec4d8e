// SPDX-License-Identifier: Apache-2.0
// FileDiscovery: target groups from files, read at the start, when anything changes in a folder that a pattern names,
// and every refresh interval (SD-20 to SD-25). Mirrors discovery/file/file.go over inotify(7).
//
// A file that cannot be read or parsed keeps the groups it had; one that has vanished loses them. The files come
// through the Files seam; only the watch is the kernel's. Single-threaded.
#pragma once

#include <map>
#include <string>

#include "core/config/config.h"
#include "core/seams/files.h"
#include "live/discovery/discoverer.h"
#include "live/log/log.h"
#include "live/loop/event_loop.h"

namespace stalemark {

class FileDiscovery final : public Discoverer {
 public:
  /// Everything but the configuration outlives it.
  FileDiscovery(FileSdConfig config, const Files& files, EventLoop& loop, const Log& log, DiscoveryStats& stats);
  ~FileDiscovery() override;

  void Start(SendGroups send) override;

 private:
  void Refresh();
  void ArmRefresh();
  /// Adding a watch that is there changes nothing; a folder that has come back gets one again.
  void WatchFolders();
  void OnInotify();

  const FileSdConfig config_;
  const Files& files_;
  EventLoop& loop_;
  const Log& log_;
  DiscoveryStats& stats_;
  SendGroups send_;
  /// File -> number of groups it had.
  std::map<std::string, std::size_t> last_counts_;
  OwnedFd inotify_;
  FdWatch watch_;
  Timer timer_;
};

}  // namespace stalemark
