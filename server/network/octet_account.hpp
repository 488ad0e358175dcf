#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace smtp_double {

/// What of the planned octets of a connection has really left its socket, in the session's own terms: without what TLS
/// adds. The octets of a batch that leaves through TLS count when all of it has been written.
class OctetAccount {
 public:
  void plan(std::uint64_t octets) { planned_ += octets; }
  /// The next output is made of so many planned octets.
  void begin_batch(std::uint64_t octets, bool is_sealed) {
    batch_ = octets;
    is_sealed_ = is_sealed;
  }
  /// So many octets of the output are the kernel's now; `is_all`: none is left of it.
  void write(std::size_t octets, bool is_all) {
    out_ += octets;
    const std::uint64_t left = is_sealed_ ? (is_all ? batch_ : 0) : std::min<std::uint64_t>(octets, batch_);
    batch_ -= left;
    left_ += left;
  }
  void read(std::size_t octets) { in_ += octets; }

  /// Planned, and not left so far; it will not be any more. Asked again, there is nothing.
  std::uint64_t take_unsent() {
    const std::uint64_t unsent = planned_ - std::min(planned_, left_);
    planned_ -= unsent;
    return unsent;
  }

  /// As they were on the wire.
  std::uint64_t in() const { return in_; }
  std::uint64_t out() const { return out_; }

 private:
  std::uint64_t planned_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t batch_ = 0;
  bool is_sealed_ = false;
  std::uint64_t in_ = 0;
  std::uint64_t out_ = 0;
};

}  // namespace smtp_double
