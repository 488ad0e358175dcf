#include "app/last_verification.hpp"

#include <utility>

namespace smtp_double {

std::vector<FailedExpectation> verify_all(const Doubles& doubles) {
  std::vector<FailedExpectation> all;
  bool is_main = true;
  for (const HostedDouble& hosted : doubles.all()) {
    for (FailedExpectation& failed : verify(*hosted.served)) {
      if (!is_main) failed.place.file = "double '" + hosted.name + "': " + failed.place.file;
      all.push_back(std::move(failed));
    }
    is_main = false;
  }
  return all;
}

}  // namespace smtp_double
