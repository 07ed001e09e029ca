// Pixels of any type, sixteen bytes at a time, and the predicate on them: the one source of every
// flag pass.
//
// Results are marks: the top bit of each element of a word. No element's sum carries into the next
// one's, since the top bit is taken out before anything is added. A vector of 16 bytes takes, for
// each of its four words: 3 operations to mark what is not zero, 7 to mark floats above a
// threshold, f16 two at a time; labels are marked where a difference is not zero, 4.

// 0: the pixel is non-zero; 1: it is above the threshold; 2: its value, of labels.
override PREDICATE: u32 = 0u;

// The buffer of `words`, by vectors.
@group(1) @binding(2) var<storage, read> vectors: array<vec4<u32>>;
// Of each mask, 1 if its first pixel is foreground. Of labels and packed pixels, nothing.
@group(0) @binding(9) var<storage, read_write> values: array<u32>;

// Pixels of a vector.
fn per_vector() -> u32 {
    return 128u / ELEMENT_BITS;
}

// The top bit of each element.
fn top() -> u32 {
    switch ELEMENT_BITS {
        case 8u: {
            return 0x80808080u;
        }
        case 16u: {
            return 0x80008000u;
        }
        default: {
            return 0x80000000u;
        }
    }
}

fn byte_of(element: u32) -> u32 {
    return element * (ELEMENT_BITS / 8u);
}

// Ways to read sixteen bytes. Those beyond the buffer are anything.
// From a multiple of sixteen on: one vector.
const ALIGNED: u32 = 0u;
// From any byte on: the two vectors that have them.
const BETWEEN: u32 = 1u;
// Where some are in a last vector that is not whole, which few buffers have.
const BY_WORDS: u32 = 2u;

// The cheapest way in which all vectors from byte `at` to the one at byte `last`, which is a
// multiple of `stride` bytes away, can be read.
fn way_of(at: u32, stride: u32, last: u32) -> u32 {
    let is_between = ((at | stride) & 15u) != 0u;
    let has_part = (arrayLength(&words) & 3u) != 0u;
    if has_part && last / 16u + u32(is_between) >= arrayLength(&vectors) {
        return BY_WORDS;
    }
    return select(ALIGNED, BETWEEN, is_between);
}

// Sixteen bytes of two vectors, from byte `at` on, of which the lowest bits alone matter.
fn between(low: vec4<u32>, high: vec4<u32>, at: u32) -> vec4<u32> {
    // First moved by two words, then by one, then by bytes.
    let has_two = (at & 8u) != 0u;
    let four = select(low, vec4(low.zw, high.xy), has_two);
    let two = select(high.xy, high.zw, has_two);
    let has_one = (at & 4u) != 0u;
    let words_0 = select(four, vec4(four.yzw, two.x), has_one);
    if ELEMENT_BITS == 32u {
        return words_0;
    }
    let words_1 = vec4(words_0.yzw, select(two.x, two.y, has_one));
    let shift = (at & 3u) * 8u;
    // In two steps: a shift by 32 is not zero.
    return (words_0 >> vec4(shift)) | ((words_1 << vec4(1u)) << vec4(shift ^ 31u));
}

fn by_words(at: u32) -> vec4<u32> {
    let word = at / 4u;
    let low = vec4(words[word], words[word + 1u], words[word + 2u], words[word + 3u]);
    let shift = (at % 4u) * 8u;
    // A shift by 32 is not zero.
    if shift == 0u {
        return low;
    }
    return (low >> vec4(shift)) | (vec4(low.yzw, words[word + 4u]) << vec4(32u - shift));
}

// Sixteen bytes from byte `at` on.
fn vector_at(at: u32, way: u32) -> vec4<u32> {
    switch way {
        case ALIGNED: {
            return vectors[at / 16u];
        }
        case BETWEEN: {
            return between(vectors[at / 16u], vectors[at / 16u + 1u], at);
        }
        default: {
            return by_words(at);
        }
    }
}

fn not_zero(x: vec4<u32>) -> vec4<u32> {
    let low = vec4(~top());
    return (((x & low) + low) | x) & vec4(top());
}

// Floats as sign and magnitude: the magnitudes of the two signs are compared apart, and NaNs have
// the greatest.
fn above_threshold(x: vec4<u32>) -> vec4<u32> {
    let magnitude = x & vec4(~top());
    let positive = (magnitude + vec4(params.positive)) & ~(magnitude + vec4(params.infinite));
    let negative = ~(magnitude + vec4(params.negative));
    return ((x & negative) | (~x & positive)) & vec4(top());
}

// Operands of the comparison with the pixels before: marks of the foreground, or the labels
// themselves.
fn compared(x: vec4<u32>) -> vec4<u32> {
    switch PREDICATE {
        case 0u: {
            return not_zero(x);
        }
        case 1u: {
            return above_threshold(x);
        }
        default: {
            return x;
        }
    }
}

// Marks of those that differ.
fn changed(here: vec4<u32>, before: vec4<u32>) -> vec4<u32> {
    if PREDICATE == 2u {
        return not_zero(here ^ before);
    }
    return here ^ before;
}

// The elements before those of `x`: all move up by one, and the top element of `before` comes
// first.
fn shift_in(x: vec4<u32>, before: u32) -> vec4<u32> {
    let moved = (x << vec4(ELEMENT_BITS - 1u)) << vec4(1u);
    return moved | (vec4(before, x.xyz) >> vec4(32u - ELEMENT_BITS));
}

// Operand of one element, as the top element of a word; those below it are anything.
fn compared_element(element: u32) -> u32 {
    return compared(vec4(left_aligned(element))).x;
}

// Keeps the first pixel of a mask for the host, which may not have it.
fn put_first_pixel(index: u32, element: u32) {
    if PREDICATE == 2u {
        return;
    }
    if ELEMENT_BITS >= 8u {
        values[index] = compared_element(element) >> 31u;
    }
}
