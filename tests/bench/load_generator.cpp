// Plays SMTP clients against a server on this machine and says what came of it, as one line of JSON.
// Exit status: 0 all went as expected, 1 something did not, 2 bad usage or no sockets left.

#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "first_reply.hpp"
#include "idle_run.hpp"
#include "load_run.hpp"
#include "result_json.hpp"
#include "sockets.hpp"

namespace smtp_double::bench {
namespace {

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  double timeout_seconds = 60;
  std::size_t messages = 0;
  Load load;
  std::size_t idle = 0;
  bool first_220 = false;
  std::optional<int> command_cpu;
  std::vector<std::string> command;
};

void describe(CLI::App& app, Options& options) {
  static const std::map<std::string, Pipelining> pipelining{
      {"none", Pipelining::None}, {"message", Pipelining::Message}, {"deep", Pipelining::Deep}};
  const auto loopback = [](const std::string& text) {
    return loopback_address(text) ? std::string() : "only addresses of 127.0.0.0/8 are ever connected to";
  };
  Load& load = options.load;
  app.add_option("--host", options.host, "a loopback address")->check(loopback);
  app.add_option("--port", options.port)->required()->check(CLI::Range(1, 65535));
  app.add_option("--connections", load.connections, "at once")->check(CLI::Range(1, 20'000));
  app.add_option("--sessions", load.sessions, "in all")->check(CLI::Range(1, 10'000'000));
  app.add_option("--messages", options.messages, "in all, instead of --sessions");
  app.add_option("--messages-per-session", load.messages_per_session)->check(CLI::Range(0, 1'000'000));
  app.add_option("--pipelining", load.pipelining, "none, message or deep")
      ->transform(CLI::CheckedTransformer(pipelining, CLI::ignore_case));
  app.add_option("--size", load.size, "octets of a message")->check(CLI::Range(2, 100'000'000));
  app.add_flag("--tls", load.tls, "TLS from the first octet on, with whatever certificate");
  app.add_option("--sources", load.sources, "local addresses to come from")->check(CLI::Range(1, 200));
  app.add_option("--timeout", options.timeout_seconds, "seconds")->check(CLI::Range(0.1, 3600.0));
  app.add_option("--idle", options.idle,
                 "only open so many connections, say EHLO and hold them until standard input has a line")
      ->check(CLI::Range(1, 60'000));
  app.add_flag("--first-220", options.first_220, "run COMMAND and time it from exec to its first 220");
  app.add_option("--command-cpu", options.command_cpu, "the core COMMAND is kept on");
  app.add_option("command", options.command, "COMMAND and its arguments, behind --");
}

sockaddr_in target_of(const Options& options) { return endpoint(*loopback_address(options.host), options.port); }

std::chrono::milliseconds timeout_of(const Options& options) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout_seconds * 1000));
}

int time_command(const Options& options) {
  const auto took = time_first_reply({target_of(options), options.command, options.command_cpu, timeout_of(options)});
  if (!took) {
    std::cerr << "load_generator: no 220 from " << options.command.front() << '\n';
    return 1;
  }
  std::cout << std::chrono::duration_cast<std::chrono::microseconds>(*took).count() << '\n';
  return 0;
}

int hold_idle(const Options& options) {
  const Load& load = options.load;
  const auto print = [](const char* state, const IdleResult& result) {
    std::cout << to_json(state, result) << '\n' << std::flush;
  };
  Idle idle{target_of(options), options.idle, 512, load.sources, timeout_of(options), load.tls};
  const auto result = run_idle(idle, [&](const IdleResult& held) { print("held", held); });
  print("released", result);
  return result.failed + result.lost == 0 ? 0 : 1;
}

int play(Options& options) {
  Load& load = options.load;
  if (load.messages_per_session == 0 && (options.messages > 0 || load.pipelining == Pipelining::Deep)) {
    std::cerr << "load_generator: --messages-per-session 0 is neither for --messages nor for --pipelining deep\n";
    return 2;
  }
  if (options.messages > 0 && options.messages % load.messages_per_session != 0) {
    std::cerr << "load_generator: --messages is no multiple of --messages-per-session\n";
    return 2;
  }
  if (options.messages > 0) load.sessions = options.messages / load.messages_per_session;
  load.target = target_of(options);
  load.timeout = timeout_of(options);
  const LoadResult result = run_load(load);
  std::cout << to_json(load, result) << '\n';
  return result.errors() == 0 ? 0 : 1;
}

int run(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);  // OpenSSL's writes have no MSG_NOSIGNAL
  Options options;
  CLI::App app("Plays SMTP clients against a server on this machine.", "load_generator");
  describe(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (options.first_220 == options.command.empty()) {
    std::cerr << "load_generator: --first-220 and a command belong together\n";
    return 2;
  }
  if (options.first_220) return time_command(options);
  return options.idle > 0 ? hold_idle(options) : play(options);
}

}  // namespace
}  // namespace smtp_double::bench

int main(int argc, char** argv) {
  try {
    return smtp_double::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "load_generator: " << error.what() << '\n';
    return 2;
  }
}
