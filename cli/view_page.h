// SPDX-License-Identifier: Apache-2.0
// The visualizer as one file, with one or several scenarios in it: opens from disk, and is what `stalemark view`
// serves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/result.h"

namespace stalemark::cli {

/// The page without a scenario: `file`, or if that is empty the one beside the program, in `web/` beside the program's
/// folder, or in `../share/stalemark/`. An error says where it was looked for.
Result<std::string> ReadViewPage(const std::string& file);

/// What the page can be given to show.
enum class PagePart : std::uint8_t {
  kBundle,   ///< the scenario to open (scenario_bundle.h)
  kGallery,  ///< scenarios to choose from (html_report.h)
};

/// Puts JSON into the page in the place of its marker, `<!-- stalemark:bundle -->`: as the element `stalemark-bundle`
/// or `stalemark-gallery`, whose text is base64 of its zlib stream. An error: the page has no marker.
Result<std::string> PageWith(PagePart part, std::string_view page, std::string_view json);

/// Serves one page at http://127.0.0.1:PORT/ until the process is told to end; port 0: any free one. Calls `ready` with
/// the address. An error: the port is taken.
Status ServePage(const std::string& page, int port, void (*ready)(const std::string& address));

}  // namespace stalemark::cli
