#pragma once
// Brings a real CLIP onto this machine: curl does the download, so Titanus itself has no network
// code. A broken download goes on where it stopped, or begins anew where the server cannot go on.
// Before a file gets its name its hash is checked: the one of the list, else the one that the hub sends with
// the file; without any, weights must at least be a whole safetensors file.
// Thread: any, blocks (minutes)   Errors: UsageError (unknown name), ModelMissing (no curl, no network:
// the detail says what to fetch by hand and where to put it), ModelBroken (hash, not whole), OutputWriteFailed
#include "core/result.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace titanus::guidance {

struct GetOptions {
    std::filesystem::path into;    // folder of models; NAME is made below it
    std::string curl = "curl";     // program, found by PATH
    std::string mirror;            // instead of the scheme and host of every link (tests, local mirrors)
    // Bytes so far and in all (0: unknown), several times a second.
    std::function<void(const std::string& file, std::uint64_t bytes, std::uint64_t total)> progress;
};

// Names as listModels() shows them. Returns the folder, ready for --model.
core::Result<std::filesystem::path> getModel(const std::string& name, const GetOptions& options);
std::vector<std::string> gettableModels();

struct ConvertOptions {
    std::string python = "python3"; // with torch and safetensors
    std::filesystem::path script;   // tools/convert_clip.py
};
// A pickled checkpoint (.bin, plain .pt) becomes safetensors, in a process of its own: only Python
// reads pickles safely. Errors: ModelMissing, ModelBroken with its last line.
core::Result<void> convertModel(const std::filesystem::path& from, const std::filesystem::path& to, const ConvertOptions& options);

// The contents of a .gz file. Errors: FileUnreadable, ModelBroken.
core::Result<std::string> gunzipFile(const std::filesystem::path& file);
// 64 hexadecimal digits. Errors: FileUnreadable. Source: FIPS 180-4, own implementation.
core::Result<std::string> sha256OfFile(const std::filesystem::path& file);

} // namespace titanus::guidance
