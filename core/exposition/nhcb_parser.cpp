// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/nhcb_parser.h"

#include <algorithm>

#include "core/text/go_float.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

constexpr std::string_view kBoundLabel = "le";

struct HistogramName {
  std::string_view base;
  /// Empty: not the name of a classic histogram's series.
  std::string_view suffix;
};

HistogramName SplitName(std::string_view name) {
  for (const std::string_view suffix : {"_bucket", "_sum", "_count"}) {
    if (name.size() < suffix.size() || name.substr(name.size() - suffix.size()) != suffix) continue;
    return {name.substr(0, name.size() - suffix.size()), suffix};
  }
  return {name, {}};
}

const Label* FindLabel(const std::vector<Label>& labels, std::string_view name) {
  const auto label =
      std::find_if(labels.begin(), labels.end(), [name](const Label& candidate) { return candidate.name == name; });
  return label == labels.end() ? nullptr : &*label;
}

/// As upstream finds it in the encoded labels: in front of an empty label name with a value of 96 bytes or more it
/// takes the length for a letter behind `_`, and gives up.
std::string_view MetricNameOf(const std::vector<Label>& labels) {
  constexpr std::size_t kLengthTakenForLetter = '_';
  if (!labels.empty() && labels[0].name.empty() && labels[0].value.size() > kLengthTakenForLetter) return {};
  const Label* const label = FindLabel(labels, kMetricName);
  return label == nullptr ? std::string_view() : label->value;
}

/// Whether a label of the name of `*first`, the first of its name, has no value.
bool AnyIsEmpty(const std::vector<Label>& labels, const Label* first) {
  const Label* const end = labels.data() + labels.size();
  const std::string_view name = first->name;
  while (first != end && first->name == name && !first->value.empty()) ++first;
  return first != end && first->name == name;
}

/// What the series of one histogram have in common, as text: all labels but the name and the bound.
void MakeKey(const std::vector<Label>& labels, std::string* key) {
  constexpr char kSeparator = '\xff';  // upstream's; not in UTF-8
  key->clear();
  for (const Label& label : labels) {
    if (label.name == kMetricName || label.name == kBoundLabel) continue;
    key->append(label.name) += kSeparator;
    key->append(label.value) += kSeparator;
  }
}

}  // namespace

void NhcbParser::LabelStore::Clear() {
  text_.clear();
  sizes_.clear();
}

void NhcbParser::LabelStore::Add(const Label& label) {
  text_.append(label.name).append(label.value);
  sizes_.emplace_back(label.name.size(), label.value.size());
}

void NhcbParser::LabelStore::CopyTo(std::vector<Label>* labels) const {
  labels->clear();
  std::string_view rest = text_;
  for (const auto& [name_size, value_size] : sizes_) {
    labels->push_back({rest.substr(0, name_size), rest.substr(name_size, value_size)});
    rest.remove_prefix(name_size + value_size);
  }
}

void NhcbParser::Reset(Parser& wrapped) {
  wrapped_ = &wrapped;
  state_ = State::kPassing;
  entry_ = EntryKind::kComment;
  error_.reset();
  type_ = MetricType::kUnknown;
  family_.clear();
  kept_labels_.Clear();
  converter_.Reset();
  collected_start_ms_ = 0;
  slots_taken_ = 0;
  exemplars_stored_ = 0;
  slots_used_ = 0;
}

EntryKind NhcbParser::Next() {
  if (error_) return EntryKind::kError;
  if (IsEmitting()) {
    state_ = State::kPassing;
    if (entry_ != EntryKind::kSeries) return entry_;
    if (!Collect() || options_.keep_classic) return entry_;
  }
  while (true) {
    kept_labels_.Clear();
    entry_ = wrapped_->Next();
    switch (entry_) {
      case EntryKind::kError:
        return entry_;
      case EntryKind::kSeries:
        if (const std::optional<EntryKind> kind = TakeSeries()) return *kind;
        continue;
      case EntryKind::kType:
        type_ = wrapped_->metadata().type;
        family_ = wrapped_->metadata().name;
        break;
      default:
        break;
    }
    return Emit().value_or(entry_);
  }
}

