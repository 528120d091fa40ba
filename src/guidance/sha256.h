#pragma once
// SHA-256 of a stream of bytes. Thread: any   Ownership: value
// Source: FIPS 180-4, own implementation; checked by its published examples
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace titanus::guidance {

class Sha256 {
  public:
    void add(std::span<const std::byte> bytes);
    std::string hex(); // 64 digits; ends the stream

  private:
    void block(const std::uint8_t* bytes);

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::uint8_t, 64> buffer_{};
    std::size_t filled_ = 0;
    std::uint64_t bytes_ = 0;
};

} // namespace titanus::guidance
