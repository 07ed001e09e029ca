// The first item of a stripe.
fn begin_of(index: u32) -> u32 {
    if params.tasks_each != 0u {
        return index * params.tasks_each;
    }
    return first_of(index);
}

// The last stripe whose first item is `item` or one before it. Stripes ascend by their first items,
// and the first stripe's is 0.
fn stripe_of(item: u32) -> u32 {
    if params.tasks_each != 0u {
        return min(item / params.tasks_each, params.stripes - 1u);
    }
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

fn stripe_at(index: u32) -> Stripe {
    if params.tasks_each == 0u {
        return stripes[index];
    }
    var stripe = stripes[0];
    stripe.first += index * params.tasks_each;
    stripe.first_word += index * params.words_each;
    stripe.first_row_at += index * params.step;
    stripe.last_row_at += index * params.step;
    return stripe;
}
