#include "tls/certificate_store.hpp"

namespace smtp_double {

struct CertificateStore::Authority {};
struct CertificateStore::Cache {};

CertificateStore::CertificateStore() = default;
CertificateStore::~CertificateStore() = default;

}  // namespace smtp_double
