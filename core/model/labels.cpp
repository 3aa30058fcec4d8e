// SPDX-License-Identifier: Apache-2.0
#include "core/model/labels.h"

#include <algorithm>
#include <limits>
#include <new>

#include <xxhash.h>

#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

using ascii::IsDigit;

constexpr std::size_t EncodedLength(std::size_t length) {
  return length < 0xFF ? 1 : 4;
}

std::string_view Cut(std::string_view text) {
  return text.substr(0, kLabelBytesMax);
}

/// Writes a name or a value with its length, and returns where it ends.
char* Encode(std::string_view text, char* at) {
  const std::size_t length = text.size();
  if (length < 0xFF) {
    *at++ = static_cast<char>(length);
  } else {
    *at++ = static_cast<char>(0xFF);
    *at++ = static_cast<char>(length & 0xFF);
    *at++ = static_cast<char>(length >> 8 & 0xFF);
    *at++ = static_cast<char>(length >> 16 & 0xFF);
  }
  return std::copy(text.begin(), text.end(), at);
}

}  // namespace

Labels::Labels(const Labels& other) : set_(other.set_) {
  // Nothing but the count is touched, and who copies holds a share: no order is needed.
  if (set_ != nullptr) set_->sharers.fetch_add(1, std::memory_order_relaxed);
}

Labels::Set* Labels::NewSet(std::size_t size) {
  return new (::operator new(sizeof(Set) + size)) Set;
}

void Labels::Leave() noexcept {
  // What others did with the bytes is over before they are freed.
  if (set_->sharers.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  set_->~Set();
  ::operator delete(set_);
}

Labels Labels::FromSorted(const std::vector<Label>& labels) {
  Labels result;
  result.AssignSorted(labels);
  return result;
}

void Labels::AssignSorted(const std::vector<Label>& labels) {
  std::size_t size = 0;
  for (const Label& label : labels) {
    for (const std::string_view text : {Cut(label.name), Cut(label.value)}) {
      size += EncodedLength(text.size()) + text.size();
    }
  }
  const bool fits = set_ != nullptr && size <= set_->size + set_->spare;
  if (!fits || set_->sharers.load(std::memory_order_acquire) != 1) {
    *this = Labels();
    if (size == 0) return;
    set_ = NewSet(size);
    set_->size = size;
  }
  const std::size_t spare = set_->size + set_->spare - size;
  set_->spare = static_cast<std::uint32_t>(std::min<std::size_t>(spare, std::numeric_limits<std::uint32_t>::max()));
  set_->size = size;
  char* at = set_->bytes();
  for (const Label& label : labels) at = Encode(Cut(label.value), Encode(Cut(label.name), at));
}

Labels Labels::FromUnsorted(std::vector<Label> labels) {
  std::stable_sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.name < b.name; });
  return FromSorted(labels);
}

std::size_t Labels::size() const {
  std::size_t count = 0;
  for (Iterator at = begin(); at != end(); ++at) ++count;
  return count;
}

std::string_view Labels::Get(std::string_view name) const {
  for (const Label label : *this) {
    if (label.name == name) return label.value;
    if (label.name > name) break;
  }
  return {};
}

bool Labels::Has(std::string_view name) const {
  for (const Label label : *this) {
    if (label.name == name) return true;
    if (label.name > name) break;
  }
  return false;
}

std::uint64_t Labels::Hash() const {
  return XXH64(encoded().data(), encoded().size(), 0);
}

std::string Labels::ToString() const {
  std::string out = "{";
  for (const Label label : *this) {
    if (out.size() > 1) out += ", ";
    out += IsLegacyLabelName(label.name) ? std::string(label.name) : text::GoQuote(label.name);
    out += '=';
    out += text::GoQuote(label.value);
  }
  return out + "}";
}

std::string_view Labels::DuplicateName() const {
  std::string_view previous;
  bool first = true;
  for (const Label label : *this) {
    if (!first && label.name == previous) return label.name;
    previous = label.name;
    first = false;
  }
  return {};
}

