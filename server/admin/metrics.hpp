#pragma once

#include <string>
#include <vector>

#include "admin/double_host.hpp"

namespace smtp_double {

/// All that is counted, in the text format of Prometheus: of each double under the label `double`, of the event loops
/// under `loop`.
std::string metrics_text(const std::vector<HostedDouble>& doubles, const std::vector<LoopLag>& loops,
                         std::string_view version);

}  // namespace smtp_double
