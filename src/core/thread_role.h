#pragma once
// The closed list of thread roles. A thread takes its role once; functions that belong to a role
// begin with TITANUS_ON(role), which is checked in debug builds and free in release builds.
// Threads that took no role (tests, tools) pass every check.
#include <cassert>
#include <cstdint>

namespace titanus::core {

enum class Role : std::uint8_t { None, Main, Audio, Analysis, Guidance, Io };

inline Role& currentRole() {
    thread_local Role role = Role::None;
    return role;
}
inline bool onRole(Role role) { return currentRole() == Role::None || currentRole() == role; }

} // namespace titanus::core

#define TITANUS_ON(role) assert(titanus::core::onRole(titanus::core::Role::role))
