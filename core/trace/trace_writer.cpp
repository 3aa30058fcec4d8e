// SPDX-License-Identifier: Apache-2.0
#include "core/trace/trace_writer.h"

#include <type_traits>

#include "core/trace/varint.h"

namespace stalemark::trace {

/// Walks the fields of an event and writes each by its type.
class Encoder {
 public:
  Encoder(TraceWriter::Stream& stream, std::string& out) : stream_(stream), out_(out) {}

  void operator()(std::uint64_t value) { AppendUvarint(out_, value); }
  void operator()(std::int64_t value) { AppendVarint(out_, value); }
  void operator()(bool value) { out_.push_back(value ? '\1' : '\0'); }
  void operator()(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void operator()(std::string_view text) {
    AppendUvarint(out_, text.size());
    out_.append(text);
  }
  template <class E, std::enable_if_t<std::is_enum_v<E>, int> = 0>
  void operator()(E value) {
    (*this)(static_cast<std::underlying_type_t<E>>(value));
  }
  /// 0: no label set; n: the n-th of the table, followed by its bytes where it is new.
  void operator()(const Labels* labels) {
    if (labels == nullptr) {
      AppendUvarint(out_, 0);
      return;
    }
    if (set_ != nullptr && *set_ != 0) {
      AppendUvarint(out_, *set_);
      return;
    }
    const std::string_view text = labels->encoded();
    const auto known = stream_.label_sets.find(text);
    const bool is_new = known == stream_.label_sets.end();
    const std::uint64_t set = is_new ? stream_.label_sets.size() + 1 : known->second;
    AppendUvarint(out_, set);
    if (is_new) {
      stream_.label_sets.emplace(text, set);
      (*this)(text);
    }
    if (set_ != nullptr) *set_ = set;
  }

  /// The labels to come are those of a cache entry, which has the same in each of its appends.
  void SetEntry(EntryId entry) {
    if (entry == EntryId{}) return;
    const auto index = static_cast<std::size_t>(entry);
    if (stream_.set_of_entry.size() < index) stream_.set_of_entry.resize(index);
    set_ = &stream_.set_of_entry[index - 1];
  }

 private:
  TraceWriter::Stream& stream_;
  std::string& out_;
  /// Of the entry, if there is one; 0: not known yet.
  std::uint64_t* set_ = nullptr;
};

TraceWriter::TraceWriter(Level level) : level_(level) {
  std::string header = "STMK";
  AppendUvarint(header, kTraceVersion);
  trace_digest_.Raw(header);
  if (level_ != Level::kDigestsOnly) bytes_ = header;
}

void TraceWriter::OnEvent(MonotonicTime at, const Event& event) {
  const std::int64_t at_ns = at.time_since_epoch().count();
  const bool detail = std::visit([](const auto& e) { return kIsDetail<std::decay_t<decltype(e)>>; }, event);
  if (!detail) {
    Encode(digest_stream_, at_ns, event);
    trace_digest_.Raw(record_);
    AddToStoreDigest(event);
  }
  if (level_ == Level::kDigestsOnly || (detail && level_ == Level::kOutcome)) return;
  Encode(kept_stream_, at_ns, event);
  AppendUvarint(bytes_, record_.size());
  bytes_ += record_;
}

void TraceWriter::Encode(Stream& stream, std::int64_t at_ns, const Event& event) {
  record_.clear();
  record_.push_back(static_cast<char>(event.index()));
  AppendVarint(record_, at_ns - stream.last_ns);
  stream.last_ns = at_ns;
  Encoder encoder(stream, record_);
  std::visit(
      [&](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, FetchFinished>) {
          E once = e;
          if (!stream.bodies.insert(e.body_hash).second) once.body = {};
          E::Fields(once, encoder);
        } else {
          if constexpr (std::is_same_v<E, SampleAppended>) encoder.SetEntry(e.entry);
          E::Fields(e, encoder);
        }
      },
      event);
}

void TraceWriter::AddToStoreDigest(const Event& event) {
  if (const auto* append = std::get_if<SampleAppended>(&event)) {
    if (append->verdict != 0) return;
    const bool is_float = append->histogram.empty();
    store_digest_.Raw(is_float ? "A" : "H");
    store_digest_.Text(append->labels->encoded());
    store_digest_.Number(static_cast<std::uint64_t>(append->t_ms));
    if (is_float) {
      store_digest_.Number(append->value_bits);
    } else {
      store_digest_.Text(append->histogram);
    }
    if (append->st_ms != 0 || !append->exemplars.empty()) {
      store_digest_.Raw("X");
      store_digest_.Number(static_cast<std::uint64_t>(append->st_ms));
      store_digest_.Text(append->exemplars);
    }
  } else if (const auto* end = std::get_if<TransactionEnded>(&event)) {
    store_digest_.Raw(end->committed ? "C" : "R");
    store_digest_.Text(end->error);
  }
}

void TraceWriter::AddFinalSeries(const Labels& labels, const std::vector<FinalSample>& samples) {
  store_digest_.Raw("S");
  store_digest_.Text(labels.encoded());
  store_digest_.Number(samples.size());
  for (const FinalSample& sample : samples) {
    store_digest_.Number(static_cast<std::uint64_t>(sample.t_ms));
    if (sample.histogram.empty()) {
      store_digest_.Number(sample.value_bits);
    } else {
      store_digest_.Text(sample.histogram);
    }
  }
}

}  // namespace stalemark::trace
