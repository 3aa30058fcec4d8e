// SPDX-License-Identifier: Apache-2.0
// Target groups from the documents of file_sd and http_sd (SD-01 ... SD-34). Parsing only: who reads files and asks
// servers is up to the embedder. Mirrors readFile of discovery/file/file.go and Refresh of discovery/http/http.go.
//
// Pure functions; time and memory linear in the document. Errors have upstream's texts; a caller keeps the groups it
// had.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "core/model/target_group.h"

namespace stalemark {

/// Groups of a file_sd document. The extension of `file_name`, whatever its case, tells JSON from YAML; another one is
/// an error. `file_name`, as the glob found it, goes into sources and `__meta_filepath` (SD-22).
Result<std::vector<TargetGroup>> ParseFileDocument(std::string_view file_name, std::string_view content);

/// What an http_sd server answered.
struct DiscoveryResponse {
  int status = 200;
  /// Code and reason phrase: `404 Not Found`.
  std::string status_text;
  /// Value of Content-Type; empty when there is none.
  std::string content_type;
  std::string body;
};

/// Groups of an http_sd answer. `url`, as configured, goes into sources and `__meta_url` (SD-33).
Result<std::vector<TargetGroup>> ParseHttpResponse(std::string_view url, const DiscoveryResponse& response);

/// Source of a document's group: `ORIGIN:INDEX`.
std::string GroupSource(std::string_view origin, std::size_t index);

/// Appends empty groups, which delete, for the indices that the last document of `origin` had and this one lacks
/// (SD-24, SD-33).
void AppendLostGroups(std::string_view origin, std::size_t previous_count, std::vector<TargetGroup>& groups);

}  // namespace stalemark
