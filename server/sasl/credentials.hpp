#pragma once

#include <string>
#include <string_view>
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
  bool any = true;  ///< whoever it is, with whatever secret; `users` are for the mechanisms that need to know it
  std::vector<User> users;  ///< names are told apart by case

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// The first one of that name; null when there is none.
inline const User* find_user(const Credentials& credentials, std::string_view name) {
  for (const User& user : credentials.users) {
    if (user.name == name) return &user;
  }
  return nullptr;
}

}  // namespace smtp_double
