//! Waits for commands of the caller's, beside other work on the device.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
#[cfg(feature = "rayon")]
use maskrle::{Backend, InstanceOptions, Masks};
use maskrle::{ElementType, Encoder, Error, GpuMasks, Order, wgpu};
use ndarray::Array3;

use crate::gpu;
use crate::shared::{Shared, masks_and_runs};

/// A software adapter's device of its own, on which nothing else runs; none where the adapter is
/// hardware, which has done everything before it can be looked at.
fn fresh_and_slow() -> Result<Option<Shared>, Failed> {
    let (device, queue) = gpu::device()?;
    if device.adapter_info().device_type != wgpu::DeviceType::Cpu {
        return Ok(None);
    }
    let encoder = Encoder::with_device(device.clone(), queue.clone())?;
    Ok(Some(Shared {
        device,
        queue,
        encoder,
    }))
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
    let Some(shared) = fresh_and_slow()? else {
        return Ok(());
    };
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
    let Some(shared) = fresh_and_slow()? else {
        return Ok(());
    };
    let (masks, expected) = masks_and_runs(&shared, 22)?;
    shared.encoder.gpu_runs(&masks, Order::ColumnMajor)?;
    let other = shared.buffer(0, &[0u8; 16]);
    let before = long_commands(&shared)?;
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    shared.queue.submit([before, commands.finish()]);
    let runs = thread::scope(|scope| {
        let waiting = scope.spawn(|| pending.wait());
        // It has begun to wait by then.
        thread::sleep(Duration::from_millis(50));
        let begun = Instant::now();
        other.destroy();
        let destroyed = begun.elapsed();
        let runs = waiting.join().map_err(|_| Failed::from("it panicked"))??;
        // No callback tells it: callbacks are called behind the lock.
        match destroyed < begun.elapsed() / 2 {
            true => Ok(runs),
            false => Err(Failed::from("the buffer was destroyed after all work")),
        }
    })?;
    if runs != expected {
        return Err("the runs differ".into());
    }
    Ok(())
}

/// Callbacks are called one after another: one of the caller's, which is slow, before that of the
/// results.
pub fn a_callback_that_is_late_loses_nothing(shared: &Arc<Shared>) -> Result<(), Failed> {
    let (masks, expected) = masks_and_runs(shared, 24)?;
    let other = shared.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 16,
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let (sender, receiver) = mpsc::channel();
    let mut commands = shared.device.create_command_encoder(&Default::default());
    commands.map_buffer_on_submit(&other, wgpu::MapMode::Read, .., move |_| {
        // The test that has failed already listens no more.
        let _ = sender.send(());
        thread::sleep(Duration::from_millis(300));
    });
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    shared.queue.submit([commands.finish()]);
    let device = shared.device.clone();
    let calling = thread::spawn(move || device.poll(wgpu::PollType::wait_indefinitely()));
    receiver.recv_timeout(Duration::from_secs(60))?;
    if pending.wait()? != expected {
        return Err("the runs differ".into());
    }
    calling.join().map_err(|_| "it panicked")??;
    Ok(())
}

/// Commands that are dropped, while other work keeps the device busy.
pub fn dropped_commands_are_an_error_at_once(_: &Arc<Shared>) -> Result<(), Failed> {
    let Some(shared) = fresh_and_slow()? else {
        return Ok(());
    };
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

/// Masks whose stability scores are made beside the GPU's boundaries, in calls of all threads of
/// rayon's, which wait for the GPU meanwhile.
#[cfg(feature = "rayon")]
pub fn a_pool_that_waits_is_not_waited_for(_: &Arc<Shared>) -> Result<(), Failed> {
    let wave = |(n, y, x): (usize, usize, usize)| ((n + y * x / 300) as f32 / 40.0).sin();
    let logits = Array3::from_shape_fn((8, 1500, 1500), wave);
    let options = InstanceOptions::new().stability_offset(0.5);
    let cpu = Encoder::builder().backend(Backend::Cpu).build()?;
    let expected = cpu.instances_with(&Masks::threshold(&logits, 0.0)?, options)?;
    let auto = gpu::builder().backend(Backend::Auto);
    let auto = auto.share_from(1).share_always(true);
    let (sender, receiver) = mpsc::channel();
    // It is left behind if it hangs.
    thread::spawn(move || -> Result<(), Failed> {
        let encoder = auto.build()?;
        encoder.wgpu().ok_or("it has a device")?;
        let masks = Masks::threshold(&logits, 0.0)?;
        let found = rayon::broadcast(|_| encoder.instances_with(&masks, options));
        sender.send((found, encoder.tally()))?;
        Ok(())
    });
    let (found, tally) = receiver
        .recv_timeout(Duration::from_secs(120))
        .map_err(|_| "it hangs, or has failed")?;
    for found in found {
        if found? != expected {
            return Err("other instances".into());
        }
    }
    match tally.gpu {
        0 => Err(format!("{tally:?}").into()),
        _ => Ok(()),
    }
}
