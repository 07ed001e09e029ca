//! Devices that fail: nothing is lost or doubled, whichever chunk they fail at. Ignored without an
//! adapter.

#[path = "support/gpu.rs"]
mod gpu;
mod support;

use libtest_mimic::Failed;
use maskrle::gpu::{Fault, Faults};
use maskrle::wgpu::util::DeviceExt;
use maskrle::{ElementType, Encoder, EncoderBuilder, Error, GpuMasks, Masks, Tally, wgpu};
use ndarray::Array3;
use support::*;

fn main() {
    gpu::run(
        "faults",
        || builder().build().map(drop),
        [
            ("a_fresh_device_goes_on", a_fresh_device_goes_on),
            (
                "starts_out_of_order_are_a_fault",
                starts_out_of_order_are_a_fault,
            ),
            (
                "two_faults_at_once_leave_the_rest_to_the_cpu",
                two_faults_at_once_leave_the_rest_to_the_cpu,
            ),
            (
                "a_refused_device_leaves_the_rest_to_the_cpu",
                a_refused_device_leaves_the_rest_to_the_cpu,
            ),
            (
                "an_adapter_that_refuses_the_limits_is_an_error",
                an_adapter_that_refuses_the_limits_is_an_error,
            ),
            (
                "a_device_that_was_given_is_replaced",
                a_device_that_was_given_is_replaced,
            ),
            (
                "windows_of_one_mask_outlast_a_fault",
                windows_of_one_mask_outlast_a_fault,
            ),
            (
                "shared_stacks_outlast_a_fault",
                shared_stacks_outlast_a_fault,
            ),
            (
                "wrong_strings_of_a_device_are_errors",
                wrong_strings_of_a_device_are_errors,
            ),
        ],
    )
}

/// Chunks of a few of the masks below.
fn builder() -> EncoderBuilder {
    gpu::builder().memory(120_000)
}

const KINDS: [Fault; 6] = [
    Fault::LostBefore,
    Fault::LostWithin,
    Fault::OutOfMemory,
    Fault::Timeout,
    Fault::NoBoundaries,
    Fault::TooManyBoundaries,
];
const MASKS: usize = 40;
/// Masks in the first chunk, a middle one and the last.
const POSITIONS: [usize; 3] = [0, MASKS / 2, MASKS - 1];

/// Encodes a stack in both orders, the second without faults left, and compares each mask with the
/// oracle.
fn check_stack(encoder: &Encoder, faults: &Faults) -> Result<Tally, Failed> {
    check_binary(
        &of_encoder(encoder),
        stack::<u8>([MASKS, 50, 70], Pattern::Runs(30), 1).view(),
    )?;
    if faults.left() > 0 {
        return Err(format!("{} faults did not strike", faults.left()).into());
    }
    Ok(encoder.tally())
}

fn a_fresh_device_goes_on(_: &()) -> Result<(), Failed> {
    for kind in KINDS {
        for position in POSITIONS {
            let faults = Faults::new([(kind, position)]);
            let encoder = builder().faults(faults.clone()).build()?;
            let tally = check_stack(&encoder, &faults)?;
            if (tally.cpu, tally.gpu) != (0, 2 * MASKS as u64) {
                return Err(format!("{kind:?} at mask {position}: {tally:?}").into());
            }
        }
    }
    Ok(())
}

/// Sparse masks, whose starts come back and not their bits.
fn starts_out_of_order_are_a_fault(_: &()) -> Result<(), Failed> {
    for position in POSITIONS {
        let faults = Faults::new([(Fault::StartsOutOfOrder, position)]);
        let encoder = builder().faults(faults.clone()).build()?;
        let pixels = stack::<u8>([MASKS, 50, 70], Pattern::Runs(300), 1);
        check_binary(&of_encoder(&encoder), pixels.view())?;
        if (faults.left(), encoder.tally().gpu) != (0, 2 * MASKS as u64) {
            let (left, tally) = (faults.left(), encoder.tally());
            return Err(format!("at mask {position}: {left} faults left, {tally:?}").into());
        }
    }
    Ok(())
}

fn two_faults_at_once_leave_the_rest_to_the_cpu(_: &()) -> Result<(), Failed> {
    for position in POSITIONS {
        // The fresh device fails at the same chunk, before it has finished any.
        let faults = Faults::new([
            (Fault::LostBefore, position),
            (Fault::OutOfMemory, position),
        ]);
        let encoder = builder().faults(faults.clone()).build()?;
        check_split(check_stack(&encoder, &faults)?, position)?;
    }
    Ok(())
}

/// Fails unless the CPU has encoded all of the second call, and of the first all that the GPU had
/// not finished when it failed at mask `position`.
fn check_split(tally: Tally, position: usize) -> Result<(), Failed> {
    let is_split = tally.cpu >= MASKS as u64 && tally.cpu + tally.gpu == 2 * MASKS as u64;
    if is_split && (position > 0) == (tally.gpu > 0) {
        Ok(())
    } else {
        Err(format!("a failure at mask {position}: {tally:?}").into())
    }
}

