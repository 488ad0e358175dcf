#pragma once

#include <string>

#include "planted/leaning.hpp"
