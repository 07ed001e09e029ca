//! Kinds of masks: those for which the same shaders run, at rates that are kept from call to call.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::rates::Rates;
use crate::pixel::{Masks, Order};
use crate::predicate::Predicate;

/// Kinds that an encoder has met. They are few: element widths, predicates and orders.
#[derive(Debug, Default)]
pub(super) struct Kinds(Mutex<Vec<Arc<Kind>>>);

/// Masks of one width of elements, predicate and scan order.
#[derive(Debug)]
pub(super) struct Kind {
    /// 8, 16 or 32, or 1 of packed pixels.
    pub(super) element_bits: u32,
    /// One that compiles to the same shaders, whatever the threshold.
    pub(super) predicate: Predicate,
    pub(super) order: Order,
    pub(super) rates: Rates,
    /// True if the shaders are compiled.
    is_prepared: AtomicBool,
}

impl Kinds {
    /// The kind of masks that shaders read; None if there are no masks.
    pub(super) fn of(&self, masks: &Masks<'_>, order: Order) -> Option<Arc<Kind>> {
        masks.first_stack()?;
        let element_bits = match masks.element_type() {
            Some(element) => 8 * element.bytes() as u32,
            None => 1,
        };
        let predicate = masks.predicate();
        let is_same = |kind: &&Arc<Kind>| {
            kind.element_bits == element_bits
                && kind.order == order
                && std::mem::discriminant(&kind.predicate) == std::mem::discriminant(&predicate)
        };
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kind) = kinds.iter().find(is_same) {
            return Some(Arc::clone(kind));
        }
        let kind = Arc::new(Kind {
            element_bits,
            predicate,
            order,
            rates: Rates::default(),
            is_prepared: AtomicBool::new(false),
        });
        kinds.push(Arc::clone(&kind));
        Some(kind)
    }
}

impl Kind {
    pub(super) fn is_prepared(&self) -> bool {
        self.is_prepared.load(Ordering::Acquire)
    }

    pub(super) fn set_prepared(&self) {
        self.is_prepared.store(true, Ordering::Release);
    }
}
