// SPDX-License-Identifier: Apache-2.0
// The visualizer as one file, with a scenario in it: opens from disk, and is what `stalemark view` serves.
#pragma once

#include <string>
#include <string_view>

#include "core/model/result.h"

namespace stalemark::cli {

/// Where the page without a scenario lies: beside the program, in `web/` beside the program's folder, or in
/// `../share/stalemark/`. An error says where it was looked for.
Result<std::string> FindViewPage();

/// Puts the bundle into the page in the place of its marker, `<!-- stalemark:bundle -->`: as the element
/// `stalemark-bundle`, whose text is base64 of its zlib stream. An error: the page has no marker.
Result<std::string> PageWithBundle(std::string_view page, std::string_view bundle_json);

/// Serves one page at http://127.0.0.1:PORT/ until the process is told to end; port 0: any free one. Calls `ready` with
/// the address. An error: the port is taken.
Status ServePage(const std::string& page, int port, void (*ready)(const std::string& address));

}  // namespace stalemark::cli
