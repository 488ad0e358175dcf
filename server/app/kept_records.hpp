#pragma once

#include <memory>
#include <string>

#include "app/serve_settings.hpp"
#include "app/start_report.hpp"
#include "journal/double.hpp"

namespace smtp_double {

class JournalRecorder;
class MailWriter;

/// The folders in which journals and messages are kept, as far as the settings name some.
class KeptRecords {
 public:
  /// Null when a folder cannot be used; `report` has said why. It has no thread before start().
  static std::unique_ptr<KeptRecords> open(const ServeSettings& settings, StartReport& report);
  ~KeptRecords();
  KeptRecords(const KeptRecords&) = delete;
  KeptRecords& operator=(const KeptRecords&) = delete;

  /// What the double receives is kept from here on. To be called before it serves. Throws std::system_error when there
  /// can be no folder for it.
  void take(const std::shared_ptr<Double>& from);

  /// Begins to write, on threads of its own: those take no signal that is blocked by now.
  void start();
  /// Writes all there is; nothing is kept behind that. To be called when no loop runs any more, and while there are
  /// loops.
  void stop();

 private:
  KeptRecords();

  std::unique_ptr<JournalRecorder> journals_;
  std::unique_ptr<MailWriter> mail_;
};

}  // namespace smtp_double
