// SPDX-License-Identifier: Apache-2.0
// What the WebAssembly module exports: bytes in, bytes out. docs/design/visualizer.md has the calls, their requests and
// their answers; wasm/package wraps them in a class.
//
// A call takes a request, which the caller wrote to memory of stalemark_alloc, and returns 0: the answer lies in the
// output; or 1: the output is `{"error": {"message", "file", "line", "column"}}`, without a place where none is known.
// The output is valid until the next call. An instance holds one run, and all of it lies in linear memory: whoever
// copies the first stalemark_memory_size() bytes between two calls has a snapshot, which any instance of the same
// module goes on from once they are copied into its memory. No call aborts on any input, short of memory that runs out:
// then the instance traps and is of no use until a snapshot is copied into it.
#pragma once

#include <cstddef>

extern "C" {

void* stalemark_alloc(std::size_t size);
void stalemark_free(void* memory);
const char* stalemark_output();
std::size_t stalemark_output_size();
/// Bytes from 0 on that are in use; what lies behind is zero or unused.
std::size_t stalemark_memory_size();

int stalemark_create(const char* request, std::size_t size);
int stalemark_check(const char* request, std::size_t size);
int stalemark_run_to(const char* request, std::size_t size);
int stalemark_step(const char* request, std::size_t size);
int stalemark_trace(const char* request, std::size_t size);
int stalemark_result(const char* request, std::size_t size);
int stalemark_series(const char* request, std::size_t size);
int stalemark_samples(const char* request, std::size_t size);
int stalemark_explain(const char* request, std::size_t size);
int stalemark_state(const char* request, std::size_t size);
int stalemark_relabel(const char* request, std::size_t size);
int stalemark_inject(const char* request, std::size_t size);
int stalemark_files(const char* request, std::size_t size);
}
