// SPDX-License-Identifier: Apache-2.0
#include "tests/live/http/tls_server.h"

#include <csignal>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace stalemark::testing {
namespace {

template <class T, void (*kFree)(T*)>
struct Freed {
  void operator()(T* object) const { kFree(object); }
};
void FreeBio(BIO* bio) {
  BIO_free(bio);
}
using BioPtr = std::unique_ptr<BIO, Freed<BIO, FreeBio>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using CertPtr = std::unique_ptr<X509, Freed<X509, X509_free>>;
using SslPtr = std::unique_ptr<SSL, Freed<SSL, SSL_free>>;

void Require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

std::string TextOf(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

CertPtr ReadCert(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return CertPtr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}
KeyPtr ReadKey(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

void AddExtension(X509* cert, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  Require(extension != nullptr, "X509V3_EXT_conf_nid");
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
}

bool WriteAll(SSL* ssl, const std::string& bytes) {
  return SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}
bool ReadAll(SSL* ssl, unsigned char* bytes, int size) {
  for (int done = 0; done < size;) {
    const int count = SSL_read(ssl, bytes + done, size - done);
    if (count <= 0) return false;
    done += count;
  }
  return true;
}

/// Answers every HEADERS frame, with `frames` the first one only, and `ends` the connection then; knows no other.
void ServeHttp2(SSL* ssl, const std::optional<std::string>& frames, bool ends, const std::function<void()>& note) {
  constexpr int kPreface = 24, kHeaders = 1, kSettings = 4, kPing = 6, kAck = 1, kEndStream = 1, kEndHeaders = 4;
  unsigned char bytes[16'384];
  if (!ReadAll(ssl, bytes, kPreface) || !WriteAll(ssl, Http2Frame(kSettings, 0, 0, ""))) return;
  unsigned char head[9];
  while (ReadAll(ssl, head, sizeof head)) {
    const int size = head[0] << 16 | head[1] << 8 | head[2];
    const std::uint32_t stream = std::uint32_t{head[5]} << 24 | std::uint32_t{head[6]} << 16 |
                                 std::uint32_t{head[7]} << 8 | std::uint32_t{head[8]};
    if (size > static_cast<int>(sizeof bytes) || !ReadAll(ssl, bytes, size)) return;
    if (head[3] == kSettings && (head[4] & kAck) == 0 && !WriteAll(ssl, Http2Frame(kSettings, kAck, 0, ""))) return;
    const std::string payload(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    if (head[3] == kPing && (head[4] & kAck) == 0 && !WriteAll(ssl, Http2Frame(kPing, kAck, 0, payload))) return;
    if (head[3] != kHeaders) continue;
    note();
    if (frames) {
      WriteAll(ssl, *frames);
      if (ends) SSL_shutdown(ssl);
      while (!ends && SSL_read(ssl, bytes, sizeof bytes) > 0) continue;
      return;
    }
    // `:status: 200` of the static table, then `x-a: b` as a literal.
    const std::string fields = std::string("\x88\x00", 2) +
                               "\x03x-a\x01"
                               "b";
    if (!WriteAll(ssl, Http2Frame(kHeaders, kEndHeaders, stream, fields))) return;
    if (!WriteAll(ssl, Http2Frame(0, kEndStream, stream, "m 1\n"))) return;
  }
}

/// Until all that was sent has come to the other end's kernel, or the connection is broken.
void WaitForDelivery(int fd) {
  for (int unacknowledged = 1; unacknowledged > 0; std::this_thread::yield()) {
    if (ioctl(fd, SIOCOUTQ, &unacknowledged) != 0) return;
  }
}

/// Answers one request after another; `answered` may say more.
void ServeHttp1(SSL* ssl, const std::function<void(std::string)>& note, const std::function<void()>& answered) {
  std::string received;
  char bytes[16'384];
  for (;;) {
    const int count = SSL_read(ssl, bytes, sizeof bytes);
    if (count <= 0) return;
    received.append(bytes, static_cast<std::size_t>(count));
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    note(received.substr(0, end + 4));
    received.erase(0, end + 4);
    if (!WriteAll(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n")) return;
    answered();
  }
}

int ChooseHttp2(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size,
                void*) {
  static const unsigned char kProtocols[] = "\x02h2";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kProtocols, 3, in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::string Http2Frame(int type, int flags, std::uint32_t stream, const std::string& payload) {
  std::string frame;
  for (const int shift : {16, 8, 0}) frame += static_cast<char>(payload.size() >> shift & 0xff);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) frame += static_cast<char>(stream >> shift & 0xff);
  return frame + payload;
}

Certificate MakeCertificate(const CertificateOptions& options) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertPtr cert(X509_new());
  Require(key && cert, "EVP_EC_gen");
  static std::atomic<long> serial = 1;
  X509_set_version(cert.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), serial++);
  constexpr long kBefore_s = 7200;
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -kBefore_s);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), options.valid_for_s);
  X509_set_pubkey(cert.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(options.common_name.c_str()), -1, -1, 0);
  const CertPtr issuer = options.issuer != nullptr ? ReadCert(options.issuer->cert) : nullptr;
  const KeyPtr issuer_key = options.issuer != nullptr ? ReadKey(options.issuer->key) : nullptr;
  X509* const signer = issuer ? issuer.get() : cert.get();
  X509_set_issuer_name(cert.get(), X509_get_subject_name(signer));
  AddExtension(cert.get(), signer, NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
  if (!options.names.empty()) AddExtension(cert.get(), signer, NID_subject_alt_name, options.names);
  Require(X509_sign(cert.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256()) > 0, "X509_sign");
  const BioPtr cert_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(cert_text.get(), cert.get());
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {TextOf(cert_text.get()), TextOf(key_text.get())};
}

struct TlsServer::Context {
  explicit Context(const TlsServerOptions& options) : ctx(SSL_CTX_new(TLS_server_method())) {
    const CertPtr cert = ReadCert(options.certificate.cert);
    const KeyPtr key = ReadKey(options.certificate.key);
    Require(SSL_CTX_use_certificate(ctx, cert.get()) == 1, "SSL_CTX_use_certificate");
    Require(SSL_CTX_use_PrivateKey(ctx, key.get()) == 1, "SSL_CTX_use_PrivateKey");
    SSL_CTX_set_min_proto_version(ctx, options.min_version);
    SSL_CTX_set_max_proto_version(ctx, options.max_version);
    if (!options.client_authority.empty()) {
      const CertPtr authority = ReadCert(options.client_authority);
      X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), authority.get());
      SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    if (options.http2) SSL_CTX_set_alpn_select_cb(ctx, &ChooseHttp2, nullptr);
  }
  ~Context() { SSL_CTX_free(ctx); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  SSL_CTX* const ctx;
};

TlsServer::TlsServer(const TlsServerOptions& options)
    : context_(std::make_unique<Context>(options)),
      unasked_(options.unasked),
      http2_frames_(options.http2_frames),
      http2_ends_(options.http2_ends) {
  // A client may be gone when OpenSSL writes.
  std::signal(SIGPIPE, SIG_IGN);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Require(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
  Require(listen(listener_, 16) == 0, "listen");
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  address_ = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
  thread_ = std::thread([this] { Serve(); });
}

TlsServer::~TlsServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  for (const int fd : open_fds_) shutdown(fd, SHUT_RDWR);
  for (std::thread& thread : connection_threads_) thread.join();
  for (const int fd : open_fds_) close(fd);
  close(listener_);
}

std::vector<TlsRequest> TlsServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void TlsServer::Note(TlsRequest request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
}

void TlsServer::Serve() {
  while (!stopping_) {
    const int fd = accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    ++connections_;
    // Closed when the server ends: until then the number is this connection's.
    open_fds_.push_back(fd);
    connection_threads_.emplace_back([this, fd] {
      ServeConnection(fd);
      shutdown(fd, SHUT_WR);
      // What is unread would make the kernel reset the connection, and our last words be lost.
      char bytes[4096];
      while (recv(fd, bytes, sizeof bytes, 0) > 0) {
      }
    });
  }
}

void TlsServer::ServeConnection(int fd) {
  const SslPtr ssl(SSL_new(context_->ctx));
  SSL_set_fd(ssl.get(), fd);
  if (SSL_accept(ssl.get()) != 1) {
    ERR_clear_error();
    return;
  }
  TlsRequest request;
  const char* const server_name = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
  if (server_name != nullptr) request.server_name = server_name;
  request.protocol = SSL_get_version(ssl.get());
  if (const CertPtr client{SSL_get1_peer_certificate(ssl.get())}) {
    char name[256] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(client.get()), NID_commonName, name, sizeof name);
    request.client_name = name;
  }
  const unsigned char* protocol = nullptr;
  unsigned protocol_size = 0;
  SSL_get0_alpn_selected(ssl.get(), &protocol, &protocol_size);
  const auto note = [&](std::string head) {
    request.head = std::move(head);
    Note(request);
  };
  if (protocol_size == 2 && std::memcmp(protocol, "h2", 2) == 0) {
    ServeHttp2(ssl.get(), http2_frames_, http2_ends_, [&] { note("h2"); });
  } else {
    ServeHttp1(ssl.get(), note, [&] {
      if (unasked_.empty() || !WriteAll(ssl.get(), unasked_)) return;
      WaitForDelivery(fd);
      ++unasked_delivered_;
    });
  }
  ERR_clear_error();
}

}  // namespace stalemark::testing
