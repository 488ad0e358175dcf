#pragma once

#include <string>

// What is said in a transaction of which no rule knows anything.

namespace smtp_double::test {

inline const std::string greeting = "220 mx.example.test ESMTP smtp-double\r\n";
inline const std::string ok = "250 2.0.0 OK\r\n";
inline const std::string sender_ok = "250 2.1.0 Sender OK\r\n";
inline const std::string recipient_ok = "250 2.1.5 Recipient OK\r\n";
inline const std::string go_ahead = "354 Start mail input; end with <CRLF>.<CRLF>\r\n";
inline const std::string accepted = "250 2.0.0 Message accepted\r\n";
inline const std::string goodbye = "221 2.0.0 mx.example.test closing the connection\r\n";

inline const std::string ehlo = "EHLO client.example\r\n";
inline const std::string envelope = "HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n";
inline const std::string envelope_replies = "250 mx.example.test\r\n" + sender_ok + recipient_ok;

inline const std::string whole_session =
    "HELO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<ann@example.com>\r\nDATA\r\nHi.\r\n.\r\nQUIT\r\n";

}  // namespace smtp_double::test
