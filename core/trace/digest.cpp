// SPDX-License-Identifier: Apache-2.0
#include "core/trace/digest.h"

#include <cstring>

#include <fmt/format.h>
#include <xxhash.h>

namespace stalemark::trace {

namespace {
/// Small pieces are gathered before they are hashed: an update costs more than a copy.
constexpr std::size_t kGatheredBytes = 4096;
}  // namespace

struct Digest::State {
  XXH64_state_t xxh;
  std::size_t size = 0;
  char gathered[kGatheredBytes];

  void Add(const char* bytes, std::size_t count) {
    if (count > kGatheredBytes - size) {
      Flush();
      if (count > kGatheredBytes) {
        XXH64_update(&xxh, bytes, count);
        return;
      }
    }
    if (count > 0) std::memcpy(gathered + size, bytes, count);
    size += count;
  }
  void Flush() {
    XXH64_update(&xxh, gathered, size);
    size = 0;
  }
};

Digest::Digest() : state_(std::make_unique<State>()) {
  XXH64_reset(&state_->xxh, 0);
}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::Number(std::uint64_t value) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (8 * i) & 0xFF);
  state_->Add(bytes, sizeof(bytes));
}

void Digest::Text(std::string_view text) {
  Number(text.size());
  Raw(text);
}

void Digest::Raw(std::string_view bytes) {
  state_->Add(bytes.data(), bytes.size());
}

std::uint64_t Digest::value() const {
  state_->Flush();
  return XXH64_digest(&state_->xxh);
}

std::uint64_t HashOf(std::string_view bytes) {
  return XXH64(bytes.data(), bytes.size(), 0);
}

std::string DigestText(std::uint64_t value) {
  return fmt::format("{:016x}", value);
}

}  // namespace stalemark::trace
