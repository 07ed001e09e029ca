// The last stripe whose first item, by `first_of`, is `item` or one before it. Stripes ascend by
// their first items, and the first stripe's is 0.
fn stripe_of(item: u32) -> u32 {
    var low = 0u;
    var high = params.stripes;
    while high - low > 1u {
        let middle = (low + high) / 2u;
        if first_of(middle) <= item {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}
