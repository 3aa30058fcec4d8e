// SPDX-License-Identifier: Apache-2.0
// AppendLog: what an engine did to its storage, kept to be compared with another engine's: every append with labels,
// times, value bits, histogram, exemplars and verdict; the end of every transaction and scrape with its error.
//
// 40 bytes an entry; equal texts are kept once. Single-threaded.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/seams/trace_sink.h"
#include "core/storage/head.h"

namespace stalemark::cli {

class AppendLog final : public TraceSink {
 public:
  void OnEvent(MonotonicTime at, const trace::Event& event) override;

  std::size_t size() const { return entries_.size(); }
  /// Appends alone.
  std::size_t appends() const { return appends_; }
  /// Of memory, about.
  std::size_t bytes() const { return entries_.size() * sizeof(Entry) + text_bytes_; }

  /// The first `max` differences, a few lines each; empty: none.
  static std::vector<std::string> Differences(const AppendLog& live, const AppendLog& replay, std::size_t max);

 private:
  enum class Kind : std::uint8_t { kAppend, kTransaction, kScrape };
  struct Entry {
    Kind kind = Kind::kAppend;
    std::uint8_t origin = 0;
    std::uint8_t code = 0;
    std::uint32_t labels = 0;
    /// Histogram, exemplars and error, apart by newlines.
    std::uint32_t extra = 0;
    std::int64_t t_ms = 0;
    std::int64_t st_ms = 0;
    std::uint64_t bits = 0;
  };

  std::uint32_t Intern(std::string text);
  bool Equal(const Entry& one, const AppendLog& other, const Entry& others) const;
  std::string TextOf(std::size_t index) const;

  /// Never copied as it grows.
  std::deque<Entry> entries_;
  std::size_t appends_ = 0;
  std::size_t text_bytes_ = 0;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<const std::string*> texts_;
};

/// What is stored at the end: series, samples, metadata. As Differences.
std::vector<std::string> StorageDifferences(const Head& live, const Head& replay, std::size_t max);

}  // namespace stalemark::cli
