#include "guidance/safetensors.h"

#include "core/files.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <cstring>

using namespace titanus;
using namespace titanus::guidance;

namespace {

const std::filesystem::path kPath = scratch() / "file";

core::Result<Safetensors> open(const std::string& header, const std::string& data, std::uint64_t length) {
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    EXPECT_TRUE(core::writeFileAtomic(kPath, bytes + header + data));
    return Safetensors::open(kPath);
}
core::Result<Safetensors> open(const std::string& header, const std::string& data) { return open(header, data, header.size()); }

void expectBroken(const core::Result<Safetensors>& result, const char* why) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.problem().id, core::ProblemId::ModelBroken);
    EXPECT_NE(result.problem().line().find(why), std::string::npos) << result.problem().line();
}

TEST(Safetensors, ReadsNamesShapesTypesAndBytes) {
    const auto file = open(R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                           R"("b":{"dtype":"F16","shape":[1,1],"data_offsets":[8,10]}})", std::string("\0\0\x80?\0\0\0@\0<", 10));
    ASSERT_TRUE(file) << file.problem().line();
    const auto& tensors = file.value().tensors();
    ASSERT_EQ(tensors.size(), 2u);
    float values[2];
    std::memcpy(values, tensors.at("a").bytes.data(), 8);
    EXPECT_EQ(values[0], 1.f);
    EXPECT_EQ(values[1], 2.f);
    EXPECT_EQ(tensors.at("b").type, DType::F16);
    EXPECT_EQ(tensors.at("b").shape, (std::vector<std::int64_t>{1, 1}));
    EXPECT_EQ(file.value().metadata().at("k"), "v");
}

TEST(Safetensors, AHeaderWhoseLengthLooksLikeAPickleOrAnArchiveIsAHeader) {
    for (const std::size_t length : {128u, 128u + 256u, 0x4b50u}) { // 80 as a pickle, "PK" as an archive
        std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        header.resize(length, ' ');
        const auto file = open(header, "1234");
        ASSERT_TRUE(file) << length << ": " << file.problem().line();
        EXPECT_EQ(file.value().tensors().count("a"), 1u);
    }
}

TEST(Safetensors, HostileFilesAreOneLineEach) {
    expectBroken(open("{}", "", 1ull << 31), "header is longer");
    expectBroken(open("{}", "", ~0ull), "header is longer");
    expectBroken(open("not json", ""), "not JSON");
    expectBroken(open("[]", ""), "not JSON");
    expectBroken(open(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "1234"), "larger than the file");
    expectBroken(open(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})", "12345678"), "outside the file");
    expectBroken(open(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", "12345678"), "outside the file");
    expectBroken(open(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})", "12345678"), "does not fit its shape");
    expectBroken(open(R"({"a":{"dtype":"F32","shape":[99999999999,99999999999],"data_offsets":[0,8]}})", "12345678"), "larger than the file");
    expectBroken(open(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}})", "12345678"), "larger than the file");
    expectBroken(open(R"({"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}})", "12345678"), "unknown type");
    expectBroken(open(R"({"a":{"shape":[2],"data_offsets":[0,8]}})", "12345678"), "lacks dtype");
    expectBroken(open(R"({"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}})", "12345678"), "wrong kind");
    expectBroken(open(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", "12345678"), "overlap");
    expectBroken(open(R"({"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})", "12345678"), "wrong kind");
}

TEST(Safetensors, EmptyMissingAndPickleFilesSaySo) {
    ASSERT_TRUE(core::writeFileAtomic(kPath, ""));
    expectBroken(Safetensors::open(kPath), "empty");
    ASSERT_TRUE(core::writeFileAtomic(kPath, "PK\x03\x04 and so on, an archive"));
    expectBroken(Safetensors::open(kPath), "pickle");
    // An archive whose first eight bytes would do as a length of 67 MB.
    ASSERT_TRUE(core::writeFileAtomic(kPath, std::string("PK\x03\x04\0\0\0\0", 8) + std::string(0x04034b50 + 1, '-')));
    expectBroken(Safetensors::open(kPath), "models convert");
    expectBroken(Safetensors::open("/tmp"), "empty or no regular file");
    const auto missing = Safetensors::open("/nowhere/x.safetensors");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.problem().id, core::ProblemId::ModelMissing);
}

} // namespace
