// SPDX-License-Identifier: Apache-2.0
// `stalemark check URL` and `stalemark check --metrics FILE...`: what is wrong with an exporter, asked or saved.
#pragma once

#include <string>
#include <vector>

namespace stalemark::cli {

struct CheckExporterArguments {
  /// One of the two.
  std::string url;
  std::vector<std::string> pages;
  unsigned scrapes = 3;
  std::string interval = "1s";
  /// Empty: the job's.
  std::string timeout;
  /// A prometheus.yml; empty: a job with the defaults.
  std::string config;
  std::string job;
  /// Of saved pages; empty: by name and content.
  std::string content_type;
  bool all_series = false;
  bool github = false;
  /// `text` or `json`.
  std::string format = "text";
};

/// The exit code.
int CheckExporterCommand(const CheckExporterArguments& arguments);

/// Whether a word of the command line is a URL and no file.
bool IsExporterUrl(const std::string& word);

}  // namespace stalemark::cli
