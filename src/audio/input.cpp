#include "audio/input.h"

#include "audio/device_input.h"
#include "audio/played_input.h"

#include <filesystem>

namespace titanus::audio {
namespace {

using core::Problem;
using core::ProblemId;
using Opened = core::Result<std::unique_ptr<Input>>;

constexpr std::string_view kDevicePrefix = "device:";

Opened openDevice(const InputOptions& options, const Device& device, Backend& backend,
                  const core::Clock& clock) {
    auto input = std::make_unique<DeviceInput>(options, device, clock);
    if (auto opened = input->open(backend); !opened) return opened.problem();
    return std::unique_ptr<Input>(std::move(input));
}

Opened openNamedDevice(const InputOptions& options, std::string_view name, Backend& backend,
                       const core::Clock& clock) {
    const std::vector<Device> devices = backend.devices();
    if (const Device* device = findInput(devices, name))
        return openDevice(options, *device, backend, clock);
    return Problem{ProblemId::AudioDeviceMissing, name.empty() ? "default input" : std::string(name)};
}

Opened openFile(const InputOptions& options, Backend& backend, const core::Clock& clock) {
    auto source = openFileSource(options.spec);
    if (!source) {
        std::error_code error;
        if (std::filesystem::exists(options.spec, error) || options.spec.empty())
            return source.problem();
        // A device may be named without its prefix.
        const std::vector<Device> devices = backend.devices();
        if (const Device* device = findInput(devices, options.spec))
            return openDevice(options, *device, backend, clock);
        return Problem{ProblemId::AudioFileUnreadable,
                       options.spec + ": neither a file nor a sound device"};
    }
    InputInfo info{.kind = InputKind::File,
                   .name = std::filesystem::path(options.spec).filename().string(),
                   .channels = source.value()->channels(),
                   .lengthSeconds = source.value()->lengthSeconds(),
                   .output = {}};
    return std::unique_ptr<Input>(std::make_unique<PlayedInput>(
        options, std::move(info), std::move(source).value(), backend, clock));
}

} // namespace

core::Result<std::unique_ptr<Input>> openInput(const InputOptions& options, Backend& backend,
                                               const core::Clock& clock) {
    const std::string_view spec = options.spec;
    if (spec == "silence") {
        InputInfo info{.kind = InputKind::Silence, .name = "silence", .output = {}};
        return std::unique_ptr<Input>(
            std::make_unique<PlayedInput>(options, std::move(info), nullptr, backend, clock));
    }
    if (spec == "demo") {
        InputInfo info{.kind = InputKind::Demo, .name = "demo", .lengthSeconds = kDemoSeconds,
                       .output = {}};
        return std::unique_ptr<Input>(std::make_unique<PlayedInput>(
            options, std::move(info), openDemoSource(), backend, clock));
    }
    if (spec.starts_with(kDevicePrefix))
        return openNamedDevice(options, spec.substr(kDevicePrefix.size()), backend, clock);
    return openFile(options, backend, clock);
}

} // namespace titanus::audio
