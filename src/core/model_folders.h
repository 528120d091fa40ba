#pragma once
// Folders in which models of guides lie, and the models found there: those that came with the program,
// then the user's. Thread: any (reads the disk)   Ownership: values
#include <filesystem>
#include <string>
#include <vector>

namespace titanus::core {

// The model that a text names: a path, or the name of one below the folders of models. Empty: as given.
std::filesystem::path modelNamed(const std::string& text, const std::filesystem::path& otherwise);
// Every folder with weights in it (.safetensors, .pt), by name within its folder of models.
std::vector<std::filesystem::path> modelsFound();

} // namespace titanus::core
