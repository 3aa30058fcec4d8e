// SPDX-License-Identifier: Apache-2.0
#include "core/http/gzip.h"

#include <cassert>
#include <limits>

#include <zlib.h>

namespace stalemark {
namespace {

/// `wrapping`: what deflateInit2 adds to the bits of the window.
std::string Deflated(std::string_view bytes, int wrapping) {
  assert(bytes.size() <= std::numeric_limits<uInt>::max());
  z_stream stream{};
  [[maybe_unused]] int status =
      deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + wrapping, 8, Z_DEFAULT_STRATEGY);
  assert(status == Z_OK);
  std::string packed(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  status = deflate(&stream, Z_FINISH);
  assert(status == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

std::string Gzip(std::string_view bytes) {
  return Deflated(bytes, 16);
}

std::string Zlib(std::string_view bytes) {
  return Deflated(bytes, 0);
}

}  // namespace stalemark
