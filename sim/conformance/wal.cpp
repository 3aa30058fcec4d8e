// SPDX-License-Identifier: Apache-2.0
// tests/conformance/tsdb/FORMAT.md: WAL records, segments as they are written, and what is read from them.
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/endian/conversion.hpp>
#include <fmt/format.h>

#include "core/text/hex.h"
#include "core/wal/segment_reader.h"
#include "core/wal/segment_writer.h"
#include "sim/conformance/case.h"
#include "sim/conformance/tsdb_json.h"
#include "sim/conformance/wal_entries.h"
#include "sim/sha256.h"

namespace stalemark::conformance {

using namespace tsdb;

namespace {

/// More than any case has.
constexpr std::size_t kCaseBytesMax = std::size_t{64} << 20;
/// Longer contents are given by their digest alone.
constexpr std::size_t kBytesShownMax = 512;

std::string BytesAt(const Json& object, const char* key) {
  std::optional<std::string> bytes = text::Unhex(object.value(key, ""));
  if (!bytes.has_value()) throw std::invalid_argument(std::string(key) + " is not hex digits");
  return *std::move(bytes);
}

/// `hex`, or `pattern_hex` repeated and cut to `len`.
std::string RecordOf(const Json& json) {
  if (!json.contains("pattern_hex")) return BytesAt(json, "hex");
  const std::string pattern = BytesAt(json, "pattern_hex");
  const auto length = json.value("len", std::size_t{0});
  if (pattern.empty() || length > kCaseBytesMax) throw std::invalid_argument("a pattern that is empty or too long");
  std::string record;
  while (record.size() < length) record += pattern;
  record.resize(length);
  return record;
}

class MemorySegments final : public SegmentSink {
 public:
  Status Create(std::uint64_t index) override {
    segments_.push_back({SegmentName(index), {}});
    return {};
  }
  Status Write(std::string_view bytes, std::size_t& written) override {
    segments_.back().bytes += bytes;
    written = bytes.size();
    return {};
  }

  struct File {
    std::string name;
    std::string bytes;
  };
  const std::vector<File>& segments() const { return segments_; }

 private:
  std::vector<File> segments_;
};

/// The fragments of a segment without errors.
Json FragmentsOf(std::string_view segment) {
  Json fragments = Json::array();
  for (std::size_t at = 0; at + wal_page::kHeaderBytes <= segment.size();) {
    const std::size_t page_left = wal_page::kPageBytes - at % wal_page::kPageBytes;
    const std::string_view type = segment.substr(at, 1);
    if (page_left < wal_page::kHeaderBytes || type == std::string_view("\0", 1)) {
      at += page_left;
      continue;
    }
    const std::string_view header = segment.substr(at, wal_page::kHeaderBytes);
    const std::size_t length = boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(header.data() + 1));
    fragments.push_back({{"offset", at}, {"type_hex", Hex(type)}, {"len", length}, {"crc_hex", Hex(header.substr(3))}});
    at += wal_page::kHeaderBytes + length;
  }
  return fragments;
}

Json SegmentJson(const MemorySegments::File& file) {
  Json out = {{"name", file.name},
              {"size", file.bytes.size()},
              {"sha256", Sha256Hex(file.bytes)},
              {"fragments", FragmentsOf(file.bytes)}};
  const std::string_view content = std::string_view(file.bytes).substr(0, file.bytes.find_last_not_of('\0') + 1);
  if (content.size() <= kBytesShownMax) out["hex"] = Hex(content);
  return out;
}

void LogCalls(const Json& test, SegmentSink& sink) {
  SegmentWriterOptions options;
  options.segment_bytes = test.at("segment_size");
  if (options.segment_bytes == 0 || options.segment_bytes % wal_page::kPageBytes != 0) {
    throw std::invalid_argument("invalid segment size");
  }
  const std::string compression = test.value("compression", "none");
  if (compression != "none" && compression != "snappy") throw std::invalid_argument("compression: " + compression);
  options.compression = compression == "none" ? WalCompression::kNone : WalCompression::kSnappy;
  SegmentWriter writer(options, sink);
  bool written = writer.Open().ok();
  for (const Json& call : test.at("log_calls")) {
    std::vector<std::string> records;
    for (const Json& record : call) records.push_back(RecordOf(record));
    written = written && writer.Log(std::vector<std::string_view>(records.begin(), records.end())).ok();
  }
  if (!written || !writer.Close().ok()) throw std::invalid_argument("a segment in memory was not written");
}

}  // namespace

CaseOutcome RunSegmentsCase(const Json& test, const CaseContext&) {
  MemorySegments sink;
  LogCalls(test, sink);
  Json segments = Json::array();
  for (const MemorySegments::File& file : sink.segments()) segments.push_back(SegmentJson(file));
  // Where the content is written out depends on its length alone, as the recorder saw it; a segment without fragments
  // may have them as null, or not at all.
  const Json& expected = test.at("expected").at("segments");
  for (std::size_t i = 0; i < segments.size() && i < expected.size(); ++i) {
    if (!expected[i].contains("hex")) segments[i].erase("hex");
    if (!segments[i].at("fragments").empty()) continue;
    if (!expected[i].contains("fragments"))
      segments[i].erase("fragments");
    else if (expected[i].at("fragments").is_null())
      segments[i]["fragments"] = nullptr;
  }
  return CompareParts(test.at("expected"), Json{{"segments", segments}}, {"segments"});
}

CaseOutcome RunReaderCase(const Json& test, const CaseContext&) {
  std::string segment = BytesAt(test.at("segment"), "hex");
  const auto pad_to = test.at("segment").value("pad_to", std::size_t{0});
  if (pad_to > kCaseBytesMax) throw std::invalid_argument("pad_to is larger than any case's");
  if (pad_to > segment.size()) segment.resize(pad_to);
  for (const Json& patch : test.value("patches", Json::array())) {
    const std::string bytes = BytesAt(patch, "hex");
    const auto offset = patch.value("offset", std::size_t{0});
    if (offset > segment.size() || bytes.size() > segment.size() - offset) {
      throw std::invalid_argument("a patch beyond the end");
    }
    segment.replace(offset, bytes.size(), bytes);
  }
  SegmentReader reader(segment);
  Json produced = {{"records", Json::array()}};
  while (reader.Next()) {
    Json record = {{"len", reader.record().size()}};
    if (reader.record().size() <= kBytesShownMax) {
      record["hex"] = Hex(reader.record());
    } else {
      record["sha256"] = Sha256Hex(reader.record());
    }
    produced["records"].push_back(record);
  }
  if (!reader.error().empty()) produced["error"] = reader.error();
  return CompareParts(test.at("expected"), produced, {"records", "error"});
}

CaseOutcome RunRecordCase(const Json& test, const CaseContext&) {
  const std::string kind = test.at("kind");
  const std::optional<std::vector<std::string>> records = EncodeEntries(kind, test.at("entries"));
  if (!records.has_value()) return Unavailable("record not available: " + kind);
  Json produced = Json::array();
  for (const std::string& record : *records) produced.push_back(Hex(record));
  return CompareParts(test.at("expected"), Json{{"records", produced}}, {"records"});
}

}  // namespace stalemark::conformance
