// SPDX-License-Identifier: Apache-2.0
// Label sets in upstream's default encoding (POOL-02, "stringlabels"): for each label, sorted by name,
// len(name) name len(value) value, in one string. Mirrors model/labels/labels_stringlabels.go and labels_common.go.
//
// Labels is a value that only assignment changes. Copies share the encoded bytes, as upstream's strings do: a series
// has them once, however many of cache, head and queues know it. Copies may be used on different threads. Views that a
// Labels hands out live as long as it and are not changed. Lengths of 2^24 bytes and more cannot be encoded (upstream
// panics): makers of labels refuse such input first.
#pragma once

// lint: allow thread because copies of one scenario's labels are made on the threads that play it
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stalemark {

inline constexpr std::string_view kMetricName = "__name__";
/// The longest name or value that can be encoded.
inline constexpr std::size_t kLabelBytesMax = (std::size_t{1} << 24) - 1;

struct Label {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const Label& a, const Label& b) { return a.name == b.name && a.value == b.value; }
};

class Labels {
 public:
  /// Walks the encoded bytes. Valid while the Labels lives unchanged.
  class Iterator {
   public:
    explicit Iterator(const char* at) : at_(at) {}
    /// Reads the label at the cursor.
    Label operator*() const;
    Iterator& operator++();
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }
    friend bool operator!=(const Iterator& a, const Iterator& b) { return a.at_ != b.at_; }

   private:
    const char* at_;
  };

  Labels() = default;
  Labels(const Labels& other);
  Labels(Labels&& other) noexcept : set_(std::exchange(other.set_, nullptr)) {}
  Labels& operator=(Labels other) noexcept {
    std::swap(set_, other.set_);
    return *this;
  }
  ~Labels() {
    if (set_ != nullptr) Leave();
  }
  /// Sorts by name (stable) and encodes. Duplicate names and empty values are kept, as a parser yields them.
  static Labels FromUnsorted(std::vector<Label> labels);
  /// Encodes labels that are sorted by name already.
  static Labels FromSorted(const std::vector<Label>& labels);
  /// The same in the place of what this holds, in its memory if no copy shares it. The views must not be of this.
  void AssignSorted(const std::vector<Label>& labels);

  Iterator begin() const { return Iterator(encoded().data()); }
  Iterator end() const { return Iterator(encoded().data() + encoded().size()); }

  bool empty() const { return encoded().empty(); }
  /// Number of labels. Walks the set.
  std::size_t size() const;
  /// Value of the first label of that name, or the empty text.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;
  /// XXH64, seed 0, of the encoded bytes (POOL-03).
  std::uint64_t Hash() const;
  /// `{a="b", c="d"}` with Go's quoting (MGR-12).
  std::string ToString() const;
  /// The encoded bytes (POOL-02).
  std::string_view encoded() const;
  /// Name of a label that occurs twice, or the empty view. Labels must be sorted, as they are.
  std::string_view DuplicateName() const;

  friend bool operator==(const Labels& a, const Labels& b) { return a.set_ == b.set_ || a.encoded() == b.encoded(); }
  friend bool operator!=(const Labels& a, const Labels& b) { return !(a == b); }

 private:
  struct Set;
  /// Room for so many bytes, not shared.
  static Set* NewSet(std::size_t size);
  /// Gives up the set, which goes with the last that shares it.
  void Leave() noexcept;

  /// Null only if empty.
  Set* set_ = nullptr;
};

/// Whether a name or value is as long as can be, and so perhaps the start of a longer one.
bool HasCutLabel(const Labels& labels);

/// Upstream's order of label sets: by names and values, label by label; a set that is a prefix comes first.
int Compare(const Labels& a, const Labels& b);

/// Legacy label name: [a-zA-Z_][a-zA-Z0-9_]*.
bool IsLegacyLabelName(std::string_view name);
/// Legacy metric name: [a-zA-Z_:][a-zA-Z0-9_:]*.
bool IsLegacyMetricName(std::string_view name);

enum class ValidationScheme : std::uint8_t { kUtf8, kLegacy };
/// Label name under a scheme; UTF-8: non-empty valid UTF-8.
bool IsValidLabelName(std::string_view name, ValidationScheme scheme);
bool IsValidMetricName(std::string_view name, ValidationScheme scheme);
/// Upstream's Labels.IsValid: metric name, label names and values under a scheme (MUT-10).
bool IsValid(const Labels& labels, ValidationScheme scheme);

/// Upstream's labels.Builder: a base set, and changes over it. Keeps upstream's visiting order (REL-11): labels of the
/// base that nothing has set, in name order, then those that were set, in the order they were set first.
class LabelsBuilder {
 public:
  LabelsBuilder() = default;
  explicit LabelsBuilder(const Labels& base) { Reset(base); }

  /// Starts over. The base must outlive the builder or the next Reset.
  void Reset(const Labels& base);
  /// Deletes a label.
  void Del(std::string_view name);
  /// Sets a label; an empty value deletes it.
  void Set(std::string_view name, std::string_view value);
  /// Current value, or the empty text. Valid until the next change.
  std::string_view Get(std::string_view name) const;
  /// The labels as they are now, in visiting order; copies, so that the builder may be changed while walking.
  std::vector<std::pair<std::string, std::string>> RangeSnapshot() const;
  /// The resulting set: sorted, without empty values.
  Labels Build() const;

 private:
  struct Added {
    std::string name;
    std::string value;
  };
  bool IsDeleted(std::string_view name) const;
  const Added* FindAdded(std::string_view name) const;

  const Labels* base_ = nullptr;
  std::vector<std::string> deleted_;
  std::vector<Added> added_;
};

// ---- inline: the walk over the encoding is on the per-series path ----

/// The bytes follow it in the same memory.
struct Labels::Set {
  // lint: allow thread because copies may be made on several threads at once
  std::atomic<std::uint32_t> sharers{1};
  /// Bytes behind the content that AssignSorted may use, as far as they can be counted here.
  std::uint32_t spare = 0;
  std::size_t size = 0;

  char* bytes() { return reinterpret_cast<char*>(this + 1); }
};

inline std::string_view Labels::encoded() const {
  return set_ == nullptr ? std::string_view() : std::string_view(set_->bytes(), set_->size);
}

namespace labels_internal {
/// Reads a length of the encoding and moves `at` behind it.
inline std::size_t ReadLength(const char*& at) {
  const auto first = static_cast<unsigned char>(*at++);
  if (first != 0xFF) return first;
  const auto b0 = static_cast<unsigned char>(at[0]);
  const auto b1 = static_cast<unsigned char>(at[1]);
  const auto b2 = static_cast<unsigned char>(at[2]);
  at += 3;
  return std::size_t{b0} | std::size_t{b1} << 8 | std::size_t{b2} << 16;
}
}  // namespace labels_internal

inline Label Labels::Iterator::operator*() const {
  const char* at = at_;
  const std::size_t name_length = labels_internal::ReadLength(at);
  const std::string_view name(at, name_length);
  at += name_length;
  const std::size_t value_length = labels_internal::ReadLength(at);
  return {name, std::string_view(at, value_length)};
}

inline Labels::Iterator& Labels::Iterator::operator++() {
  for (int part = 0; part < 2; ++part) {  // the name, then the value
    const std::size_t length = labels_internal::ReadLength(at_);
    at_ += length;
  }
  return *this;
}

}  // namespace stalemark
