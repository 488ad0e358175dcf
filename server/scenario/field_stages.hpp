#pragma once

#include "protocol/stage.hpp"
#include "scenario/field.hpp"

namespace smtp_double {

/// The stages at which a field can have a value at all.
StageSet stages_with(FieldKind kind);

}  // namespace smtp_double
