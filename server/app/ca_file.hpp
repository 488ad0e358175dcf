#pragma once

#include <optional>
#include <string>

namespace smtp_double {

/// A file in the folder for such, that goes with its object.
class CaFile {
 public:
  /// Throws std::system_error, "cannot write the CA's certificate".
  explicit CaFile(const std::string& pem);
  ~CaFile();
  CaFile(const CaFile&) = delete;
  CaFile& operator=(const CaFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace smtp_double
