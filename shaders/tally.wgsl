@group(0) @binding(4) var<storage, read_write> bits: array<u32>;
// Number of bits that are set in each block of BLOCK words, which lie in scan order whatever pixels
// a workgroup has read. Zero before.
@group(0) @binding(5) var<storage, read_write> blocks: array<atomic<u32>>;

var<workgroup> first_block: u32;
var<workgroup> tallies: array<atomic<u32>, 2>;

// Writes each lane's word and counts its bits. Lanes' words follow each other but for where one
// mask's end: the workgroup adds up those of two blocks, so that the device's memory sees two
// additions and not 256. All lanes must call it.
fn put_words(lane: u32, is_used: bool, at: u32, word: u32) {
    if lane == 0u {
        first_block = at / BLOCK;
    }
    if lane < 2u {
        atomicStore(&tallies[lane], 0u);
    }
    workgroupBarrier();
    if is_used {
        bits[at] = word;
        let ones = countOneBits(word);
        let block = at / BLOCK - first_block;
        if ones != 0u && block < 2u {
            atomicAdd(&tallies[block], ones);
        } else if ones != 0u {
            atomicAdd(&blocks[at / BLOCK], ones);
        }
    }
    workgroupBarrier();
    if lane < 2u {
        let ones = atomicLoad(&tallies[lane]);
        if ones != 0u {
            atomicAdd(&blocks[first_block + lane], ones);
        }
    }
}
