//! Encoding that the caller submits.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use libtest_mimic::Failed;
use maskrle::{Encoder, Error, Order, wgpu};

use crate::gpu;
use crate::shared::{Shared, masks_and_runs};

pub fn masks_are_recorded_into_the_callers_commands(shared: &Arc<Shared>) -> Result<(), Failed> {
    // Several in one submission, waited for in another order.
    let all = [
        masks_and_runs(shared, 8)?,
        masks_and_runs(shared, 9)?,
        masks_and_runs(shared, 10)?,
    ];
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let mut pending = Vec::new();
    for (masks, _) in &all {
        pending.push(
            shared
                .encoder
                .record(&mut commands, masks, Order::ColumnMajor)?,
        );
    }
    shared.queue.submit([commands.finish()]);
    for (pending, (_, expected)) in pending.into_iter().zip(&all).rev() {
        if pending.wait()? != *expected {
            return Err("the runs differ".into());
        }
    }
    Ok(())
}

pub fn pending_runs_are_awaited(shared: &Arc<Shared>) -> Result<(), Failed> {
    let (masks, expected) = masks_and_runs(shared, 11)?;
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    shared.queue.submit([commands.finish()]);
    let runs = pollster::block_on(async { pending.await })?;
    if runs == expected {
        Ok(())
    } else {
        Err("the runs differ".into())
    }
}

pub fn commands_never_submitted_are_an_error(shared: &Arc<Shared>) -> Result<(), Failed> {
    let (masks, _) = masks_and_runs(shared, 12)?;
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    match pending.wait() {
        Err(Error::Gpu(_)) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

/// Commands that the device refuses as a whole, when they are finished or submitted, after a stack
/// whose results were read into the same buffers.
pub fn a_refused_submission_is_an_error(shared: &Arc<Shared>) -> Result<(), Failed> {
    let (masks, expected) = masks_and_runs(shared, 14)?;
    let record = |commands: &mut wgpu::CommandEncoder| {
        let encoder = &shared.encoder;
        encoder.record(commands, &masks, Order::ColumnMajor)
    };
    // The second time as many starts are expected as there are: none are fetched, and what was read
    // last is the summary.
    for _ in 0..2 {
        let mut commands = shared.device.create_command_encoder(&Default::default());
        let pending = record(&mut commands)?;
        shared.queue.submit([commands.finish()]);
        if pending.wait()? != expected {
            return Err("the runs differ".into());
        }
    }
    // A buffer that may not be cleared, and one that is gone before the commands are submitted.
    for (case, usage) in [
        ("finished", wgpu::BufferUsages::STORAGE),
        ("submitted", wgpu::BufferUsages::COPY_DST),
    ] {
        let mut commands = shared.device.create_command_encoder(&Default::default());
        let pending = record(&mut commands)?;
        let scope = shared
            .device
            .push_error_scope(wgpu::ErrorFilter::Validation);
        let wrong = shared.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 16,
            usage,
            mapped_at_creation: false,
        });
        commands.clear_buffer(&wrong, 0, None);
        let commands = commands.finish();
        wrong.destroy();
        shared.queue.submit([commands]);
        if pollster::block_on(scope.pop()).is_none() {
            return Err(format!("{case}: the commands were not refused").into());
        }
        match pending.wait() {
            Err(Error::Gpu(_)) => {}
            other => return Err(format!("{case}: {other:?}").into()),
        }
    }
    Ok(())
}

/// A callback that encodes, which a submission of the encoder's own calls.
pub fn a_callback_may_encode(shared: &Arc<Shared>) -> Result<(), Failed> {
    let (masks, expected) = masks_and_runs(shared, 15)?;
    let (sender, receiver) = mpsc::channel();
    let encoding = Arc::clone(shared);
    let of_callback = masks.clone();
    let commands = shared.device.create_command_encoder(&Default::default());
    shared.queue.submit([commands.finish()]);
    shared.queue.on_submitted_work_done(move || {
        let runs = encoding.encoder.gpu_runs(&of_callback, Order::ColumnMajor);
        // The test that has failed already listens no more.
        let _ = sender.send(runs);
    });
    let calling = Arc::clone(shared);
    thread::spawn(move || calling.encoder.gpu_runs(&masks, Order::ColumnMajor));
    match receiver.recv_timeout(Duration::from_secs(60)) {
        Ok(runs) if runs.clone()? == expected => Ok(()),
        Ok(_) => Err("the runs differ".into()),
        Err(_) => Err("the callback waits for ever".into()),
    }
}

pub fn a_lost_device_is_an_error(_: &Arc<Shared>) -> Result<(), Failed> {
    let (device, queue) = gpu::device()?;
    let encoder = Encoder::with_device(device.clone(), queue.clone())?;
    let shared = Shared {
        device,
        queue,
        encoder,
    };
    let (masks, expected) = masks_and_runs(&shared, 13)?;
    if shared.encoder.gpu_runs(&masks, Order::ColumnMajor)? != expected {
        return Err("the runs differ".into());
    }
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    shared.queue.submit([commands.finish()]);
    shared.device.destroy();
    // The one may have been done before; masks that come after cannot.
    if let Ok(runs) = pending.wait()
        && runs != expected
    {
        return Err("the runs differ".into());
    }
    match shared.encoder.gpu_runs(&masks, Order::ColumnMajor) {
        Err(Error::Gpu(_)) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}
