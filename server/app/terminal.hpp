#pragma once

namespace smtp_double {

/// The terminal that the program was started from. When it is closed, the shell sends its jobs the signal that else
/// asks for a reload; a server that stayed would hold its ports with nobody to end it.
class Terminal {
 public:
  /// There is none for who ignores SIGHUP, as under nohup.
  Terminal();
  bool is_gone() const;

 private:
  bool is_there_;
};

}  // namespace smtp_double
