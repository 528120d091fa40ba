#pragma once
// What writer and reader of the control log agree on. Internal to controls.
#include "controls/control_log.h"
#include "controls/log_bytes.h"

namespace titanus::controls::detail {

inline constexpr std::string_view kLogMagic = "TITANLOG";

// Numbers are for ever; new types get new numbers, old readers pass them over.
enum class LogType : std::uint8_t {
    Header = 1, Ids = 2, Start = 3, Param = 4, Act = 5, Text = 6, PresetName = 7, Routes = 8, Formulas = 9,
    Recall = 10, Frame = 11, Note = 12, End = 13, Check = 14, Blend = 15, BlendEnd = 16
};

void putShow(ByteWriter& out, const params::Show& show);
void putRoutes(ByteWriter& out, const std::vector<params::Route>& routes);
void putFormulas(ByteWriter& out, const std::vector<params::Formula>& formulas);

// Bytes that differ from `before`, which becomes `now`: groups of 8 with a mask of those that
// follow; a group without any is followed by how many more such groups there are.
void putDifference(ByteWriter& out, std::span<const std::byte> now, std::vector<std::byte>& before);
bool takeDifference(ByteReader& in, std::vector<std::byte>& bytes); // false: not what putDifference writes

} // namespace titanus::controls::detail
