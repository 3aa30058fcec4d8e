// SPDX-License-Identifier: Apache-2.0
#include "core/compression/compression.h"

#include <memory>

#include <snappy.h>
#include <zstd.h>

namespace stalemark {

void SnappyEncode(std::string_view block, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + snappy::MaxCompressedLength(block.size()));
  std::size_t packed_bytes = 0;
  snappy::RawCompress(block.data(), block.size(), out.data() + before, &packed_bytes);
  out.resize(before + packed_bytes);
}

Result<std::string> SnappyDecode(std::string_view packed) {
  std::size_t unpacked_bytes = 0;
  if (!snappy::GetUncompressedLength(packed.data(), packed.size(), &unpacked_bytes)) {
    return Error{"snappy: corrupt input"};
  }
  if (unpacked_bytes > kUnpackedBytesMax) return Error{"snappy: decoded block is too large"};
  // A copy of 64 bytes takes three: more cannot come out.
  if (unpacked_bytes / 64 > packed.size()) return Error{"snappy: corrupt input"};
  std::string out(unpacked_bytes, '\0');
  if (!snappy::RawUncompress(packed.data(), packed.size(), out.data())) return Error{"snappy: corrupt input"};
  return out;
}

Result<std::string> ZstdDecode(std::string_view packed) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  std::string out;
  ZSTD_inBuffer input{packed.data(), packed.size(), 0};
  // Bytes that the decoder still wants; 0 at the end of a frame. A block may hold several.
  std::size_t wanted = 1;
  while (input.pos < input.size || wanted != 0) {
    const std::size_t before = out.size();
    out.resize(before + ZSTD_DStreamOutSize());
    ZSTD_outBuffer output{out.data() + before, out.size() - before, 0};
    const std::size_t input_before = input.pos;
    wanted = ZSTD_decompressStream(stream.get(), &output, &input);
    out.resize(before + output.pos);
    if (ZSTD_isError(wanted) != 0) return Error{std::string("zstd: ") + ZSTD_getErrorName(wanted)};
    if (out.size() > kUnpackedBytesMax) return Error{"zstd: decoded block is too large"};
    const bool stands = output.pos == 0 && input.pos == input_before;
    if (stands && wanted != 0) return Error{"unexpected EOF"};
  }
  return out;
}

}  // namespace stalemark