/// The wrapped parser's new series: what to yield, or nothing if it was only collected.
std::optional<EntryKind> NhcbParser::TakeSeries() {
  if (state_ == State::kPassing && type_ != MetricType::kHistogram) return entry_;
  const SampleEntry& sample = wrapped_->sample();
  converted_.has_timestamp = sample.has_timestamp;
  converted_.t_ms = sample.t_ms;
  wrapped_->SampleLabels(&labels_);
  if (state_ == State::kCollecting && IsOtherHistogram()) {
    if (const std::optional<EntryKind> kind = Emit()) return kind;
  }
  if (Collect() && !options_.keep_classic) return std::nullopt;
  return entry_;
}

bool NhcbParser::NextIfSeries(std::string_view series, EntryKind* kind) {
  if (!CanGuess() || !wrapped_->NextIfSeries(series, kind)) return false;
  kept_labels_.Clear();
  entry_ = *kind;
  return true;
}

bool NhcbParser::MayBeAtSeries() const {
  return CanGuess() && wrapped_->MayBeAtSeries();
}

/// Whether what comes next is handed on as it is.
bool NhcbParser::CanGuess() const {
  return state_ == State::kPassing && type_ != MetricType::kHistogram && !has_unlike_series_ && !error_;
}

/// Whether the current series cannot belong to the histogram that is collected.
bool NhcbParser::IsOtherHistogram() {
  if (type_ != MetricType::kHistogram || SplitName(MetricNameOf(labels_)).base != collected_name_) return true;
  MakeKey(labels_, &key_);
  return key_ != collected_key_;
}

/// Adds the current series to the histogram in hand, or starts one; false: it is no series of a classic histogram.
bool NhcbParser::Collect() {
  if (type_ != MetricType::kHistogram) return false;
  const HistogramName name = SplitName(MetricNameOf(labels_));
  if (name.suffix.empty() || name.base != family_) return false;
  double bound = 0;
  if (name.suffix == "_bucket") {
    const Label* const label = FindLabel(labels_, kBoundLabel);
    if (label == nullptr) return false;
    const text::ParsedFloat parsed = text::ParseGoFloat(label->value);
    bound = DoubleOf(parsed.bits);
    if (parsed.error != text::FloatError::kNone || bound != bound) return false;
  }
  const double value = DoubleOf(wrapped_->sample().value_bits);
  // Errors stay in the converter: such a histogram is dropped without a word (PARSE-NHCB-06).
  static_cast<void>(AddSample(name.suffix, bound, value).ok());
  if (state_ != State::kCollecting) BeginCollection(name.base);
  StoreExemplars();
  return true;
}

Status NhcbParser::AddSample(std::string_view suffix, double bound, double value) {
  if (suffix == "_bucket") return converter_.SetBucketCount(bound, value);
  return suffix == "_sum" ? converter_.SetSum(value) : converter_.SetCount(value);
}

void NhcbParser::BeginCollection(std::string_view name) {
  state_ = State::kCollecting;
  collected_name_ = name;
  MakeKey(labels_, &collected_key_);
  StoreBaseLabels(name);
  // Asked for without ParseST too: in OpenMetrics that changes what comes later (PARSE-NHCB-09), and the unit among
  // this series' labels (PARSE-OM-18), which are those from before.
  kept_labels_.Clear();
  if (options_.keep_classic) {
    for (const Label& label : labels_) kept_labels_.Add(label);
  }
  collected_start_ms_ = wrapped_->StartTimestamp();
}

/// The labels with another name and without the bound, as upstream's Builder makes them: labels without a value go, all
/// of one name, and of equal names only the first is replaced.
void NhcbParser::StoreBaseLabels(std::string_view name) {
  collected_labels_.Clear();
  bool named = false;
  bool has_empty_namesake = false;
  const Label* last = nullptr;
  const auto add_name = [&] {
    if (!named) collected_labels_.Add({kMetricName, name});
    named = true;
  };
  for (const Label& label : labels_) {
    if (last == nullptr || last->name != label.name) has_empty_namesake = AnyIsEmpty(labels_, &label);
    last = &label;
    if (label.name == kBoundLabel || has_empty_namesake) continue;
    if (label.name == kMetricName && !named) {
      add_name();
      continue;
    }
    if (label.name > kMetricName) add_name();
    collected_labels_.Add(label);
  }
  add_name();
}

