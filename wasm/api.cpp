// SPDX-License-Identifier: Apache-2.0
#include "wasm/api.h"

#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include <unistd.h>

#include "core/config/json_text.h"
#include "sim/report/test_report.h"
#include "wasm/session.h"

namespace stalemark::wasm {
namespace {

/// The module has no exceptions: an instance whose memory runs out stops. Whoever embeds it reads what is written to
/// file 2.
void StopWithoutMemory() {
  constexpr std::string_view kReason = "memory ran out\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, kReason.data(), kReason.size());
  std::abort();
}

/// The only state of an instance, in linear memory as everything.
struct Instance {
  Instance() { std::set_new_handler(StopWithoutMemory); }

  Session session;
  std::string output;
};

Instance& TheInstance() {
  static Instance instance;
  return instance;
}

/// Errors of scenarios have a line for each problem; the first one's place is the error's.
std::string ErrorText(const std::string& message) {
  const report::TestResult placed = report::InvalidResult({}, message);
  std::string out;
  {
    JsonObject outer(out);
    JsonObject object(outer.Key("error"));
    object.AlwaysText("message", message);
    if (!placed.failures.empty() && placed.failures.front().place.line > 0) {
      const scenario::Failure& first = placed.failures.front();
      object.AlwaysText("file", first.file);
      object.AlwaysUint("line", first.place.line);
      object.AlwaysUint("column", first.place.column);
    }
  }
  return out;
}

template <Session::Answer (Session::*kCall)(std::string_view)>
int Answer(const char* request, std::size_t size) {
  Instance& instance = TheInstance();
  Session::Answer answer = (instance.session.*kCall)({request, size});
  instance.output = answer.ok() ? std::move(answer).value() : ErrorText(answer.error().message);
  return answer.ok() ? 0 : 1;
}

}  // namespace
}  // namespace stalemark::wasm

using stalemark::wasm::Answer;
using stalemark::wasm::Session;

void* stalemark_alloc(std::size_t size) {
  return std::malloc(size);
}
void stalemark_free(void* memory) {
  std::free(memory);
}
const char* stalemark_output() {
  return stalemark::wasm::TheInstance().output.data();
}
std::size_t stalemark_output_size() {
  return stalemark::wasm::TheInstance().output.size();
}
std::size_t stalemark_memory_size() {
  return reinterpret_cast<std::size_t>(sbrk(0));
}

int stalemark_create(const char* request, std::size_t size) {
  return Answer<&Session::Create>(request, size);
}
int stalemark_check(const char* request, std::size_t size) {
  return Answer<&Session::Check>(request, size);
}
int stalemark_run_to(const char* request, std::size_t size) {
  return Answer<&Session::RunTo>(request, size);
}
int stalemark_step(const char* request, std::size_t size) {
  return Answer<&Session::Step>(request, size);
}
int stalemark_trace(const char* request, std::size_t size) {
  return Answer<&Session::Trace>(request, size);
}
int stalemark_result(const char* request, std::size_t size) {
  return Answer<&Session::Verdict>(request, size);
}
int stalemark_series(const char* request, std::size_t size) {
  return Answer<&Session::Series>(request, size);
}
int stalemark_samples(const char* request, std::size_t size) {
  return Answer<&Session::Samples>(request, size);
}
int stalemark_explain(const char* request, std::size_t size) {
  return Answer<&Session::Explain>(request, size);
}
int stalemark_state(const char* request, std::size_t size) {
  return Answer<&Session::State>(request, size);
}
int stalemark_relabel(const char* request, std::size_t size) {
  return Answer<&Session::Relabel>(request, size);
}
int stalemark_inject(const char* request, std::size_t size) {
  return Answer<&Session::Inject>(request, size);
}
int stalemark_files(const char* request, std::size_t size) {
  return Answer<&Session::Files>(request, size);
}
