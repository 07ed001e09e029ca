// Runs as COCO's strings count them. Shared by the passes over starts, of which a lane takes four,
// side by side with its neighbours'. All masks have the same height and pixels.

@group(0) @binding(7) var<storage, read> summary: array<u32>;
@group(0) @binding(8) var<storage, read> starts: array<u32>;
// 1 for each mask whose first pixel is foreground.
@group(0) @binding(9) var<storage, read> values: array<u32>;

// Words of measures before those of the masks, and of each mask.
const ALL_MASKS: u32 = 2u;
const A_MASK: u32 = 6u;

// Bit of a character that another group of the same number follows, in each byte; and the
// character of a last group of 0.
const MORE: u32 = 0x20202020u;
const ZERO: u32 = 0x30303030u;

// The runs of a mask among those of all: its first, and the next one's. COCO counts a run of no
// background before a first one of foreground.
struct MaskRuns {
    mask: u32,
    begin: u32,
    end: u32,
    begins_with_foreground: u32,
}

// Up to seven characters of a number, eight with one before it: the first in the lowest byte.
struct Characters {
    low: u32,
    high: u32,
    length: u32,
}

// Stripes, here whole masks, are looked up by the index of a start.
fn first_of(mask: u32) -> u32 {
    return summary[1u + mask];
}

fn runs_of(mask: u32) -> MaskRuns {
    var end = summary[0];
    if mask + 1u < params.stripes {
        end = first_of(mask + 1u);
    }
    return MaskRuns(mask, first_of(mask), end, values[mask]);
}

// Number of runs: none if there are more than there is room for.
fn runs_that_fit() -> u32 {
    return select(0u, summary[0], summary[0] <= params.capacity);
}

// Index of a run among its mask's counts: those of foreground are odd.
fn count_index(run: u32, runs: MaskRuns) -> u32 {
    return run - runs.begin + runs.begins_with_foreground;
}

// Scan position at which a run ends.
fn end_of(run: u32, runs: MaskRuns) -> u32 {
    if run + 1u < runs.end {
        return starts[run + 1u];
    }
    return params.pixels;
}

// The count that a run's is written as a difference from: from the fourth on the one two before it.
fn count_before(run: u32, runs: MaskRuns) -> u32 {
    if count_index(run, runs) > 2u {
        return starts[run - 1u] - starts[run - 2u];
    }
    return 0u;
}

// The bits of a difference of two counts, which has 33, without its sign: inverted where it is
// negative.
fn unsigned_difference(count: u32, before: u32) -> u32 {
    return select(count - before, ~(count - before), count < before);
}

// Groups of five bits that hold a number and its sign. The first set bit of 0 is -1.
fn groups_of(difference: u32) -> u32 {
    return (firstLeadingBit(difference) + 6u) / 5u;
}

// The lowest bytes of two words, up to seven.
fn lowest_bytes(count: u32) -> vec2<u32> {
    let low = select((1u << (8u * min(count, 3u))) - 1u, ~0u, count > 3u);
    return vec2(low, (1u << (8u * (max(count, 4u) - 4u))) - 1u);
}

// The characters of a run.
fn characters_of(run: u32, runs: MaskRuns) -> Characters {
    let count = end_of(run, runs) - starts[run];
    let before = count_before(run, runs);
    let number = unsigned_difference(count, before);
    let groups = groups_of(number);
    let low = (vec4(number) >> vec4(0u, 5u, 10u, 15u)) & vec4(31u);
    let high = (vec3(number) >> vec3(20u, 25u, 30u)) & vec3(31u);
    let bytes = vec2(
        low.x | (low.y << 8u) | (low.z << 16u) | (low.w << 24u),
        high.x | (high.y << 8u) | (high.z << 16u),
    );
    let inverted = select(0u, 0x1f1f1f1fu, count < before);
    let more = lowest_bytes(groups - 1u) & vec2(MORE);
    let text = ((bytes ^ vec2(inverted)) + more + vec2(ZERO)) & lowest_bytes(groups);
    if run == runs.begin && runs.begins_with_foreground != 0u {
        let after_zero = (text << vec2(8u)) | vec2(ZERO & 255u, text.x >> 24u);
        return Characters(after_zero.x, after_zero.y, groups + 1u);
    }
    return Characters(text.x, text.y, groups);
}