void NhcbParser::StoreExemplars() {
  if (!wrapped_->HasExtras()) return;
  StoredExemplar* slot = &NextSlot();
  while (wrapped_->NextExemplar(&exemplar_)) {
    slot->labels.Clear();
    for (const Label& label : exemplar_.labels) slot->labels.Add(label);
    slot->value_bits = exemplar_.value_bits;
    if (exemplar_.has_timestamp) {
      slot->has_timestamp = true;
      slot->t_ms = exemplar_.t_ms;
    }
    ++exemplars_stored_;
    slot = &NextSlot();
  }
}

NhcbParser::StoredExemplar& NhcbParser::NextSlot() {
  if (exemplars_stored_ + 1 != slots_taken_) ++slots_taken_;  // else the last one is still empty
  if (slots_taken_ > slots_.size()) slots_.emplace_back();
  StoredExemplar& slot = slots_[slots_taken_ - 1];
  if (slots_taken_ > slots_used_) {
    slots_used_ = slots_taken_;
    slot.labels.Clear();
    slot.value_bits = 0;
    slot.has_timestamp = false;
    slot.t_ms = 0;
  }
  return slot;
}

/// Converts what was collected: the kind to yield, or nothing if there was no histogram, or no valid one.
std::optional<EntryKind> NhcbParser::Emit() {
  // A histogram that would not be valid is not given up either (PARSE-NHCB-06).
  if (state_ != State::kCollecting || converter_.CountIsBelowBuckets()) return std::nullopt;
  const bool converted = converter_.Convert().ok();
  state_ = converted ? State::kEmitting : State::kPassing;
  if (converted) {
    collected_labels_.CopyTo(&converted_labels_);
    MakeSeriesBytes();
    converted_start_ms_ = collected_start_ms_;
    next_exemplar_ = 0;
    exemplar_count_ = exemplars_stored_;
    slots_taken_ = 0;
  }
  converter_.Reset();
  exemplars_stored_ = 0;
  collected_start_ms_ = 0;
  if (!converted) return std::nullopt;
  if (!converted_labels_[0].name.empty()) return EntryKind::kHistogram;
  error_ = Error{"a classic histogram with an empty label name cannot be converted", wrapped_->offset()};
  return EntryKind::kError;
}

/// `name`, or `name{a="b",c="d"}`.
void NhcbParser::MakeSeriesBytes() {
  series_ = FindLabel(converted_labels_, kMetricName)->value;
  has_unlike_series_ = has_unlike_series_ || !IsLegacyMetricName(series_);
  char separator = '{';
  for (const Label& label : converted_labels_) {
    if (label.name == kMetricName) continue;
    series_ += separator;
    separator = ',';
    if (IsLegacyLabelName(label.name)) {
      series_ += label.name;
    } else {
      series_ += text::GoQuote(label.name);
    }
    series_ += '=';
    series_ += text::GoQuote(label.value);
  }
  if (separator == ',') series_ += '}';
  converted_.series = series_;
}

void NhcbParser::SampleLabels(std::vector<Label>* labels) {
  if (IsEmitting()) {
    *labels = converted_labels_;
  } else if (!kept_labels_.empty()) {
    kept_labels_.CopyTo(labels);
  } else {
    wrapped_->SampleLabels(labels);
  }
}

bool NhcbParser::NextExemplar(ExemplarEntry* exemplar) {
  if (!IsEmitting()) return wrapped_->NextExemplar(exemplar);
  if (next_exemplar_ == exemplar_count_) return false;
  const StoredExemplar& stored = slots_[next_exemplar_++];
  stored.labels.CopyTo(&exemplar->labels);
  exemplar->value_bits = stored.value_bits;
  exemplar->has_timestamp = stored.has_timestamp;
  exemplar->t_ms = stored.t_ms;
  return true;
}

std::int64_t NhcbParser::StartTimestamp() {
  switch (state_) {
    case State::kPassing:
      return wrapped_->StartTimestamp();
    case State::kCollecting:
      return collected_start_ms_;
    case State::kEmitting:
      break;
  }
  return converted_start_ms_;
}

}  // namespace stalemark
