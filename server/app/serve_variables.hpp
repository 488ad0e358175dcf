#pragma once

#include "app/serve_settings.hpp"

namespace smtp_double {

/// Fills in what the command line left open from the SMTP_DOUBLE_* variables; an empty one says nothing, but for that
/// of the token.
void add_variables(ServeOptions& options);

/// The address in the URL by which `run` tells its command of the admin port; nothing where it is no URL.
std::optional<Given> told_admin_address();

/// Names that begin like ours and are none, each with what is to be said about it.
std::vector<std::string> unknown_variables();

/// The parts of a list in a variable: parted by commas, blanks around them are no part, nor is nothing.
std::vector<std::string> comma_separated(std::string_view text);

}  // namespace smtp_double