bool HasCutLabel(const Labels& labels) {
  if (labels.encoded().size() < kLabelBytesMax) return false;
  for (const Label label : labels) {
    if (label.name.size() >= kLabelBytesMax || label.value.size() >= kLabelBytesMax) return true;
  }
  return false;
}

int Compare(const Labels& a, const Labels& b) {
  auto left = a.begin();
  auto right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right) {
    if (const int order = (*left).name.compare((*right).name); order != 0) return order;
    if (const int order = (*left).value.compare((*right).value); order != 0) return order;
  }
  if (left != a.end()) return 1;
  return right != b.end() ? -1 : 0;
}

bool IsLegacyLabelName(std::string_view name) {
  if (name.empty() || !ascii::IsNameStart(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return ascii::IsNameStart(c) || IsDigit(c); });
}

bool IsLegacyMetricName(std::string_view name) {
  if (name.empty() || IsDigit(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return ascii::IsNameStart(c) || IsDigit(c) || c == ':'; });
}

bool IsValidLabelName(std::string_view name, ValidationScheme scheme) {
  if (scheme == ValidationScheme::kLegacy) return IsLegacyLabelName(name);
  return !name.empty() && text::IsValidUtf8(name);
}

bool IsValidMetricName(std::string_view name, ValidationScheme scheme) {
  if (scheme == ValidationScheme::kLegacy) return IsLegacyMetricName(name);
  return !name.empty() && text::IsValidUtf8(name);
}

bool IsValid(const Labels& labels, ValidationScheme scheme) {
  for (const Label label : labels) {
    if (label.name == kMetricName && !IsValidMetricName(label.value, scheme)) return false;
    if (!IsValidLabelName(label.name, scheme) || !text::IsValidUtf8(label.value)) return false;
  }
  return true;
}

void LabelsBuilder::Reset(const Labels& base) {
  base_ = &base;
  deleted_.clear();
  added_.clear();
  for (const Label label : base) {
    if (label.value.empty()) deleted_.emplace_back(label.name);
  }
}

void LabelsBuilder::Del(std::string_view name) {
  added_.erase(std::remove_if(added_.begin(), added_.end(), [&](const Added& a) { return a.name == name; }),
               added_.end());
  deleted_.emplace_back(name);
}

void LabelsBuilder::Set(std::string_view name, std::string_view value) {
  if (value.empty()) {
    Del(name);
    return;
  }
  for (Added& added : added_) {
    if (added.name != name) continue;
    added.value = value;
    return;
  }
  added_.push_back(Added{std::string(name), std::string(value)});
}

const LabelsBuilder::Added* LabelsBuilder::FindAdded(std::string_view name) const {
  for (const Added& added : added_) {
    if (added.name == name) return &added;
  }
  return nullptr;
}

bool LabelsBuilder::IsDeleted(std::string_view name) const {
  return std::find(deleted_.begin(), deleted_.end(), name) != deleted_.end();
}

std::string_view LabelsBuilder::Get(std::string_view name) const {
  // Del() always beats the base, and Set() beats an earlier Del().
  if (const Added* added = FindAdded(name)) return added->value;
  if (IsDeleted(name) || base_ == nullptr) return {};
  return base_->Get(name);
}

std::vector<std::pair<std::string, std::string>> LabelsBuilder::RangeSnapshot() const {
  std::vector<std::pair<std::string, std::string>> out;
  if (base_ != nullptr) {
    for (const Label label : *base_) {
      if (FindAdded(label.name) == nullptr && !IsDeleted(label.name)) out.emplace_back(label.name, label.value);
    }
  }
  for (const Added& added : added_) out.emplace_back(added.name, added.value);
  return out;
}

Labels LabelsBuilder::Build() const {
  if (added_.empty() && deleted_.empty()) return base_ == nullptr ? Labels() : *base_;
  std::vector<Label> result;
  if (base_ != nullptr) {
    for (const Label label : *base_) {
      if (FindAdded(label.name) == nullptr && !IsDeleted(label.name)) result.push_back(label);
    }
  }
  for (const Added& added : added_) result.push_back({added.name, added.value});
  return Labels::FromUnsorted(std::move(result));
}

}  // namespace stalemark
