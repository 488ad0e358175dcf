#include "tls/tls_session.hpp"

namespace smtp_double {

struct TlsSession::Engine {};

TlsSession::TlsSession() = default;
TlsSession::~TlsSession() = default;

}  // namespace smtp_double