fn a_refused_device_leaves_the_rest_to_the_cpu(_: &()) -> Result<(), Failed> {
    for kind in KINDS {
        for position in POSITIONS {
            let faults = Faults::new([(kind, position)]);
            let encoder = builder().faults(faults.clone()).build()?;
            faults.add(Fault::Refused, 0);
            check_split(check_stack(&encoder, &faults)?, position)
                .map_err(|error| format!("{kind:?}: {}", error.message().unwrap_or_default()))?;
        }
    }
    Ok(())
}

fn an_adapter_that_refuses_the_limits_is_an_error(_: &()) -> Result<(), Failed> {
    match builder().faults(Faults::new([(Fault::Refused, 0)])).build() {
        Err(maskrle::Error::Gpu(why)) if why.contains("gives no device") => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

/// A device that dies, before and between calls, on an encoder that was given it.
fn a_device_that_was_given_is_replaced(_: &()) -> Result<(), Failed> {
    let pixels = stack::<u8>([7, 60, 70], Pattern::Noise, 25);
    for calls_before in [0, 1] {
        let (device, queue) = gpu::device()?;
        let encoder = Encoder::with_device(device.clone(), queue)?;
        for _ in 0..calls_before {
            check_binary(&of_encoder(&encoder), pixels.view())?;
        }
        device.destroy();
        check_binary(&of_encoder(&encoder), pixels.view())?;
        let tally = encoder.tally();
        if tally.cpu != 0 {
            return Err(format!("{tally:?}").into());
        }
    }
    Ok(())
}

fn windows_of_one_mask_outlast_a_fault(_: &()) -> Result<(), Failed> {
    for kind in KINDS {
        let faults = Faults::new([(kind, 0)]);
        let encoder = builder().memory(300_000).faults(faults.clone()).build()?;
        check_binary(
            &of_encoder(&encoder),
            stack::<u8>([1, 333, 301], Pattern::Runs(30), 2).view(),
        )?;
        let tally = encoder.tally();
        if faults.left() > 0 || tally.cpu > 0 {
            return Err(format!("{kind:?}: {tally:?}").into());
        }
    }
    Ok(())
}

/// Both backends on one stack, the GPU failing in the midst of it.
fn shared_stacks_outlast_a_fault(_: &()) -> Result<(), Failed> {
    let pixels = stack::<u8>([300, 100, 90], Pattern::Runs(30), 3);
    for kind in KINDS {
        let faults = Faults::default();
        faults.add_for_next(kind);
        let encoder = Encoder::builder()
            .allow_software(true)
            .share_from(0)
            .share_always(true)
            .faults(faults.clone())
            .build()?;
        // Opens the device: the first call would else be over before it is.
        encoder.backend();
        // In a call the CPU may be done before the GPU has begun; in one of so many it is not.
        // Until it has finished a chunk, nothing keeps the GPU from taking one.
        let mut calls = 0;
        while faults.left() > 0 || encoder.tally().gpu == 0 {
            if calls == 200 {
                return Err(format!("{kind:?}: the GPU has taken no masks").into());
            }
            check_binary(&of_encoder(&encoder), pixels.view())?;
            check_binary(&through_coco(&encoder), pixels.view())?;
            calls += 1;
        }
        let tally = encoder.tally();
        // Twice in both orders, and once as strings.
        let all = calls * 5 * 300;
        if tally.cpu + tally.gpu != all || tally.cpu == 0 || tally.gpu == 0 {
            return Err(format!("{kind:?}, {all} masks: {tally:?}").into());
        }
    }
    Ok(())
}

/// Strings that a device writes of masks in its memory, which no other device can encode again.
fn wrong_strings_of_a_device_are_errors(_: &()) -> Result<(), Failed> {
    // Columns of each in turn, which no other mask begins with.
    let pixels = Array3::from_shape_fn((MASKS, 50, 70), |(mask, _, column)| {
        u8::from((mask + column) % 5 > 2)
    });
    let expected = Encoder::builder()
        .backend(maskrle::Backend::Cpu)
        .build()?
        .coco(&Masks::binary(&pixels)?)?;
    for (kind, why) in [
        (Fault::WrongCharacter, "the string of mask "),
        (
            Fault::MissingCharacters,
            "byte 0x00 is none of COCO's characters",
        ),
        (Fault::StartsOutOfOrder, "runs are in order"),
        (Fault::NoBoundaries, "0 boundaries"),
        (Fault::TooManyBoundaries, "boundaries"),
        (Fault::Timeout, "waiting for it failed"),
    ] {
        for position in POSITIONS {
            let faults = Faults::new([(kind, position)]);
            let encoder = builder().memory(30_000).faults(faults.clone()).build()?;
            let (device, _) = encoder.wgpu().ok_or("it has a device")?;
            let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: None,
                contents: pixels.as_slice().ok_or("it is contiguous")?,
                usage: wgpu::BufferUsages::STORAGE,
            });
            let masks = GpuMasks::binary(&buffer, ElementType::U8, [MASKS, 50, 70])?;
            match encoder.gpu_coco(&masks) {
                Err(Error::Gpu(what)) if what.contains(why) => {}
                Err(other) => return Err(format!("{kind:?} at mask {position}: {other}").into()),
                Ok(_) => return Err(format!("{kind:?} at mask {position} is believed").into()),
            }
            if faults.left() > 0 || encoder.gpu_coco(&masks)? != expected {
                return Err(format!("after {kind:?} at mask {position}").into());
            }
        }
    }
    Ok(())
}
