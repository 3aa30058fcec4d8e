// SPDX-License-Identifier: Apache-2.0
#include "live/server/process_metrics.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace stalemark {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// The numbers of /proc/self/stat behind the name, which may hold blanks; the first is field 4 of proc(5).
std::vector<double> StatNumbers() {
  std::ifstream in("/proc/self/stat");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const std::size_t behind_state = text.rfind(')') == std::string::npos ? text.size() : text.rfind(')') + 3;
  std::vector<double> numbers;
  const char* at = text.c_str() + std::min(behind_state, text.size());
  for (char* end = nullptr;; at = end) {
    const double number = std::strtod(at, &end);
    if (end == at) return numbers;
    numbers.push_back(number);
  }
}

/// When the machine was started, seconds since the epoch; 0: unknown.
double BootTime() {
  std::ifstream in("/proc/stat");
  for (std::string line; std::getline(in, line);) {
    if (line.substr(0, 6) == "btime ") return std::strtod(line.c_str() + 6, nullptr);
  }
  return 0;
}

}  // namespace

void AddProcessMetrics(MetricValues* values) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    values->emplace("process_cpu_seconds_total", Seconds(usage.ru_utime) + Seconds(usage.ru_stime));
  }
  // Fields 22 to 24 of proc(5): start time in ticks, bytes, pages.
  if (const std::vector<double> stat = StatNumbers(); stat.size() > 20) {
    values->emplace("process_start_time_seconds", BootTime() + stat[18] / static_cast<double>(sysconf(_SC_CLK_TCK)));
    values->emplace("process_virtual_memory_bytes", stat[19]);
    values->emplace("process_resident_memory_bytes", stat[20] * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  std::error_code code;
  const std::filesystem::directory_iterator open_files("/proc/self/fd", code);
  if (!code) {
    values->emplace("process_open_fds", static_cast<double>(std::distance(begin(open_files), end(open_files))));
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    values->emplace("process_max_fds", static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace stalemark
