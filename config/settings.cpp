#include "config/settings.hpp"

#include <array>

#include "config/file_text.hpp"
#include "config/limits_reader.hpp"
#include "config/reading.hpp"
#include "config/units.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 16> settings_keys{
    "scenario", "watch",     "listen", "listen-tls",  "listen-lmtp", "starttls", "show-secrets", "tls-dir",
    "threads",  "port-file", "admin",  "journal-dir", "mail-dir",    "durable",  "log",          "limits"};
constexpr std::array<std::string_view, 3> admin_keys{"address", "token", "open"};
constexpr std::array<std::string_view, 2> log_keys{"level", "format"};
constexpr std::array<std::string_view, 5> log_levels{"debug", "info", "warning", "error", "off"};
constexpr std::array<std::string_view, 2> log_formats{"text", "json"};
constexpr std::uint64_t most_threads = 256;
constexpr std::uint64_t last_port = 65'535;

std::string settings_key_hint(std::string_view word) {
  if (word == "rules" || word == "server") return "that belongs into a scenario: name its file under 'scenario'";
  if (word == "admin-token" || word == "admin-open") {
    return "it is written admin: {address: 127.0.0.1:8025, token: TEXT, open: false}";
  }
  if (word == "log-level" || word == "log-format") return "it is written log: {level: info, format: text}";
  return {};
}

// One text stands for a list of one.
template <class Check>
std::vector<std::string> read_texts(Reading& reading, const YamlNode& node, std::string_view what, Check check) {
  std::vector<const YamlNode*> items{&node};
  if (node.kind == YamlKind::Sequence) items = node.items;
  std::vector<std::string> texts;
  for (const YamlNode* item : items) {
    auto text = read_line(reading, *item, what);
    if (text) check(*item, *text);
    if (text) texts.push_back(std::move(*text));
  }
  return texts;
}

bool is_listen_address(std::string_view text) {
  constexpr std::string_view proxy = "proxy:";
  if (text.starts_with(proxy)) text.remove_prefix(proxy.size());
  if (text.starts_with("unix:")) return text.size() > 5;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto port = parse_number(text.substr(colon + 1));
  return port && *port <= last_port;
}

std::vector<std::string> read_listen(Reading& reading, const YamlNode& node) {
  if (node.kind == YamlKind::Sequence && node.items.empty()) reading.error(node, "expected at least one address");
  return read_texts(reading, node, "an address, such as 127.0.0.1:1025",
                    [&](const YamlNode& item, const std::string& text) {
                      if (is_listen_address(text)) return;
                      reading.error(item, quotation(text) + " is no address to listen on",
                                    "write it like 127.0.0.1:1025, [::1]:1025 or unix:/run/smtp.socket");
                    });
}

void read_admin_address(Reading& reading, const YamlNode& node, Settings& settings) {
  auto text = read_line(reading, node, "an address, such as 127.0.0.1:8025, or off");
  if (!text) return;
  if (*text != "off" && (!is_listen_address(*text) || text->starts_with("proxy:") || text->starts_with("unix:"))) {
    return reading.error(node, quotation(*text) + " is no address for the admin port",
                         "write it like 127.0.0.1:8025 or [::1]:8025; off is for none");
  }
  settings.admin = std::move(text);
}

// The address alone stands for a mapping with nothing else.
void read_admin(Reading& reading, const YamlNode& node, Settings& settings) {
  if (node.kind == YamlKind::Scalar) return read_admin_address(reading, node, settings);
  const auto keys = read_keys(reading, node, admin_keys);
  if (!keys) return;
  with(reading, *keys, "address", [&](const YamlNode& value) { read_admin_address(reading, value, settings); });
  with(reading, *keys, "token",
       [&](const YamlNode& value) { settings.admin_token = read_line(reading, value, "a token"); });
  with(reading, *keys, "open", [&](const YamlNode& value) { settings.admin_open = read_flag(reading, value); });
}

