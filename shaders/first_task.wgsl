// Stripes are looked up by tasks of the dispatch.
fn first_of(stripe: u32) -> u32 {
    return stripes[stripe].first;
}
