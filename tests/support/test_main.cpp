#if __has_include(<catch2/catch_test_macros.hpp>)
// Catch2 3 brings its own main; a static library needs something in it all the same.
namespace smtp_double::test {
extern const int catch2_has_its_own_main;
const int catch2_has_its_own_main = 3;
}  // namespace smtp_double::test
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
