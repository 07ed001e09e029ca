//! Encoding that the caller submits.

use std::sync::Arc;

use libtest_mimic::Failed;
use maskrle::{Encoder, Error, Order};

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
