// SPDX-License-Identifier: Apache-2.0
#include "core/config/storage.h"

#include "core/config/object_writer.h"
#include "core/config/sections.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

Field RetentionField(std::string_view name, RetentionConfig& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const Fields fields = {DurationField("time", out.time), ByteSizeField("size", out.size),
                                   FloatField("percentage", out.percentage)};
            const auto zero = [&] { out = {}; };
            return d.Custom(
                n, zero, [&](const yaml::Node& m) { d.Struct(m, "config.plain", fields, zero); },
                [&]() -> Status {
                  if (out.size < 0) {
                    return Error{"'storage.tsdb.retention.size' must be greater than or equal to 0, got " +
                                 FormatByteSize(out.size)};
                  }
                  if (out.percentage < 0 || out.percentage > 100) {
                    std::string message = "'storage.tsdb.retention.percentage' must be in the range [0, 100], got ";
                    text::AppendShortestG(message, out.percentage);
                    return Error{std::move(message)};
                  }
                  return {};
                });
          }};
}

Field ChunkEncodingField(std::string_view name, std::string& floats) {
  return {name, [&floats](Decoder& d, const yaml::Node& n) {
            return d.Struct(n, "config.ChunkEncodingConfig", {StringField("floats", floats)}, [&] { floats.clear(); });
          }};
}

Field TsdbField(std::string_view name, TsdbConfig& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            // Upstream's internal copy of the window can be written, but is computed afterwards.
            std::int64_t ignored_window = 0;
            const Fields fields = {
                IntField("outofordertimewindow", ignored_window, "int64"),
                DurationField("out_of_order_time_window", out.out_of_order_time_window),
                FloatField("stale_series_compaction_threshold", out.stale_series_compaction_threshold),
                ChunkEncodingField("chunk_encoding", out.float_chunk_encoding),
                RetentionField("retention", out.retention),
            };
            const auto zero = [&] { out = {}; };
            return d.Custom(
                n, zero, [&](const yaml::Node& m) { d.Struct(m, "config.plain", fields, zero); },
                [&]() -> Status {
                  const std::string& floats = out.float_chunk_encoding;
                  if (floats.empty() || floats == "xor" || floats == "xor2") return {};
                  return Error{
                      "'storage.tsdb.chunk_encoding.floats' must be 'xor' or 'xor2', or the field must be omitted "
                      "entirely, got " +
                      text::GoQuote(floats)};
                });
          }};
}

Field ExemplarsField(std::string_view name, std::optional<std::int64_t>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            return d.Optional(n, out, [](Decoder& e, const yaml::Node& m, std::int64_t& value) {
              return e.Struct(m, "config.ExemplarsConfig", {IntField("max_exemplars", value, "int64")},
                              [&] { value = 0; });
            });
          }};
}

}  // namespace

Field StorageField(std::string_view name, StorageConfig& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const Fields fields = {TsdbField("tsdb", out.tsdb), ExemplarsField("exemplars", out.max_exemplars)};
            return d.Struct(n, "config.StorageConfig", fields, [&] { out = {}; });
          }};
}

void DumpStorage(std::string& out, const StorageConfig& storage) {
  ObjectWriter object(out);
  {
    const TsdbConfig& tsdb = storage.tsdb;
    ObjectWriter writer(object.Key("tsdb"));
    writer.Key("outofordertimewindow") +=
        std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(tsdb.out_of_order_time_window).count());
    writer.Duration("out_of_order_time_window", tsdb.out_of_order_time_window);
    writer.Float("stale_series_compaction_threshold", tsdb.stale_series_compaction_threshold);
    if (!tsdb.float_chunk_encoding.empty()) {
      ObjectWriter(writer.Key("chunk_encoding")).AlwaysText("floats", tsdb.float_chunk_encoding);
    }
    ObjectWriter retention(writer.Key("retention"));
    retention.Duration("time", tsdb.retention.time);
    retention.ByteSize("size", tsdb.retention.size);
    retention.Float("percentage", tsdb.retention.percentage);
  }
  if (storage.max_exemplars) ObjectWriter(object.Key("exemplars")).Int("max_exemplars", *storage.max_exemplars);
}

}  // namespace stalemark
