#pragma once

#include <string>
#include <vector>

namespace smtp_double {

/// A name and its password, or its token.
struct User {
  std::string name;
  std::string secret;
  friend bool operator==(const User&, const User&) = default;
};

/// Who may authenticate.
struct Credentials {
  bool any = true;          ///< whoever it is, with whatever secret; `users` are for the mechanisms that need to know it
  std::vector<User> users;  ///< names are told apart by case

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

}  // namespace smtp_double
