#pragma once
// A parameter or a text as the OSC message that says how it stands.
// Thread: any
#include "params/text.h"

#include <oscpack/osc/OscOutboundPacketStream.h>

#include <string>

namespace titanus::controls::detail {

inline void putValue(osc::OutboundPacketStream& out, const params::Param& row, float value) {
    out << osc::BeginMessage(("/titanus/" + std::string(row.id)).c_str());
    switch (row.kind) {
    case params::Kind::Float: out << value; break;
    case params::Kind::Int: out << static_cast<osc::int32>(value); break;
    case params::Kind::Bool: out << (value >= 0.5f); break;
    case params::Kind::Choice: out << params::format(row, value).c_str(); break;
    }
    out << osc::EndMessage;
}

inline void putText(osc::OutboundPacketStream& out, params::TextIndex index, const std::string& text) {
    out << osc::BeginMessage(("/titanus/" + std::string(params::kTexts[index.value].id)).c_str()) << text.c_str() << osc::EndMessage;
}

} // namespace titanus::controls::detail
