// SPDX-License-Identifier: Apache-2.0
// Reading the HTTP client block: its fields, for the structs that hold it inline, and its rules (CFG-41 ... CFG-43).
#pragma once

#include <string>
#include <string_view>

#include "core/config/decode.h"
#include "core/config/http_client.h"
#include "core/model/result.h"

namespace stalemark {

/// An HTTP client block while it is read.
struct HttpClientDraft {
  HttpClientConfig config;
  std::string bearer_token;
  std::string bearer_token_file;
};

/// The block's keys. The draft must outlive the fields.
Fields HttpClientFields(HttpClientDraft& draft);
/// Checks the block and turns a bearer_token into an authorization.
Status CompleteHttpClient(HttpClientDraft& draft);
/// Joins the block's relative file names to a folder.
void JoinPaths(HttpClientConfig& config, std::string_view folder);

}  // namespace stalemark
