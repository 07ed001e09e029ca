//! Stacks larger than memory: chunks are read, encoded and handed on at once, each step on a thread
//! of its own.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use super::encode::Encoder;

impl Encoder {
    /// Encodes chunks of masks as they come, and gives each one's result to `each`, in order. While
    /// one chunk is encoded the next is taken from the iterator, and the result before it is used:
    /// at most three chunks are in memory at once.
    ///
    /// The iterator runs on the caller's thread, `encode` and `each` on a thread each, or on the
    /// caller's too where the system refuses them. The first error ends it all, and is returned;
    /// results of the chunks before it have then been given to `each`, unless it was `each` that
    /// failed.
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
        let (encode, each) = (Given::new(encode), Given::new(each));
        let mut chunks = chunks.into_iter();
        match self.stream_on_threads(&mut chunks, &encode, &each) {
            Ok(done) => done,
            Err(refused) => {
                log::info!("no threads for a stream, the caller's does all: {refused}");
                let (encode, mut each) = (encode.take(), each.take());
                chunks.try_for_each(|chunk| each(encode(self, chunk?)?))
            }
        }
    }

    /// Does it all on threads, or nothing where the system refuses one.
    fn stream_on_threads<C: Send, R: Send, E: Send>(
        &self,
        chunks: &mut impl Iterator<Item = Result<C, E>>,
        encode: &Given<impl Fn(&Encoder, C) -> Result<R, E> + Send>,
        each: &Given<impl FnMut(R) -> Result<(), E> + Send>,
    ) -> io::Result<Result<(), E>> {
        thread::scope(|scope| {
            // A chunk is handed over only once the one before it is encoded.
            let (give, take) = sync_channel(0);
            let (hand_on, receive) = sync_channel(0);
            let encode_all = move || encode_all(self, encode, take, hand_on);
            let use_all = move || use_all(each, receive);
            let encoding = thread::Builder::new().spawn_scoped(scope, encode_all)?;
            let using = thread::Builder::new().spawn_scoped(scope, use_all)?;
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
            Ok(used.and(encoded).and(read))
        })
    }
}

/// A function for the thread that calls it: the one that is given the first value, or the caller's
/// where there is no other.
struct Given<F>(Mutex<Option<F>>);

impl<F> Given<F> {
    fn new(function: F) -> Self {
        Given(Mutex::new(Some(function)))
    }

    fn take(&self) -> F {
        let mut function = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        function.take().expect("one thread calls it")
    }
}

/// Encodes until there is no chunk more, or nobody who takes the results.
fn encode_all<C, R, E>(
    encoder: &Encoder,
    encode: &Given<impl Fn(&Encoder, C) -> Result<R, E>>,
    take: Receiver<C>,
    hand_on: SyncSender<R>,
) -> Result<(), E> {
    let mut taken = None;
    for chunk in take {
        let encode = taken.get_or_insert_with(|| encode.take());
        if hand_on.send(encode(encoder, chunk)?).is_err() {
            break;
        }
    }
    Ok(())
}

/// Uses the results until there is none more.
fn use_all<R, E>(
    each: &Given<impl FnMut(R) -> Result<(), E>>,
    receive: Receiver<R>,
) -> Result<(), E> {
    let mut taken = None;
    let mut results = receive.into_iter();
    results.try_for_each(|result| taken.get_or_insert_with(|| each.take())(result))
}

/// Result of a thread; its panic goes on here.
fn joined<R>(thread: ScopedJoinHandle<'_, R>) -> R {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
