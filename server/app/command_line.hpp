#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/run_command.hpp"
#include "app/serve_settings.hpp"
#include "explain/explain.hpp"

namespace smtp_double {

struct CheckOptions {
  std::vector<std::string> scenarios;  ///< files, folders, names of the library
};

struct ScenariosOptions {
  std::string show;    ///< a name of the library; "" lists them
  std::string folder;  ///< of the library, to list no other; "" lists all
};

struct CaOptions {
  std::optional<Given> tls_dir;
  std::optional<Given> config;
  bool crl = false;  ///< in place of the certificate
};

struct HealthcheckOptions {
  std::optional<Given> admin;
  std::optional<Given> port_file;  ///< says which port it is, where any free one will do
  std::optional<Given> config;
};

/// Nothing is to be run: help, the version, or what is wrong with the arguments.
struct Exit {
  int status;
  std::string out;
  std::string err;
};

using CommandLine = std::variant<ServeOptions, RunOptions, CheckOptions, ExplainOptions, ScenariosOptions, CaOptions,
                                 HealthcheckOptions, Exit>;

/// Reads the arguments, and when it is to serve, to run, to show the CA or to ask for health the SMTP_DOUBLE_*
/// variables for what they do not say.
CommandLine read_command_line(int argc, const char* const* argv);

}  // namespace smtp_double
