//! Pixels to runs and back.

use maskrle::{Masks, Order, Runs};
use ndarray::{Array3, Axis};

use super::bytes::{Bytes, ORDERS};
use super::pixels::{encoder, masks};

/// Pixels to runs of either scan order and back and to the other order, as masks or as labels.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let [order, layout] = [bytes.order(), bytes.order()];
    let label = bytes.byte();
    let pixels = masks(&mut bytes, 2);
    let views: Vec<_> = pixels.iter().map(|mask| mask.view()).collect();
    let stack = ndarray::stack(Axis(0), &views).expect("one size");
    match label {
        0..128 => check_masks(&stack, order, layout),
        label => check_labels(&stack, label / 2, order, layout),
    }
}

fn check_masks(stack: &Array3<bool>, order: Order, layout: Order) {
    let masks = Masks::binary(stack).expect("small");
    let runs = encoder().runs(&masks, order).expect("small");
    assert_eq!(runs.decode::<bool>(layout).as_ref(), Ok(stack));
    let other = ORDERS[usize::from(order == ORDERS[0])];
    let reordered = runs.to_order(other).expect("small");
    assert_eq!(encoder().runs(&masks, other).as_ref(), Ok(&reordered));
    if order == Order::ColumnMajor {
        let strings = encoder().coco(&masks).expect("small");
        assert_eq!(Runs::read(&strings).as_ref(), Ok(&runs));
    }
}

/// Label maps that overlay each mask with the one mirrored to it, some labels next to each other.
fn check_labels(stack: &Array3<bool>, label: u8, order: Order, layout: Order) {
    let labels =
        &(stack.mapv(u8::from) * label) + &stack.slice(ndarray::s![..;-1, .., ..]).mapv(u8::from);
    let maps = encoder()
        .runs(&Masks::labels(&labels).expect("small"), order)
        .expect("small");
    assert_eq!(maps.decode::<u8>(layout).as_ref(), Ok(&labels));
    let other = ORDERS[usize::from(order == ORDERS[0])];
    let again = maps.to_order(other).and_then(|maps| maps.to_order(order));
    assert_eq!(again.as_ref(), Ok(&maps));
    for map in &maps {
        let (instances, masks) = map.split_labels().expect("few");
        if !instances.is_empty() {
            let labels = instances.iter().map(|instance| instance.label);
            assert_eq!(masks.to_label_map(labels).expect("small"), map);
        }
    }
}