void read_log(Reading& reading, const YamlNode& node, Settings& settings) {
  const auto keys = read_keys(reading, node, log_keys);
  if (!keys) return;
  with(reading, *keys, "level", [&](const YamlNode& value) {
    if (const auto level = read_word(reading, value, log_levels)) settings.log_level = log_levels[*level];
  });
  with(reading, *keys, "format", [&](const YamlNode& value) {
    if (const auto format = read_word(reading, value, log_formats)) settings.log_format = log_formats[*format];
  });
}

Settings read_root(Reading& reading, const YamlNode& root) {
  Settings settings;
  const auto keys = read_keys(reading, root, settings_keys, settings_key_hint);
  if (!keys) return settings;
  with(reading, *keys, "scenario", [&](const YamlNode& node) {
    settings.scenario = read_texts(reading, node, "a file, a folder or a name of the library",
                                   [](const YamlNode&, const std::string&) {});
  });
  with(reading, *keys, "watch", [&](const YamlNode& node) { settings.watch = read_flag(reading, node); });
  with(reading, *keys, "listen", [&](const YamlNode& node) { settings.listen = read_listen(reading, node); });
  with(reading, *keys, "listen-tls", [&](const YamlNode& node) { settings.listen_tls = read_listen(reading, node); });
  with(reading, *keys, "listen-lmtp", [&](const YamlNode& node) { settings.listen_lmtp = read_listen(reading, node); });
  with(reading, *keys, "show-secrets", [&](const YamlNode& node) { settings.show_secrets = read_flag(reading, node); });
  with(reading, *keys, "starttls", [&](const YamlNode& node) { settings.starttls = read_flag(reading, node); });
  with(reading, *keys, "tls-dir",
       [&](const YamlNode& node) { settings.tls_dir = read_line(reading, node, "a folder"); });
  with(reading, *keys, "threads", [&](const YamlNode& node) {
    if (const auto threads = read_number(reading, node, 1, most_threads)) {
      settings.threads = static_cast<unsigned>(*threads);
    }
  });
  with(reading, *keys, "port-file",
       [&](const YamlNode& node) { settings.port_file = read_line(reading, node, "a file"); });
  with(reading, *keys, "admin", [&](const YamlNode& node) { read_admin(reading, node, settings); });
  with(reading, *keys, "journal-dir",
       [&](const YamlNode& node) { settings.journal_dir = read_line(reading, node, "a folder"); });
  with(reading, *keys, "mail-dir",
       [&](const YamlNode& node) { settings.mail_dir = read_line(reading, node, "a folder"); });
  with(reading, *keys, "durable", [&](const YamlNode& node) { settings.durable = read_flag(reading, node); });
  with(reading, *keys, "log", [&](const YamlNode& node) { read_log(reading, node, settings); });
  with(reading, *keys, "limits", [&](const YamlNode& node) {
    settings.limits = read_limits(reading, node, TimeoutKey::Here).applied_to(settings.limits);
  });
  return settings;
}

// A file in which every line is a comment sets nothing.
bool sets_nothing(const std::string& text) {
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t first = text.find_first_not_of(" \t\r\n", start);
    if (first == std::string::npos) return true;
    if (text[first] != '#') return false;
    start = std::min(text.find('\n', first), text.size());
  }
  return true;
}

}  // namespace

LoadedSettings load_settings(std::string yaml, std::string file) {
  LoadedSettings loaded;
  const SourceText source(std::move(file), std::move(yaml));
  if (sets_nothing(source.text())) return {Settings{}, {}};
  if (const auto document = parse_yaml(source, loaded.diagnostics)) {
    Reading reading(source, loaded.diagnostics);
    Settings settings = read_root(reading, document->root());
    if (!has_errors(loaded.diagnostics)) loaded.settings = std::move(settings);
  }
  sort_by_place(loaded.diagnostics);
  return loaded;
}

LoadedSettings load_settings_file(const std::string& path) {
  LoadedSettings loaded;
  auto text = read_file_text(path, loaded.diagnostics);
  return text ? load_settings(std::move(*text), path) : loaded;
}

}  // namespace smtp_double
