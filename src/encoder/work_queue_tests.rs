//! Two workers at one queue, and the parts that they take.

use std::time::Duration;

use super::pixel_sums::PixelSums;
use super::rates::{LEAST, Rates, Sharing};
use super::work_queue::{MOST, Next, WorkQueue, Worker};

/// Two workers of which one takes `slow` times as long a mask, each by a clock of its own that
/// only its work moves: the number of masks that each took, and the time that the first of them
/// to end waited.
fn shared(slow: u32) -> (usize, usize, Duration) {
    const MASK: Duration = Duration::from_micros(400);
    let sums = PixelSums::of_equal(600, 1 << 20);
    let rates = Rates::default();
    let queue = WorkQueue::new(&sums, &rates, Sharing::Always);
    let workers = [(Worker::Cpu, MASK), (Worker::Gpu, MASK * slow)];
    let (mut clocks, mut taken) = ([Duration::ZERO; 2], [const { Vec::new() }; 2]);
    let mut at_work = vec![0, 1];
    while let Some(&next) = at_work.iter().min_by_key(|&&worker| clocks[worker]) {
        let (worker, each) = workers[next];
        match queue.take(worker, clocks[next]) {
            Next::Part(range) => {
                clocks[next] += each * range.len() as u32;
                assert!(queue.finished(worker, &range, clocks[next]));
                taken[next].extend(range);
            }
            _ => at_work.retain(|&worker| worker != next),
        }
    }
    let mut all = taken.concat();
    all.sort_unstable();
    assert_eq!(all, (0..600).collect::<Vec<_>>(), "every mask once");
    (
        taken[0].len(),
        taken[1].len(),
        clocks[0].abs_diff(clocks[1]),
    )
}

#[test]
fn the_faster_takes_more_and_neither_waits_long() {
    let (cpu, gpu, _) = shared(1);
    assert!(cpu > 150 && gpu > 150, "{cpu} and {gpu}");
    let (cpu, gpu, wait) = shared(5);
    assert!(cpu > 2 * gpu && gpu > 0, "{cpu} and {gpu}");
    // The least part is 4 masks, 8 ms of the slower one; all take some 200.
    assert!(wait < Duration::from_millis(20), "{wait:?}");
}

#[test]
fn one_that_leaves_leaves_the_rest_to_the_other() {
    let sums = PixelSums::of_equal(10, 1 << 20);
    let rates = Rates::of(1.0, 1e12);
    let queue = WorkQueue::new(&sums, &rates, Sharing::Always);
    assert_eq!(
        queue.take(Worker::Cpu, Duration::ZERO),
        Next::Nothing,
        "the other is done with all of it sooner"
    );
    let queue = WorkQueue::new(&sums, &rates, Sharing::Always);
    queue.leave(Worker::Gpu);
    let next = queue.take(Worker::Cpu, Duration::ZERO);
    assert!(matches!(next, Next::Part(_)));
}

/// What the GPU has taken when it leaves is the CPU's, but for what it has finished.
#[test]
fn what_is_not_finished_is_given_back() {
    let sums = PixelSums::of_equal(64, 1 << 10);
    let rates = Rates::default();
    let queue = WorkQueue::new(&sums, &rates, Sharing::Always);
    let now = Duration::ZERO;
    assert_eq!(queue.take(Worker::Gpu, now), Next::Part(0..4));
    assert!(queue.finished(Worker::Gpu, &(1..3), now));
    queue.leave(Worker::Gpu);
    assert_eq!(queue.take(Worker::Cpu, now), Next::Part(3..4));
    assert_eq!(queue.take(Worker::Cpu, now), Next::Part(0..1));
    assert_eq!(queue.take(Worker::Cpu, now), Next::Part(4..8));
    assert_eq!(queue.take(Worker::Gpu, now), Next::Nothing);
}

/// Without rates, each takes the least part: a sixteenth of a small stack, 2^22 pixels of a
/// large one; and one mask at least.
#[test]
fn the_least_part_is_a_sixteenth_and_at_most_2_to_the_22() {
    for (masks, pixels, taken) in [
        (64, 1 << 10, 4),
        (15, 1 << 10, 1),
        (16, 1 << 10, 1),
        (17, 1 << 10, 1),
        (31, 1 << 10, 1),
        (32, 1 << 10, 2),
        (33, 1 << 10, 2),
        (47, 1 << 10, 2),
        (48, 1 << 10, 3),
        (64, LEAST / 4 - 1, 4),
        (64, LEAST / 4, 4),
        (64, LEAST / 4 + 1, 3),
        (64, LEAST + 1, 1),
    ] {
        let sums = PixelSums::of_equal(masks, pixels);
        let rates = Rates::default();
        let queue = WorkQueue::new(&sums, &rates, Sharing::Always);
        let next = queue.take(Worker::Cpu, Duration::ZERO);
        assert_eq!(next, Next::Part(0..taken), "{masks} masks of {pixels}");
    }
}

/// However fast a worker is, it takes no more than 2^27 pixels at a time.
#[test]
fn the_most_is_2_to_the_27() {
    for (pixels, taken) in [(MOST / 8 - 1, 8), (MOST / 8, 8), (MOST / 8 + 1, 7)] {
        let sums = PixelSums::of_equal(1000, pixels);
        let rates = Rates::of(1e12, 1.0);
        let queue = WorkQueue::new(&sums, &rates, Sharing::Always);
        let next = queue.take(Worker::Cpu, Duration::ZERO);
        assert_eq!(next, Next::Part(0..taken), "masks of {pixels} pixels");
    }
}
