#pragma once

#include <vector>

#include "app/start_report.hpp"
#include "journal/double.hpp"
#include "journal/verification.hpp"

namespace smtp_double {

/// What came of `run`.
struct RunResult {
  int command;  ///< its status as waitpid() gives it
  const std::vector<FailedExpectation>& failed;
  const Double& served;
};

/// Says what failed, and shows the sessions that may tell why: those with an error reply or without a proper end; the
/// last twenty of them, and of a long one its beginning and its end. Nothing when all went well.
void report_run(StartReport& report, const RunResult& result);

}  // namespace smtp_double
