#include "audio/devices.h"

#include <algorithm>
#include <cctype>

namespace titanus::audio {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

const Device* find(const std::vector<Device>& devices, std::string_view name,
                   int Device::*channels, bool Device::*isDefault) {
    const bool wantsDefault = name.empty() || name == "default";
    const Device* part = nullptr;
    const std::string wanted = lower(name);
    for (const Device& device : devices) {
        if (device.*channels <= 0) continue;
        if (device.name == name || (wantsDefault && device.*isDefault)) return &device;
        if (!part && !wantsDefault && lower(device.name).find(wanted) != std::string::npos)
            part = &device;
    }
    return part;
}

} // namespace

const Device* findInput(const std::vector<Device>& devices, std::string_view name) {
    return find(devices, name, &Device::inputs, &Device::defaultInput);
}
const Device* findOutput(const std::vector<Device>& devices, std::string_view name) {
    return find(devices, name, &Device::outputs, &Device::defaultOutput);
}

DeviceList listDevices(Backend& backend) {
    DeviceList list;
    for (const Device& device : backend.devices()) {
        if (device.inputs > 0) list.inputs.push_back(device);
        if (device.outputs > 0) list.outputs.push_back(device);
    }
    std::stable_partition(list.inputs.begin(), list.inputs.end(),
                          [](const Device& device) { return device.monitor; });
    return list;
}

DeviceList listDevices() { return listDevices(*makeSystemBackend()); }

} // namespace titanus::audio
