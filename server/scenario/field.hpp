#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace smtp_double {

/// What conditions test and templates print.
enum class FieldKind : std::uint8_t {
  Sender,  ///< reverse-path without brackets; "" for the null reverse-path
  SenderLocal,
  SenderDomain,
  Recipient,  ///< at rcpt the one asked for; at data, body and message any accepted one
  RecipientLocal,
  RecipientDomain,
  Helo,
  Line,  ///< the command line without its CRLF
  Verb,
  Argument,   ///< what follows the verb and one space
  Parameter,  ///< parameter.NAME, of MAIL and RCPT
  ClientIp,
  ClientPort,
  ServerPort,
  Header,  ///< header.NAME, unfolded; every field of that name
  Subject,
  Body,         ///< what follows the header section
  Size,         ///< octets: declared at mail, received at body and message
  Recipients,   ///< asked for so far in the transaction, this one included
  Accepted,     ///< accepted so far
  Session,      ///< number of the session in the double, from 1
  Message,      ///< number of the message in its session, from 1
  Attempt,      ///< ordinal of the rule's match, from 1
  DefaultCode,  ///< what the built-in server would answer
  EarlyTalker,  ///< the client spoke before the greeting
  AuthUser,     ///< as the client is authenticated, or says it is while AUTH goes on
  AuthMechanism,
  Tls,         ///< the connection is encrypted
  TlsVersion,  ///< "TLSv1.3"
  TlsCipher,
  TlsSni,     ///< the host name that the client asks for
  TlsClient,  ///< the common name in the client's certificate
  State,      ///< the named state that the scenario is in
  StateAge,   ///< how long it has been
  Hit,        ///< ordinal of the rule's hit, from 1; templates only
  Hostname,   ///< the server's name; templates only
};

/// The value of a duration is its number of microseconds.
enum class FieldType : std::uint8_t { Text, Address, Number, Duration, Boolean };

struct Field {
  FieldKind kind;
  std::string name;  ///< of the parameter or header, as written; else empty

  friend bool operator==(const Field&, const Field&) = default;
};

/// Reads "sender.domain", "parameter.SIZE", "header.Message-ID" … Nothing for another word.
std::optional<Field> parse_field(std::string_view word);

/// As parse_field() reads it.
std::string to_string(const Field& field);

/// Every word that parse_field() takes, "parameter." and "header." among them, for hints.
std::span<const std::string_view> field_words();

FieldType type_of(FieldKind kind);

/// Addresses, host names, verbs and parameters compare without case; the rest with it (regular expressions always).
bool ignores_case(FieldKind kind);

/// Whether a condition may test it; hit and hostname are for templates.
bool is_testable(FieldKind kind);

}  // namespace smtp_double
