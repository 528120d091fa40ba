// Downloads, against a folder that stands for the network: curl reads file:// as it reads https://.
#include "guidance/model_get.h"

#include "core/files.h"
#include "guidance/clip_config.h"
#include "guidance/model_list.h"
#include "guidance/sha256.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

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

// A whole safetensors file of one tensor.
std::string weightsOf(std::size_t bytes) {
    const std::string header = R"({"a":{"dtype":"U8","shape":[)" + std::to_string(bytes) + R"(],"data_offsets":[0,)" + std::to_string(bytes) + "]}}";
    const std::uint64_t length = header.size();
    std::string out(8, '\0');
    std::memcpy(out.data(), &length, 8);
    out += header;
    for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>('a' + i * 7 % 26);
    return out;
}

class GetModel : public testing::Test {
  protected:
    void SetUp() override {
        if (std::system("curl --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no curl on this machine";
        options_ = {.into = root_ / "models", .mirror = "file://" + (root_ / "net").string(), .progress = {}};
    }
    void offer(const std::string& name, std::string_view file, const std::string& contents) {
        for (const ModelRow& row : modelRows())
            if (row.name == name) put(root_ / "net" / std::string(row.folder.substr(1)) / file, contents);
    }
    // Weights and config of a model on offer; the merges, which are not fetched, are there. -> its folder here
    fs::path offered(const std::string& name, const std::string& weights) {
        offer(name, "model.safetensors", weights);
        offer(name, "config.json", "{}");
        put(options_.into / name / "merges.txt", "#version");
        return options_.into / name;
    }
    static void put(const fs::path& file, const std::string& contents) {
        fs::create_directories(file.parent_path());
        ASSERT_TRUE(core::writeFileAtomic(file, contents));
    }
    static std::string read(const fs::path& file) {
        const auto text = core::readFile(file);
        return text ? text.value() : "";
    }

    TempFolder folder_;
    const fs::path& root_ = folder_.path;
    GetOptions options_;
};

TEST_F(GetModel, FetchesWeightsAndConfigIntoAFolderOfItsNameAndGoesOnWhereItBrokeOff) {
    const std::string weights = weightsOf(240000);
    const fs::path folder = offered("tinyclip-40m-32", weights);
    put(folder / "model.safetensors.part", weights.substr(0, 1000)); // of a download that broke off
    std::uint64_t seen = 0;
    options_.progress = [&](const std::string&, std::uint64_t bytes, std::uint64_t) { seen = bytes; };
    const auto got = getModel("tinyclip-40m-32", options_);
    ASSERT_TRUE(got) << got.problem().line();
    EXPECT_EQ(got.value(), folder);
    EXPECT_EQ(read(folder / "model.safetensors"), weights);
    EXPECT_EQ(read(folder / "config.json"), "{}");
    EXPECT_FALSE(fs::exists(folder / "model.safetensors.part"));
    EXPECT_EQ(seen, weights.size());
    // A part that does not belong to the file would not be whole: that it is gone on with shows here.
    fs::remove(folder / "model.safetensors");
    const std::string other = weights.substr(0, 200) + std::string(800, '-');
    put(folder / "model.safetensors.part", other);
    ASSERT_TRUE(getModel("tinyclip-40m-32", options_));
    EXPECT_EQ(read(folder / "model.safetensors"), other + weights.substr(1000));
}

TEST_F(GetModel, WhereTheServerCannotGoOnTheDownloadBeginsAnew) {
    const std::string weights = weightsOf(240000);
    const fs::path folder = offered("tinyclip-40m-32", weights);
    // A curl whose server sends whole files only, or answers a part with 416.
    const fs::path curl = root_ / "curl.sh";
    options_.curl = curl.string();
    for (const char* refusal : {"curl: (33) HTTP server does not seem to support byte ranges", "curl: (22) The requested URL returned error: 416"}) {
        const std::string code = std::string(refusal).substr(7, 2);
        put(curl, "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && out=$2; shift; done\n"
                  "if [ -e \"$out\" ]; then echo '" + std::string(refusal) + "' >&2; exit " + code + "; fi\ncp \"${1#file://}\" \"$out\"\n");
        fs::permissions(curl, fs::perms::owner_all);
        fs::remove(folder / "model.safetensors");
        put(folder / "model.safetensors.part", weights.substr(0, 1000));
        const auto got = getModel("tinyclip-40m-32", options_);
        ASSERT_TRUE(got) << got.problem().line();
        EXPECT_TRUE(read(folder / "model.safetensors") == weights) << refusal;
    }
}

TEST_F(GetModel, WeightsWithoutAPublishedHashMustAtLeastBeWhole) {
    for (const std::string& came : {weightsOf(240000).substr(0, 100000), std::string("<html>sign in first</html>")}) {
        const fs::path folder = offered("tinyclip-40m-32", came);
        const auto got = getModel("tinyclip-40m-32", options_);
        ASSERT_FALSE(got);
        EXPECT_EQ(got.problem().id, core::ProblemId::ModelBroken);
        EXPECT_NE(got.problem().line().find("no whole safetensors file"), std::string::npos) << got.problem().line();
        EXPECT_FALSE(fs::exists(folder / "model.safetensors"));
    }
}

TEST_F(GetModel, WhereTheListHasNoHashTheOneThatTheHubSendsIsChecked) {
    const std::string weights = weightsOf(5000);
    const fs::path folder = offered("tinyclip-40m-32", weights), curl = root_ / "curl.sh";
    const auto hash = sha256OfFile(options_.mirror.substr(7) + [&] {
        for (const ModelRow& row : modelRows())
            if (row.name == "tinyclip-40m-32") return std::string(row.folder) + "model.safetensors";
        return std::string();
    }());
    ASSERT_TRUE(hash) << hash.problem().line();
    options_.curl = curl.string();
    const auto get = [&](const std::string& announced) { // the hub's first answer, then the store's
        put(curl, "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && out=$2; [ \"$1\" = --dump-header ] && head=$2; shift; done\n"
                  "case $1 in *.safetensors) hash=" + announced + ";; *) hash=99914b932bd37a50b983c5e7c90ae93b03c2b4a1;; esac\n" // of a small file: no SHA-256
                  "printf 'HTTP/2 302\\r\\nX-Linked-ETag: \"%s\"\\r\\n\\r\\nHTTP/2 200\\r\\netag: \"0\"\\r\\n' $hash > \"$head\"\ncp \"${1#file://}\" \"$out\"\n");
        fs::permissions(curl, fs::perms::owner_all);
        fs::remove(folder / "model.safetensors");
        return getModel("tinyclip-40m-32", options_);
    };
    EXPECT_TRUE(get(hash.value()));
    const auto wrong = get(std::string(64, 'a'));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.problem().id, core::ProblemId::ModelBroken);
    EXPECT_NE(wrong.problem().line().find("sha256 is not aaaa"), std::string::npos) << wrong.problem().line();
    EXPECT_FALSE(fs::exists(folder / "model.safetensors"));
    for (const auto& entry : fs::directory_iterator(folder)) EXPECT_NE(entry.path().extension(), ".headers") << entry.path();
}

TEST_F(GetModel, AFolderWithAPickleOnlyNamesItAndTheWayOut) {
    put(root_ / "fare/pytorch_model.bin", "\x80\x02}q");
    const auto config = readClipConfig(root_ / "fare");
    ASSERT_FALSE(config);
    EXPECT_EQ(config.problem().id, core::ProblemId::ModelBroken);
    EXPECT_NE(config.problem().line().find("pytorch_model.bin"), std::string::npos) << config.problem().line();
    EXPECT_NE(config.problem().line().find("models convert"), std::string::npos) << config.problem().line();
    EXPECT_EQ(config.problem().line().find('\n'), std::string::npos);
    put(root_ / "fare/model.safetensors", weightsOf(8)); // beside one that can be read it does not matter
    EXPECT_EQ(readClipConfig(root_ / "fare").problem().line().find("pickle"), std::string::npos);
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
    EXPECT_NE(unknown.problem().line().find("tinyclip-40m-32"), std::string::npos);
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
