#pragma once

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>
#include <vector>

namespace smtp_double {

/// Those of whom somebody waits to hear that they have gone. Who waits holds a token that goes with the last of them.
class Departures {
 public:
  using Tokens = std::vector<std::shared_ptr<void>>;

  void expect(const std::vector<const void*>& those, std::shared_ptr<void> token) {
    if (!those.empty()) expected_.push_back({{those.begin(), those.end()}, std::move(token)});
  }

  /// One has gone, whoever it was: the tokens that were held for it last.
  Tokens note(const void* gone) {
    Tokens over;
    for (Expected& expected : expected_) {
      if (expected.those.erase(gone) > 0 && expected.those.empty()) over.push_back(std::move(expected.token));
    }
    if (!over.empty()) std::erase_if(expected_, [](const Expected& expected) { return expected.those.empty(); });
    return over;
  }

 private:
  struct Expected {
    std::unordered_set<const void*> those;
    std::shared_ptr<void> token;
  };

  std::vector<Expected> expected_;
};

}  // namespace smtp_double
