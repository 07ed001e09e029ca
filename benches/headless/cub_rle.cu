// Times CUB's run-length encoding of one flat sequence of bytes on the device: what is at hand in
// CUDA. It knows neither masks nor columns, so its input stands for pixels that lie in scan order.
//
//     nvcc -O3 -std=c++17 -arch=native cub_rle.cu -o cub_rle
//     ./cub_rle BYTES MEAN_RUN
//
// Prints one JSON object: the least ms of the device, once lengths are compared with the host's.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include <cub/device/device_run_length_encode.cuh>
#include <cuda_runtime.h>

constexpr int WARM_UPS = 3;
constexpr int REPEATS = 20;

void check(cudaError_t status, const char *what) {
    if (status == cudaSuccess) return;
    std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(status));
    std::exit(1);
}

// Memory of the device, for as long as the program runs.
template <typename T> T *on_device(size_t count, const char *what) {
    void *memory = nullptr;
    check(cudaMalloc(&memory, std::max<size_t>(count, 1) * sizeof(T)), what);
    return static_cast<T *>(memory);
}

// Least ms of a call of CUB, which is asked first how much scratch it needs.
template <typename Call> float least_ms(Call call) {
    size_t scratch_bytes = 0;
    check(call(nullptr, scratch_bytes), "asking for the size of scratch");
    void *scratch = on_device<char>(scratch_bytes, "scratch");
    cudaEvent_t begin, end;
    check(cudaEventCreate(&begin), "an event");
    check(cudaEventCreate(&end), "an event");
    float least = INFINITY;
    for (int round = 0; round < WARM_UPS + REPEATS; ++round) {
        check(cudaEventRecord(begin), "the beginning");
        check(call(scratch, scratch_bytes), "encoding");
        check(cudaEventRecord(end), "the end");
        check(cudaEventSynchronize(end), "waiting");
        float ms = 0;
        check(cudaEventElapsedTime(&ms, begin, end), "the time");
        if (round >= WARM_UPS) least = std::min(least, ms);
    }
    check(cudaFree(scratch), "freeing scratch");
    return least;
}

int main(int count, char **arguments) {
    if (count != 3) {
        std::fprintf(stderr, "usage: cub_rle BYTES MEAN_RUN\n");
        return 2;
    }
    const size_t bytes = std::strtoull(arguments[1], nullptr, 10);
    const size_t mean_run = std::strtoull(arguments[2], nullptr, 10);
    if (bytes == 0 || bytes > INT32_MAX || mean_run == 0) {
        std::fprintf(stderr, "BYTES is 1 to %d, MEAN_RUN at least 1\n", INT32_MAX);
        return 2;
    }

    // Runs of 0 and 1 in turn, of lengths from 1 to twice the mean.
    std::mt19937_64 random(1);
    std::uniform_int_distribution<size_t> length(1, 2 * mean_run - 1);
    std::vector<uint8_t> pixels(bytes);
    std::vector<uint32_t> expected;
    for (size_t place = 0; place < bytes;) {
        const size_t run = std::min(length(random), bytes - place);
        std::fill_n(pixels.begin() + place, run, uint8_t(expected.size() % 2));
        expected.push_back(uint32_t(run));
        place += run;
    }

    const size_t runs = expected.size();
    auto *input = on_device<uint8_t>(bytes, "the input");
    auto *values = on_device<uint8_t>(runs, "values");
    auto *offsets = on_device<uint32_t>(runs, "offsets");
    auto *lengths = on_device<uint32_t>(runs, "lengths");
    auto *found = on_device<uint32_t>(1, "the number of runs");
    check(cudaMemcpy(input, pixels.data(), bytes, cudaMemcpyHostToDevice), "the upload");
    const int items = int(bytes);

    const float encode_ms = least_ms([&](void *scratch, size_t &size) {
        return cub::DeviceRunLengthEncode::Encode(scratch, size, input, values, lengths, found,
                                                  items);
    });
    uint32_t runs_found = 0;
    check(cudaMemcpy(&runs_found, found, sizeof runs_found, cudaMemcpyDeviceToHost), "the number");
    std::vector<uint32_t> lengths_found(runs);
    check(cudaMemcpy(lengths_found.data(), lengths, runs * sizeof(uint32_t),
                     cudaMemcpyDeviceToHost),
          "the lengths");
    if (runs_found != runs || lengths_found != expected) {
        std::fprintf(stderr, "the lengths are not those of the host\n");
        return 1;
    }

    const float non_trivial_ms = least_ms([&](void *scratch, size_t &size) {
        return cub::DeviceRunLengthEncode::NonTrivialRuns(scratch, size, input, offsets, lengths,
                                                          found, items);
    });
    std::printf("{\"runs\": %zu, \"encode_ms\": %.4f, \"non_trivial_ms\": %.4f, "
                "\"gb_per_s\": %.1f}\n",
                runs, encode_ms, non_trivial_ms, bytes / encode_ms / 1e6);
    return 0;
}
