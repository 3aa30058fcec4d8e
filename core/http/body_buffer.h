// SPDX-License-Identifier: Apache-2.0
// BodyBuffer: the bytes of one response body, and BodyPool, which lends buffers so that a fetch in steady state
// allocates nothing for its body (LOOP-40).
//
// kBodyTail readable zero bytes follow the content once Seal has been called, which is what core/exposition asks of a
// body (its kBodyPadding; core/scrape, which sees both headers, asserts that they agree). A view from bytes() is valid
// until the buffer is changed, moved into the pool or destroyed. Single-threaded.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace stalemark {

/// Readable bytes behind a sealed body.
inline constexpr std::size_t kBodyTail = 64;

class BodyBuffer {
 public:
  BodyBuffer() = default;
  BodyBuffer(BodyBuffer&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  BodyBuffer& operator=(BodyBuffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  std::size_t size() const { return size_; }
  /// Bytes of memory that it holds.
  std::size_t capacity() const { return capacity_; }
  bool has_memory() const { return data_ != nullptr; }
  std::string_view bytes() const { return {data_.get(), size_}; }
  /// Forgets the content, keeps the memory.
  void Clear() { size_ = 0; }
  void Append(std::string_view bytes);
  /// Room for at least `count` bytes behind the content, and for the tail. Uninitialised; valid until the next change.
  char* Reserve(std::size_t count);
  /// Takes over `count` bytes that were written to what Reserve returned.
  void Commit(std::size_t count) { size_ += count; }
  /// Writes the tail.
  void Seal();

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  /// Without the tail.
  std::size_t capacity_ = 0;
};

class BodyPool {
 public:
  /// An empty buffer; the one given back last, as its memory is most likely cached.
  BodyBuffer Take();
  void Give(BodyBuffer buffer);

 private:
  /// Of all that are kept, unless it is one alone: how many there are follows from how bodies arrive, and what they
  /// hold is held for nothing until then.
  static constexpr std::size_t kKeptBytesMax = std::size_t{4} << 20;
  /// A larger one is given back: one huge body must not stay for ever.
  static constexpr std::size_t kBufferBytesMax = std::size_t{32} << 20;
  std::vector<BodyBuffer> free_;
  /// Of those.
  std::size_t kept_bytes_ = 0;
};

}  // namespace stalemark
