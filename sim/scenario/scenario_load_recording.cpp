// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "sim/scenario/recording_file.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {

void ScenarioLoader::ReadRecording(const yaml::Node& node) {
  const auto name = reader_.Text(node, "the path of a recording");
  if (!name) return;
  const auto text = ReadDiskFile(node, *name);
  if (!text) return;
  const std::string folder = FolderOf(OnDisk(*name));
  Result<Recording> recording = ReadRecordingFile(OnDisk(*name), *text, [&](const std::string& body) {
    return disk_.Read(folder == "." ? body : folder + "/" + body);
  });
  if (recording.ok()) {
    scenario_.recording = std::move(recording).value();
  } else {
    reader_.AddLine(recording.error().message);
  }
}

}  // namespace stalemark::scenario
