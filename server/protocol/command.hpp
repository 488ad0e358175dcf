#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "protocol/reply.hpp"
#include "protocol/stage.hpp"

namespace smtp_double {

// A struct per verb. All texts are views of the line they were read from.

/// EHLO, HELO or LHLO; the stage tells which.
struct Hello {
  std::string_view name;
};
struct Mail {
  std::string_view reverse_path;  ///< without brackets; "" is the null reverse-path
  std::string_view parameters;
};
struct Rcpt {
  std::string_view forward_path;  ///< without brackets and source route
  std::string_view parameters;
};
struct Data {};
struct Rset {};
struct Noop {};
struct Vrfy {};
struct Expn {};
struct Help {};
struct Quit {};
struct StartTls {
  std::string_view argument;  ///< there should be none
};
struct Auth {
  std::string_view mechanism;
  std::optional<std::string_view> initial_response;  ///< base64 or "=", as it was sent
};
/// RFC 3030 2. The octets follow the line.
struct Bdat {
  std::uint64_t size;
  bool last;
};
struct Etrn {
  std::string_view node;
};
/// Attributes of the client that somebody speaks for; Postfix has both.
struct Xclient {
  std::string_view attributes;
};
struct Xforward {
  std::string_view attributes;
};
struct Unknown {};
/// A line that a correct server refuses for its form.
struct Malformed {
  ReplyCode code;
  EnhancedCode enhanced;
  std::string_view reason;               ///< a text of ours
  std::optional<std::string_view> path;  ///< of MAIL and RCPT, the best guess; nothing when there is none
  std::string_view parameters;           ///< likewise
};

using Command = std::variant<Hello, Mail, Rcpt, Data, Bdat, Rset, Noop, Vrfy, Expn, Help, Quit, StartTls, Auth, Etrn,
                             Xclient, Xforward, Unknown, Malformed>;

/// The address and the parameters of MAIL or RCPT, as far as they can be told; nothing for the others.
struct Envelope {
  std::optional<std::string_view> path;  ///< "" is the null reverse-path
  std::string_view parameters;
};
Envelope envelope_of(const Command& command);

/// A command line taken apart.
struct ParsedLine {
  Stage stage;  ///< by the verb, however wrong the rest is
  std::string_view line;
  std::string_view verb;      ///< as written
  std::string_view argument;  ///< all that follows the verb and one space
  Command command;
};

}  // namespace smtp_double
