#include "app/ca_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace smtp_double {

CaFile::CaFile(const std::string& pem) : path_(std::filesystem::temp_directory_path() / "smtp-double-ca-XXXXXX.pem") {
  constexpr int ending = 4;  // ".pem"
  const int file = mkstemps(path_.data(), ending);
  const bool written = file >= 0 && write(file, pem.data(), pem.size()) == static_cast<ssize_t>(pem.size());
  const int error = errno;
  if (file >= 0) close(file);
  if (written) return;
  if (file >= 0) unlink(path_.c_str());
  throw std::system_error(error, std::generic_category(), "cannot write the CA's certificate");
}

CaFile::~CaFile() { unlink(path_.c_str()); }

}  // namespace smtp_double
