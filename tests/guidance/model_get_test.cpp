// Downloads, against a folder that stands for the network: curl reads file:// as it reads https://.
#include "guidance/model_get.h"

#include "core/files.h"
#include "guidance/model_list.h"
#include "guidance/sha256.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <unistd.h>

using namespace titanus;
using namespace titanus::guidance;
namespace fs = std::filesystem;

namespace {

std::string hashOf(const std::string& text) {
    Sha256 hash;
    hash.add(std::as_bytes(std::span(text.data(), text.size())));
    return hash.hex();
}

TEST(Sha256, GivesThePublishedExamplesHoweverTheBytesArrive) {
    EXPECT_EQ(hashOf(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hashOf("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hashOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    const std::string million(1000000, 'a');
    EXPECT_EQ(hashOf(million), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    Sha256 pieces;
    for (std::size_t at = 0, n = 1; at < million.size(); at += n, n = n * 7 % 131 + 1) {
        n = std::min(n, million.size() - at);
        pieces.add(std::as_bytes(std::span(million.data() + at, n)));
    }
    EXPECT_EQ(pieces.hex(), hashOf(million));
}

class GetModel : public testing::Test {
  protected:
    void SetUp() override {
        if (std::system("curl --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no curl on this machine";
        const auto name = std::string(testing::UnitTest::GetInstance()->current_test_info()->name());
        root_ = fs::temp_directory_path() / ("titanus-" + name + std::to_string(::getpid()));
        fs::create_directories(root_);
        options_ = {.into = root_ / "models", .mirror = "file://" + (root_ / "net").string(), .progress = {}};
    }
    void TearDown() override { fs::remove_all(root_); }
    void offer(const std::string& name, std::string_view file, const std::string& contents) {
        for (const ModelRow& row : modelRows())
            if (row.name == name) put(root_ / "net" / std::string(row.folder.substr(1)) / file, contents);
    }
    static void put(const fs::path& file, const std::string& contents) {
        fs::create_directories(file.parent_path());
        ASSERT_TRUE(core::writeFileAtomic(file, contents));
    }
    static std::string read(const fs::path& file) {
        const auto text = core::readFile(file);
        return text ? text.value() : "";
    }

    fs::path root_;
    GetOptions options_;
};

TEST_F(GetModel, FetchesWeightsAndConfigIntoAFolderOfItsNameAndGoesOnWhereItBrokeOff) {
    std::string weights;
    for (int i = 0; i < 50000; ++i) weights += std::to_string(i);
    offer("tinyclip-8m-16", "model.safetensors", weights);
    offer("tinyclip-8m-16", "config.json", "{}");
    const fs::path folder = options_.into / "tinyclip-8m-16";
    put(folder / "merges.txt", "#version");
    put(folder / "model.safetensors.part", weights.substr(0, 1000)); // of a download that broke off
    std::uint64_t seen = 0;
    options_.progress = [&](const std::string&, std::uint64_t bytes, std::uint64_t) { seen = bytes; };
    const auto got = getModel("tinyclip-8m-16", options_);
    ASSERT_TRUE(got) << got.problem().line();
    EXPECT_EQ(got.value(), folder);
    EXPECT_EQ(read(folder / "model.safetensors"), weights);
    EXPECT_EQ(read(folder / "config.json"), "{}");
    EXPECT_FALSE(fs::exists(folder / "model.safetensors.part"));
    EXPECT_EQ(seen, weights.size());
    // A part that does not belong to the file would not be whole: that it is gone on with shows here.
    fs::remove(folder / "model.safetensors");
    put(folder / "model.safetensors.part", std::string(1000, '-'));
    ASSERT_TRUE(getModel("tinyclip-8m-16", options_));
    EXPECT_EQ(read(folder / "model.safetensors"), std::string(1000, '-') + weights.substr(1000));
}

TEST_F(GetModel, AWrongHashIsThrownAwayAndSaid) {
    offer("rn50-openai", "RN50.pt", "not the weights");
    put(options_.into / "rn50-openai/merges.txt", "#version");
    const auto got = getModel("rn50-openai", options_);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.problem().id, core::ProblemId::ModelBroken);
    EXPECT_NE(got.problem().line().find("sha256"), std::string::npos);
    EXPECT_FALSE(fs::exists(options_.into / "rn50-openai/RN50.pt"));
    EXPECT_FALSE(fs::exists(options_.into / "rn50-openai/RN50.pt.part"));
    EXPECT_NE(read(options_.into / "rn50-openai/model.json").find("quick_gelu"), std::string::npos);
}

TEST_F(GetModel, WithoutNetworkOrCurlItSaysWhatToFetchAndWhereToPutIt) {
    const auto offline = getModel("vit-b-32-openai", options_); // the folder of the net is empty
    ASSERT_FALSE(offline);
    EXPECT_EQ(offline.problem().id, core::ProblemId::ModelMissing);
    EXPECT_NE(offline.problem().line().find("bpe_simple_vocab_16e6.txt.gz"), std::string::npos) << offline.problem().line();
    EXPECT_NE(offline.problem().line().find((options_.into / "vit-b-32-openai").string()), std::string::npos);
    options_.curl = "/nowhere/curl";
    const auto without = getModel("vit-b-32-openai", options_);
    ASSERT_FALSE(without);
    EXPECT_NE(without.problem().line().find("by hand"), std::string::npos) << without.problem().line();
    const auto unknown = getModel("vit-b-33", options_);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.problem().id, core::ProblemId::UsageError);
    EXPECT_NE(unknown.problem().line().find("tinyclip-8m-16"), std::string::npos);
}

TEST_F(GetModel, GzipIsUnpacked) {
    if (std::system("gzip --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no gzip on this machine";
    std::string text = "#version: 0.2\n";
    for (int i = 0; i < 20000; ++i) text += "t h" + std::to_string(i % 77) + "\n";
    put(root_ / "merges.txt", text);
    ASSERT_EQ(std::system(("gzip -k " + (root_ / "merges.txt").string()).c_str()), 0);
    const auto unpacked = gunzipFile(root_ / "merges.txt.gz");
    ASSERT_TRUE(unpacked) << unpacked.problem().line();
    EXPECT_EQ(unpacked.value(), text);
    put(root_ / "broken.gz", "\x1f\x8b\x08 and then nothing that inflates at all");
    EXPECT_FALSE(gunzipFile(root_ / "broken.gz"));
}

TEST_F(GetModel, ConvertRunsPythonAndKeepsTheLastLineOfItsComplaint) {
    if (std::system("python3 --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no python3 on this machine";
    put(root_ / "copy.py", "import shutil, sys\nshutil.copy(sys.argv[1], sys.argv[2])\n");
    put(root_ / "fail.py", "import sys\nprint('trace', file=sys.stderr)\nsys.exit('Unsupported global')\n");
    put(root_ / "model.bin", "weights");
    ASSERT_TRUE(convertModel(root_ / "model.bin", root_ / "model.safetensors", {.script = root_ / "copy.py"}));
    EXPECT_EQ(read(root_ / "model.safetensors"), "weights");
    const auto failed = convertModel(root_ / "model.bin", root_ / "other.safetensors", {.script = root_ / "fail.py"});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.problem().line().find("Unsupported global"), std::string::npos);
    EXPECT_FALSE(fs::exists(root_ / "other.safetensors"));
    EXPECT_EQ(convertModel(root_ / "none.bin", root_ / "x", {}).problem().id, core::ProblemId::ModelMissing);
}

} // namespace
