#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace smtp_double::bench {

/// What a floor server says to one client. It parses nothing but line ends and the end of data; the first letter of a
/// line decides between 250, 354 and 221.
class FloorDialogue {
 public:
  static constexpr std::string_view greeting = "220 floor.test ESMTP\r\n";

  /// Appends the replies to `bytes`. Whether the client has said QUIT.
  bool take(std::string_view bytes, std::string& replies);

 private:
  static constexpr std::string_view end_of_data = "\r\n.\r\n";

  std::string_view take_line(std::string_view bytes, std::string& replies);
  std::string_view take_data(std::string_view bytes, std::string& replies);
  void answer(char first_letter, std::string& replies);
  std::size_t end_across(std::string_view bytes) const;

  // A command line may come in pieces: only its first letter is kept. So may the end of data: its length less one is.
  char first_letter_ = 0;
  bool in_data_ = false;
  bool is_over_ = false;
  std::uint8_t kept_length_ = 0;
  std::array<char, end_of_data.size() - 1> kept_{};
};

}  // namespace smtp_double::bench
