// SPDX-License-Identifier: Apache-2.0
#include "core/http/gunzip.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

#include "core/http/deflate_walker.h"

namespace stalemark {
namespace {

constexpr std::string_view kEof = "EOF";
constexpr std::string_view kUnexpectedEof = "unexpected EOF";
constexpr std::string_view kInvalidHeader = "gzip: invalid header";
constexpr std::string_view kInvalidChecksum = "gzip: invalid checksum";
constexpr std::size_t kHeaderBytes = 10;
constexpr std::size_t kTrailerBytes = 8;
/// Go keeps a name or comment in a buffer of this size, the final zero included.
constexpr std::size_t kHeaderTextMax = 512;
/// More than zlib keeps in its bit buffer and one code needs.
constexpr std::size_t kReadAheadBytes = 16;
/// How far a trailer's size is believed at first: exposition shrinks by a factor of 10 to 20.
constexpr std::uint64_t kBelievedExpansion = 40;

enum HeaderFlag : unsigned { kHasCrc = 1 << 1, kHasExtra = 1 << 2, kHasName = 1 << 3, kHasComment = 1 << 4 };

std::uint32_t LittleEndian(std::string_view bytes, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

const Bytef* ZlibBytes(const char* bytes) {
  return reinterpret_cast<const Bytef*>(bytes);
}

/// crc32 takes lengths of 32 bits.
std::uint32_t Crc32(std::string_view bytes) {
  uLong crc = crc32(0, nullptr, 0);
  while (!bytes.empty()) {
    const std::size_t part = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    crc = crc32(crc, ZlibBytes(bytes.data()), static_cast<uInt>(part));
    bytes.remove_prefix(part);
  }
  return static_cast<std::uint32_t>(crc);
}

}  // namespace

struct Gunzipper::Inflater {
  z_stream stream{};
  bool ready = false;
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
  /// False when there is no memory for it.
  bool Reset() {
    if (ready) return inflateReset(&stream) == Z_OK;
    ready = inflateInit2(&stream, -MAX_WBITS) == Z_OK;
    return ready;
  }
};

/// One body being unpacked.
class Gunzipper::Run {
 public:
  Run(Inflater& inflater, std::string_view input, const GunzipOptions& options, BodyBuffer* out)
      : inflater_(inflater), rest_(input), options_(options), out_(out) {
    output_max_ = options.bytes_max;
    if (options.limit > 0) output_max_ = std::min(output_max_, options.limit);
  }

  GunzipOutcome Unpack() {
    if (!ReadHeader(Member::kFirst)) return Outcome();
    do {
      if (!Inflate() || !CheckTrailer()) return Outcome();
    } while (ReadHeader(Member::kNext));
    return Outcome();
  }

 private:
  enum class Member { kFirst, kNext };

  bool Fail(std::string_view error) {
    error_ = error;
    return false;
  }
  /// The input ends inside something.
  bool FailCut() { return Fail(options_.input_error ? std::string_view(*options_.input_error) : kUnexpectedEof); }
  bool Take(std::size_t count, std::string_view* bytes) {
    if (rest_.size() < count) return FailCut();
    *bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return true;
  }

  /// False at the end of the input, with error_ empty when the body may end there.
  bool ReadHeader(Member member) {
    if (rest_.empty()) {
      if (options_.input_error) return Fail(*options_.input_error);
      return member == Member::kNext ? false : Fail(kEof);
    }
    const std::string_view header = rest_;
    std::string_view bytes;
    if (!Take(kHeaderBytes, &bytes)) return false;
    if (bytes[0] != '\x1f' || bytes[1] != '\x8b' || bytes[2] != '\x08') return Fail(kInvalidHeader);
    const auto flags = static_cast<unsigned char>(bytes[3]);
    if ((flags & kHasExtra) != 0 && !(Take(2, &bytes) && Take(LittleEndian(bytes, 2), &bytes))) return false;
    if ((flags & kHasName) != 0 && !SkipText()) return false;
    if ((flags & kHasComment) != 0 && !SkipText()) return false;
    if ((flags & kHasCrc) != 0) {
      const std::uint32_t crc = Crc32(header.substr(0, header.size() - rest_.size()));
      if (!Take(2, &bytes)) return false;
      if (LittleEndian(bytes, 2) != (crc & 0xffff)) return Fail(kInvalidHeader);
    }
    // What came out before a good header is no longer waiting for an error to come with it.
    handed_out_ = out_->size();
    return true;
  }

  bool SkipText() {
    const std::size_t end = rest_.substr(0, kHeaderTextMax).find('\0');
    if (end != std::string_view::npos) {
      rest_.remove_prefix(end + 1);
      return true;
    }
    return rest_.size() >= kHeaderTextMax ? Fail(kInvalidHeader) : FailCut();
  }

