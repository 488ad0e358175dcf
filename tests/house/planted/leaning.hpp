#pragma once

// Lacks its #include <string> on purpose: the check that headers compile alone must report it.
inline std::string leaning() { return "on whoever includes this"; }
