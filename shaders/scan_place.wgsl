// Places of pixels in the scan of a mask: row and column.

fn place_of(stripe: Stripe, position: u32) -> vec2<u32> {
    if stripe.across != 0u {
        return vec2(position % stripe.height, position / stripe.height);
    }
    return vec2(position / stripe.width, position % stripe.width);
}

fn next_place(stripe: Stripe, place: vec2<u32>) -> vec2<u32> {
    if stripe.across != 0u {
        let below = vec2(place.x + 1u, place.y);
        return select(below, vec2(0u, place.y + 1u), below.x == stripe.height);
    }
    let beside = vec2(place.x, place.y + 1u);
    return select(beside, vec2(place.x + 1u, 0u), beside.y == stripe.width);
}
