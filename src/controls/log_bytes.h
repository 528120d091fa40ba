#pragma once
// Numbers and strings as bytes, and back from bytes that nobody vouches for: a read past the end
// or a number out of range sets `bad` and gives zero, so callers check once. Internal to controls.
// Thread: any   Byte order: little endian (the machines that this is built for)
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace titanus::controls::detail {
static_assert(std::endian::native == std::endian::little);

// CRC-16/CCITT-FALSE: finds every error burst of up to 16 bits.
inline constexpr auto kCrcTable = [] {
    std::array<std::uint16_t, 256> table{};
    for (unsigned i = 0; i < 256; ++i) {
        unsigned crc = i << 8;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xFFFF;
        table[i] = static_cast<std::uint16_t>(crc);
    }
    return table;
}();
constexpr std::uint16_t crc16(std::string_view bytes) {
    unsigned crc = 0xFFFF;
    for (const char c : bytes) crc = (crc << 8 ^ kCrcTable[(crc >> 8 ^ static_cast<unsigned char>(c)) & 0xFF]) & 0xFFFF;
    return static_cast<std::uint16_t>(crc);
}
static_assert(crc16("123456789") == 0x29B1);

struct ByteWriter {
    std::string& out;

    void u8(std::uint8_t v) { out += static_cast<char>(v); }
    void count(std::uint64_t v) { // LEB128
        for (; v >= 0x80; v >>= 7) u8(static_cast<std::uint8_t>(v | 0x80));
        u8(static_cast<std::uint8_t>(v));
    }
    void whole(std::int64_t v) { count(static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63)); } // zigzag
    template <class T> void raw(T v) {
        char bytes[sizeof v];
        std::memcpy(bytes, &v, sizeof v);
        out.append(bytes, sizeof v);
    }
    void f32(float v) { raw(v); }
    void f64(double v) { raw(v); }
    void text(std::string_view v) {
        count(v.size());
        out += v;
    }
};

struct ByteReader {
    std::string_view in;
    bool bad = false;

    std::uint8_t u8() {
        if (in.empty()) return fail();
        const auto v = static_cast<std::uint8_t>(in.front());
        in.remove_prefix(1);
        return v;
    }
    std::uint64_t count() {
        std::uint64_t v = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t byte = u8();
            v |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (!(byte & 0x80)) return v;
        }
        return fail();
    }
    // A number of things that take at least `each` bytes: never more than there is room for.
    std::size_t items(std::size_t each) {
        const std::uint64_t v = count();
        return v > in.size() / each ? fail() : static_cast<std::size_t>(v);
    }
    std::int64_t whole() {
        const std::uint64_t v = count();
        return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
    }
    template <class T> T raw() {
        T v{};
        if (in.size() < sizeof v) {
            fail();
            return v;
        }
        std::memcpy(&v, in.data(), sizeof v);
        in.remove_prefix(sizeof v);
        return v;
    }
    float f32() { return raw<float>(); }
    double f64() { return raw<double>(); }
    std::string_view text() {
        const std::size_t size = items(1);
        const auto v = in.substr(0, size);
        in.remove_prefix(size);
        return v;
    }

  private:
    std::uint8_t fail() {
        bad = true;
        in = {};
        return 0;
    }
};

} // namespace titanus::controls::detail
