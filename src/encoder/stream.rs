//! Stacks larger than memory: chunks are read, encoded and handed on at once, each step on a thread
//! of its own.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::encode::Encoder;

impl Encoder {
    /// Encodes chunks of masks as they come, and gives each one's result to `each`, in order. While
    /// one chunk is encoded the next is taken from the iterator, and the result before it is used:
    /// at most three chunks are in memory at once.
    ///
    /// The iterator runs on the caller's thread, `encode` and `each` on a thread each. The first
    /// error ends it all, and is returned; results of the chunks before it have then been given to
    /// `each`, unless it was `each` that failed.
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Order};
    /// use ndarray::Array3;
    ///
    /// // Chunks of two masks each; they could come from a file.
    /// let chunks = (0..5u8).map(|value| Ok(Array3::from_elem((2, 4, 5), value)));
    /// let mut areas = Vec::new();
    /// Encoder::new().stream(
    ///     chunks,
    ///     |encoder, chunk| encoder.runs(&Masks::binary(&chunk)?, Order::RowMajor),
    ///     |runs| {
    ///         areas.extend(runs.iter().map(|mask| mask.area()));
    ///         Ok::<(), maskrle::Error>(())
    ///     },
    /// )?;
    /// assert_eq!(areas, [0, 0, 20, 20, 20, 20, 20, 20, 20, 20]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn stream<C: Send, R: Send, E: Send>(
        &self,
        chunks: impl IntoIterator<Item = Result<C, E>>,
        encode: impl Fn(&Encoder, C) -> Result<R, E> + Send,
        each: impl FnMut(R) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        std::thread::scope(|scope| {
            // A chunk is handed over only once the one before it is encoded.
            let (give, take) = sync_channel(0);
            let (hand_on, receive) = sync_channel(0);
            let encoding = scope.spawn(move || encode_all(self, encode, take, hand_on));
            let using = scope.spawn(move || receive.into_iter().try_for_each(each));
            let mut read = Ok(());
            for chunk in chunks {
                let given = chunk.map(|chunk| give.send(chunk).is_ok());
                // Nobody takes it only after an error, which is returned below.
                let is_taken = matches!(given, Ok(true));
                read = given.map(|_| ());
                if !is_taken {
                    break;
                }
            }
            drop(give);
            let encoded = joined(encoding);
            let used = joined(using);
            used.and(encoded).and(read)
        })
    }
}

/// Encodes until there is no chunk more, or nobody who takes the results.
fn encode_all<C, R, E>(
    encoder: &Encoder,
    encode: impl Fn(&Encoder, C) -> Result<R, E>,
    take: Receiver<C>,
    hand_on: SyncSender<R>,
) -> Result<(), E> {
    for chunk in take {
        if hand_on.send(encode(encoder, chunk)?).is_err() {
            break;
        }
    }
    Ok(())
}

/// Result of a thread; its panic goes on here.
fn joined<R>(thread: std::thread::ScopedJoinHandle<'_, R>) -> R {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
