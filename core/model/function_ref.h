// SPDX-License-Identifier: Apache-2.0
// FunctionRef: a callable that a function takes for the time of its call, without owning it: two words, no allocation,
// and for each lambda one function, where std::function has a class of its own with copying and destroying.
//
// As a parameter it may be made from a lambda in the call's arguments. It must not outlive what it was made from:
// nobody keeps one in a variable or a member that lives longer than the call.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace stalemark {

template <class Signature>
class FunctionRef;

template <class R, class... A>
class FunctionRef<R(A...)> {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> && std::is_invocable_r_v<R, F&, A...> &&
           std::is_class_v<std::remove_cvref_t<F>>)
      FunctionRef(F&& callable)  // NOLINT(google-explicit-constructor,bugprone-forwarding-reference-overload)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))), call_(&Call<F>) {}

  FunctionRef(R (*function)(A...))  // NOLINT(google-explicit-constructor)
      : function_(function), call_(&CallFunction) {}

  R operator()(A... arguments) const { return call_(*this, std::forward<A>(arguments)...); }

 private:
  template <class F>
  static R Call(const FunctionRef& self, A... arguments) {
    return static_cast<R>((*static_cast<std::remove_reference_t<F>*>(self.object_))(std::forward<A>(arguments)...));
  }
  static R CallFunction(const FunctionRef& self, A... arguments) {
    return self.function_(std::forward<A>(arguments)...);
  }

  union {
    void* object_;
    R (*function_)(A...);
  };
  R (*call_)(const FunctionRef&, A...);
};

}  // namespace stalemark
