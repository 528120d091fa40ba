#pragma once
// Lists of sound devices for `titanus devices` and the picker. Thread: main or the keeper's io
// thread (starts the sound system, up to a second)   Errors: none, a silent machine has no devices
#include "audio/backend.h"

namespace titanus::audio {

struct DeviceList {
    std::vector<Device> inputs, outputs; // monitors ("system sound") come first among the inputs
};

DeviceList listDevices(Backend& backend);
DeviceList listDevices(); // with a backend of its own

} // namespace titanus::audio
