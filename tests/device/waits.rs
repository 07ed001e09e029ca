//! Waits for commands of the caller's, beside other work on the device.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use libtest_mimic::Failed;
use maskrle::{ElementType, Encoder, Error, GpuMasks, Order, wgpu};
use ndarray::Array3;

use crate::gpu;
use crate::shared::{Shared, masks_and_runs};

/// A device of its own, on which nothing else runs.
fn fresh() -> Result<Shared, Failed> {
    let (device, queue) = gpu::device()?;
    let encoder = Encoder::with_device(device.clone(), queue.clone())?;
    Ok(Shared {
        device,
        queue,
        encoder,
    })
}

/// Commands that take a software adapter some tenths of a second.
fn long_commands(shared: &Shared) -> Result<wgpu::CommandBuffer, Failed> {
    let pixels = Array3::<u8>::zeros((64, 1024, 1024));
    let elements = pixels.as_slice().ok_or("it is contiguous")?;
    let buffer = shared.buffer(0, elements);
    let masks = GpuMasks::binary(&buffer, ElementType::U8, [64, 1024, 1024])?;
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let _never_read = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    Ok(commands.finish())
}

/// Submits commands; true once they are done.
fn submit<const N: usize>(shared: &Shared, commands: [wgpu::CommandBuffer; N]) -> Arc<AtomicBool> {
    shared.queue.submit(commands);
    let is_done = Arc::new(AtomicBool::new(false));
    let done = Arc::clone(&is_done);
    let tell = move || done.store(true, Ordering::Relaxed);
    shared.queue.on_submitted_work_done(tell);
    is_done
}

/// Results are there before work that was submitted later is done.
pub fn a_wait_is_for_its_own_commands_alone(_: &Arc<Shared>) -> Result<(), Failed> {
    let shared = fresh()?;
    let (masks, expected) = masks_and_runs(&shared, 21)?;
    // The pipelines are made before.
    shared.encoder.gpu_runs(&masks, Order::ColumnMajor)?;
    let later = long_commands(&shared)?;
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    shared.queue.submit([commands.finish()]);
    let is_done = submit(&shared, [later]);
    let runs = pending.wait()?;
    if is_done.load(Ordering::Relaxed) {
        return Err("all that was submitted later is done too".into());
    }
    if runs != expected {
        return Err("the runs differ".into());
    }
    Ok(())
}

/// A buffer is destroyed, for which wgpu takes a lock, while another thread waits.
pub fn a_wait_holds_no_lock(_: &Arc<Shared>) -> Result<(), Failed> {
    let shared = fresh()?;
    let (masks, expected) = masks_and_runs(&shared, 22)?;
    shared.encoder.gpu_runs(&masks, Order::ColumnMajor)?;
    let other = shared.buffer(0, &[0u8; 16]);
    let before = long_commands(&shared)?;
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    let is_done = submit(&shared, [before, commands.finish()]);
    let runs = thread::scope(|scope| {
        let waiting = scope.spawn(|| pending.wait());
        // It has begun to wait by then.
        thread::sleep(Duration::from_millis(50));
        other.destroy();
        let was_early = !is_done.load(Ordering::Relaxed);
        let runs = waiting.join().map_err(|_| Failed::from("it panicked"))??;
        match was_early {
            true => Ok(runs),
            false => Err(Failed::from("the buffer was destroyed after all work")),
        }
    })?;
    if runs != expected {
        return Err("the runs differ".into());
    }
    Ok(())
}

/// Commands that are dropped, while other work keeps the device busy.
pub fn dropped_commands_are_an_error_at_once(_: &Arc<Shared>) -> Result<(), Failed> {
    let shared = fresh()?;
    let (masks, _) = masks_and_runs(&shared, 23)?;
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    let others = long_commands(&shared)?;
    let is_done = submit(&shared, [others]);
    drop(commands);
    match pending.wait() {
        Err(Error::Gpu(why)) if why.contains("not been submitted") => {}
        other => return Err(format!("{other:?}").into()),
    }
    if is_done.load(Ordering::Relaxed) {
        return Err("the error came only when the device had nothing else to do".into());
    }
    Ok(())
}

/// Threads of the test below, and stacks that each has recorded before it waits for the first.
const THREADS: u64 = 8;
const STACKS: u64 = 25;

/// Two hundred stacks that are recorded and unfinished, of several threads, beside work of others
/// on the same device.
pub fn many_threads_record_and_wait(shared: &Arc<Shared>) -> Result<(), Failed> {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let others = scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                copy_something(shared);
            }
        });
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || record_and_wait(shared, 100 * thread)))
            .collect();
        let results: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        stop.store(true, Ordering::Relaxed);
        others.join().map_err(|_| "the others panicked")?;
        for result in results {
            result.map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })
}

fn record_and_wait(shared: &Shared, seed: u64) -> Result<(), Failed> {
    let mut all = Vec::new();
    for index in 0..STACKS {
        let (masks, expected) = masks_and_runs(shared, seed + index)?;
        let mut commands = shared.device.create_command_encoder(&Default::default());
        let pending = shared
            .encoder
            .record(&mut commands, &masks, Order::ColumnMajor)?;
        shared.queue.submit([commands.finish()]);
        all.push((pending, expected));
    }
    // In an order of their own.
    while !all.is_empty() {
        let (pending, expected) = all.swap_remove(7 * all.len() / 11);
        if pending.wait()? != expected {
            return Err("the runs differ".into());
        }
    }
    Ok(())
}

fn copy_something(shared: &Shared) {
    let buffer = |usage| {
        shared.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 1 << 16,
            usage,
            mapped_at_creation: false,
        })
    };
    let (from, to) = (
        buffer(wgpu::BufferUsages::COPY_SRC),
        buffer(wgpu::BufferUsages::COPY_DST),
    );
    let mut commands = shared.device.create_command_encoder(&Default::default());
    commands.copy_buffer_to_buffer(&from, 0, &to, 0, 1 << 16);
    shared.queue.submit([commands.finish()]);
}
