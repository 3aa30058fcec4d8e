// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error. Errors are values; no exception leaves core/. A module whose callers decide by kind
// of error has its own enum beside its functions (TransportErrorKind, AppendCode); everything else is told by text.
#pragma once

#include <cassert>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace stalemark {

/// What went wrong, in upstream's words where upstream has words for it.
struct Error {
  /// No position in an input is known.
  static constexpr std::size_t kNoOffset = static_cast<std::size_t>(-1);

  std::string message;
  /// Byte offset into the input that the error is about, or kNoOffset.
  std::size_t offset = kNoOffset;
};

/// A value or an Error. Ask ok() first: value() of an error and error() of a value are programmer errors.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    assert(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace stalemark
