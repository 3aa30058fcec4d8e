// SPDX-License-Identifier: Apache-2.0
#include "core/trace/trace_reader.h"

#include <type_traits>
#include <utility>
#include <vector>

#include "core/trace/varint.h"

namespace stalemark::trace {
namespace {

/// Checks an encoding of labels from outside before anything walks it.
std::optional<Labels> DecodeLabels(std::string_view encoded) {
  std::vector<Label> labels;
  const auto take = [&encoded]() -> std::optional<std::string_view> {
    if (encoded.empty()) return std::nullopt;
    const bool wide = static_cast<unsigned char>(encoded[0]) == 0xFF;
    if (wide && encoded.size() < 4) return std::nullopt;
    const char* at = encoded.data();
    const std::size_t length = labels_internal::ReadLength(at);
    encoded.remove_prefix(wide ? 4 : 1);
    if (encoded.size() < length) return std::nullopt;
    const std::string_view text = encoded.substr(0, length);
    encoded.remove_prefix(length);
    return text;
  };
  while (!encoded.empty()) {
    const std::optional<std::string_view> name = take();
    const std::optional<std::string_view> value = name ? take() : std::nullopt;
    if (!value) return std::nullopt;
    labels.push_back({*name, *value});
  }
  return Labels::FromSorted(labels);
}

template <std::size_t... I>
std::optional<Event> MakeEvent(std::size_t kind, std::index_sequence<I...>) {
  std::optional<Event> event;
  (void)((kind == I && (event.emplace(std::in_place_index<I>), true)) || ...);
  return event;
}

}  // namespace

/// Walks the fields of an event and reads each by its type; the first failure makes the rest no-ops.
class Decoder {
 public:
  Decoder(std::string_view record, std::deque<Labels>& label_sets) : in_(record), label_sets_(label_sets) {}

  bool ok() const { return ok_; }
  bool at_end() const { return in_.empty(); }

  void operator()(std::uint64_t& value) { Set(value, TakeUvarint(in_)); }
  void operator()(std::int64_t& value) { Set(value, TakeVarint(in_)); }
  void operator()(std::uint8_t& value) {
    if (!ok_ || in_.empty()) {
      ok_ = false;
      return;
    }
    value = static_cast<std::uint8_t>(in_[0]);
    in_.remove_prefix(1);
  }
  void operator()(bool& value) {
    std::uint8_t byte = 0;
    (*this)(byte);
    value = byte != 0;
    ok_ = ok_ && byte <= 1;
  }
  void operator()(std::string_view& text) {
    std::uint64_t length = 0;
    (*this)(length);
    if (!ok_ || length > in_.size()) {
      ok_ = false;
      return;
    }
    text = in_.substr(0, static_cast<std::size_t>(length));
    in_.remove_prefix(static_cast<std::size_t>(length));
  }
  template <class E, std::enable_if_t<std::is_enum_v<E>, int> = 0>
  void operator()(E& value) {
    std::underlying_type_t<E> raw{};
    (*this)(raw);
    value = static_cast<E>(raw);
  }
  void operator()(const Labels*& labels) {
    std::uint64_t index = 0;
    (*this)(index);
    if (!ok_ || index == 0) return;
    if (index == label_sets_.size() + 1) {
      std::string_view encoded;
      (*this)(encoded);
      std::optional<Labels> decoded = ok_ ? DecodeLabels(encoded) : std::nullopt;
      ok_ = decoded.has_value();
      if (ok_) label_sets_.push_back(*std::move(decoded));
    }
    if (index > label_sets_.size()) ok_ = false;
    if (ok_) labels = &label_sets_[static_cast<std::size_t>(index - 1)];
  }

 private:
  template <class T>
  void Set(T& value, std::optional<T> taken) {
    ok_ = ok_ && taken.has_value();
    if (ok_) value = *taken;
  }

  std::string_view in_;
  std::deque<Labels>& label_sets_;
  bool ok_ = true;
};

Result<TraceReader> TraceReader::Open(std::string_view bytes) {
  TraceReader reader(bytes);
  reader.rest_ = bytes;
  if (bytes.substr(0, 4) != "STMK") return Error{"not a trace: it does not start with STMK", 0};
  reader.rest_.remove_prefix(4);
  const std::optional<std::uint64_t> version = TakeUvarint(reader.rest_);
  if (version != kTraceVersion) {
    return Error{"trace version " + (version ? std::to_string(*version) : "?") + " is not known, expected " +
                     std::to_string(kTraceVersion),
                 4};
  }
  return reader;
}

Result<std::optional<TimedEvent>> TraceReader::Next() {
  if (rest_.empty()) return std::optional<TimedEvent>();
  const std::size_t offset = all_.size() - rest_.size();
  const Error damaged{"the trace is damaged", offset};
  const std::optional<std::uint64_t> size = TakeUvarint(rest_);
  if (!size || *size > rest_.size() || *size == 0) return damaged;
  std::string_view record = rest_.substr(0, static_cast<std::size_t>(*size));
  rest_.remove_prefix(record.size());
  std::optional<Event> event =
      MakeEvent(static_cast<unsigned char>(record[0]), std::make_index_sequence<std::variant_size_v<Event>>());
  record.remove_prefix(1);
  const std::optional<std::int64_t> delta_ns = TakeVarint(record);
  if (!event || !delta_ns) return damaged;
  last_ns_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(last_ns_) + static_cast<std::uint64_t>(*delta_ns));
  Decoder decoder(record, label_sets_);
  std::visit([&](auto& e) { std::decay_t<decltype(e)>::Fields(e, decoder); }, *event);
  if (!decoder.ok() || !decoder.at_end()) return damaged;
  return std::optional<TimedEvent>(TimedEvent{MonotonicTime(Nanoseconds(last_ns_)), *std::move(event)});
}

}  // namespace stalemark::trace