  /// Unpacks one member's stream. False when it failed or too many bytes came out.
  bool Inflate() {
    member_ = rest_;
    member_start_ = out_->size();
    z_stream& stream = inflater_.stream;
    if (!inflater_.Reset()) return Fail("out of memory");
    const std::size_t input_size = rest_.size();
    stream.next_in = const_cast<Bytef*>(ZlibBytes(rest_.data()));
    std::size_t input_left = input_size;
    for (;;) {
      const std::size_t room = OutputRoom();
      stream.next_out = reinterpret_cast<Bytef*>(out_->Reserve(room));
      stream.avail_out = static_cast<uInt>(room);
      const auto input_part = static_cast<uInt>(std::min<std::size_t>(input_left, std::numeric_limits<uInt>::max()));
      stream.avail_in = input_part;
      const int status = inflate(&stream, Z_NO_FLUSH);
      input_left -= input_part - stream.avail_in;
      out_->Commit(room - stream.avail_out);
      if (out_->size() > output_max_) {
        // Near the end of the input zlib unpacks bytes that Go's reader, which asks for more bits, does not reach.
        if (input_left <= kReadAheadBytes) return ExplainFailure();
        over_limit_ = true;
        return false;
      }
      if (status == Z_STREAM_END) break;
      // Stuck: no progress although there is room.
      const bool stuck = stream.avail_out > 0 && input_left == 0;
      if ((status != Z_OK && status != Z_BUF_ERROR) || stuck) return ExplainFailure();
    }
    rest_.remove_prefix(input_size - input_left);
    return true;
  }

  /// At most what may come out, one byte more to tell that there is more, and at first what the trailer promises.
  std::size_t OutputRoom() const {
    const std::uint64_t left = output_max_ - out_->size() + 1;
    std::uint64_t wanted = std::max<std::uint64_t>(out_->size(), 4096);
    if (out_->size() == member_start_ && rest_.size() >= kTrailerBytes) {
      const std::uint64_t promised = LittleEndian(rest_.substr(rest_.size() - 4), 4);
      wanted = std::min<std::uint64_t>(promised, rest_.size() * kBelievedExpansion) + 1;
    }
    return static_cast<std::size_t>(std::min({left, wanted, std::uint64_t{1} << 30}));
  }

  bool ExplainFailure() {
    const DeflateWalk walk = WalkDeflate(member_);
    const std::uint64_t produced = member_start_ + walk.output_bytes;
    handed_out_ = member_start_ + walk.flushed_bytes;
    over_limit_ = options_.limit > 0 && produced > options_.limit;
    if (walk.end == DeflateEnd::kCorrupt) {
      return Fail(fmt::format("flate: corrupt input before offset {}", walk.input_bytes));
    }
    return FailCut();
  }

  bool CheckTrailer() {
    const std::string_view output = out_->bytes().substr(member_start_);
    // Only a body of just the limit's size asks how its last bytes were handed out.
    if (options_.limit > 0 && out_->size() == options_.limit) {
      handed_out_ = member_start_ + WalkDeflate(member_).flushed_bytes;
    }
    std::string_view trailer;
    if (!Take(kTrailerBytes, &trailer)) return false;
    const bool good = LittleEndian(trailer, 4) == Crc32(output) &&
                      LittleEndian(trailer.substr(4), 4) == static_cast<std::uint32_t>(output.size());
    return good || Fail(kInvalidChecksum);
  }

  GunzipOutcome Outcome() const {
    // A reader with a limit sees the limit before an error, unless the error comes together with the last bytes.
    if (options_.limit > 0 && options_.limit <= options_.bytes_max) {
      const bool complete = error_.empty() && out_->size() >= options_.limit;
      if (complete || over_limit_ || handed_out_ >= options_.limit) {
        return {GunzipEnd::kLimit, {}};
      }
    }
    if (out_->size() > options_.bytes_max) return {GunzipEnd::kTooBig, {}};
    if (!error_.empty()) return {GunzipEnd::kFailed, error_};
    return {};
  }

  Inflater& inflater_;
  std::string_view rest_;
  const GunzipOptions& options_;
  BodyBuffer* out_;
  std::uint64_t output_max_ = 0;
  /// The member being unpacked: its stream and what follows, and where its output starts.
  std::string_view member_;
  std::size_t member_start_ = 0;
  /// Bytes of output that upstream's reader returns without an error.
  std::uint64_t handed_out_ = 0;
  bool over_limit_ = false;
  std::string error_;
};

Gunzipper::Gunzipper() : inflater_(std::make_unique<Inflater>()) {}
Gunzipper::~Gunzipper() = default;

GunzipOutcome Gunzipper::Unpack(std::string_view input, const GunzipOptions& options, BodyBuffer* out) {
  assert(out->size() == 0);
  return Run(*inflater_, input, options, out).Unpack();
}

}  // namespace stalemark
