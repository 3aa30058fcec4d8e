// SPDX-License-Identifier: Apache-2.0
// Inputs for mutation tests out of what the repository holds anyway: recorded cases and fixtures.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "cli/disk/disk_files.h"
#include "sim/conformance/case.h"
#include "tests/fuzz/fuzz.h"

namespace stalemark::fuzz {

/// A file of the repository.
inline std::string RepositoryFile(std::string_view name) {
  Result<std::string> text = cli::DiskFiles().Read(STALEMARK_SOURCE_DIR "/" + std::string(name));
  BOOST_REQUIRE_MESSAGE(text.ok(), name);
  return *text;
}

using Json = conformance::Json;

/// Calls `visit` for each case of a file of tests/conformance, a JSON object per line.
inline void ForEachCase(std::string_view file, const std::function<void(const Json& test)>& visit) {
  const std::string text = RepositoryFile("tests/conformance/" + std::string(file));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    visit(Json::parse(text.substr(at, end - at)));
    if (end == std::string::npos) return;
    at = end + 1;
  }
}

/// Leaves out what is cut anyway.
inline void AddInput(Corpus& corpus, std::string input) {
  if (input.size() <= kInputBytesMax) corpus.inputs.push_back(std::move(input));
}

}  // namespace stalemark::fuzz
