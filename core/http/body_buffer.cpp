// SPDX-License-Identifier: Apache-2.0
#include "core/http/body_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stalemark {

void BodyBuffer::Append(std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(Reserve(bytes.size()), bytes.data(), bytes.size());
  size_ += bytes.size();
}

char* BodyBuffer::Reserve(std::size_t count) {
  if (data_ == nullptr || capacity_ - size_ < count) {
    const std::size_t capacity = std::max({size_ + count, capacity_ + capacity_ / 2, std::size_t{1000}});
    // Not make_unique, which would clear the memory first.
    std::unique_ptr<char[]> grown(new char[capacity + kBodyTail]);
    if (size_ > 0) std::memcpy(grown.get(), data_.get(), size_);
    data_ = std::move(grown);
    capacity_ = capacity;
  }
  return data_.get() + size_;
}

void BodyBuffer::Seal() {
  std::memset(Reserve(0), 0, kBodyTail);
}

BodyBuffer BodyPool::Take() {
  if (free_.empty()) return {};
  BodyBuffer buffer = std::move(free_.back());
  free_.pop_back();
  kept_bytes_ -= buffer.capacity();
  buffer.Clear();
  return buffer;
}

void BodyPool::Give(BodyBuffer buffer) {
  const bool fits =
      free_.empty() ? buffer.capacity() <= kBufferBytesMax : kept_bytes_ + buffer.capacity() <= kKeptBytesMax;
  if (!fits) return;
  kept_bytes_ += buffer.capacity();
  free_.push_back(std::move(buffer));
}

}  // namespace stalemark
