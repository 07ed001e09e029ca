//! Pixels to runs and back.

use maskrle::{Masks, Order, Runs};
use ndarray::Axis;

use super::bytes::{Bytes, ORDERS};
use super::pixels::{encoder, masks};

/// Pixels to runs and back, in both scan orders, into both layouts; to the other order and back;
/// and as labels.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let pixels = masks(&mut bytes, 2);
    let stack = ndarray::stack(
        Axis(0),
        &pixels.iter().map(|mask| mask.view()).collect::<Vec<_>>(),
    )
    .expect("one size");
    let labels = stack.mapv(u8::from) * (1 + bytes.byte() / 2);
    let labels = &labels + &stack.slice(ndarray::s![..;-1, .., ..]).mapv(u8::from);
    for order in ORDERS {
        let runs = encoder()
            .runs(&Masks::binary(&stack).expect("small"), order)
            .expect("small");
        let maps = encoder()
            .runs(&Masks::labels(&labels).expect("small"), order)
            .expect("small");
        let other = if order == Order::RowMajor {
            Order::ColumnMajor
        } else {
            Order::RowMajor
        };
        for layout in ORDERS {
            assert_eq!(runs.decode::<bool>(layout).as_ref(), Ok(&stack));
            assert_eq!(maps.decode::<u8>(layout).as_ref(), Ok(&labels));
        }
        let reordered = runs.to_order(other).expect("small");
        assert_eq!(
            reordered,
            encoder()
                .runs(&Masks::binary(&stack).expect("small"), other)
                .expect("small")
        );
        assert_eq!(
            maps.to_order(other)
                .and_then(|maps| maps.to_order(order))
                .as_ref(),
            Ok(&maps)
        );
        if order == Order::ColumnMajor {
            let strings = encoder()
                .coco(&Masks::binary(&stack).expect("small"))
                .expect("small");
            assert_eq!(Runs::read(&strings).as_ref(), Ok(&runs));
        }
        for map in &maps {
            let (instances, masks) = map.split_labels().expect("few");
            if !instances.is_empty() {
                let again = masks
                    .to_label_map(instances.iter().map(|instance| instance.label))
                    .expect("small");
                assert_eq!(again, map);
            }
        }
    }
}
