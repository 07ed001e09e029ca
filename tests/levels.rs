//! Every SIMD level gives the oracle's runs and strings. The trials are called `[native]`, since
//! what they run is the level's own instructions: levels that the machine lacks show as ignored.

mod support;

use fearless_simd::Level;
use half::{bf16, f16};
use libtest_mimic::{Arguments, Failed, Trial};
use maskrle::{Backend, BitOrder, Encoder, Float, Integer, Masks};
use ndarray::{Array3, ArrayView3, s};
use support::*;

fn main() {
    let arguments = Arguments::from_args();
    let trials = levels().into_iter().flat_map(trials_at).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

/// The levels of this architecture, and those of them that this machine has.
fn levels() -> Vec<(&'static str, Option<Level>)> {
    let best = Level::new();
    let mut levels = vec![("scalar", Some(Level::fallback()))];
    #[cfg(target_arch = "x86_64")]
    levels.extend([
        ("sse2", best.as_sse2().map(Level::Sse2)),
        ("sse4.2", best.as_sse4_2().map(Level::Sse4_2)),
        ("avx2", best.as_avx2().map(Level::Avx2)),
        ("avx512", best.as_avx512().map(Level::Avx512)),
    ]);
    #[cfg(target_arch = "aarch64")]
    levels.push(("neon", best.as_neon().map(Level::Neon)));
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    levels.push(("best", Some(best)));
    levels
}

type Check = fn(&Encoder) -> Result<(), String>;

const CHECKS: [(&str, Check); 5] = [
    ("integers_of_every_type", integers_of_every_type),
    ("labels_of_every_type", labels_of_every_type),
    ("floats_of_every_type", floats_of_every_type),
    ("strides", strides),
    ("packed_bits", packed_bits),
];

fn trials_at((name, level): (&'static str, Option<Level>)) -> Vec<Trial> {
    let trial = |(check_name, check): (&str, Check)| {
        Trial::test(format!("{name}::{check_name}"), move || {
            let level = level.ok_or("this machine lacks the level")?;
            Ok(check(&encoder(level)?)?)
        })
        .with_kind("native")
        .with_ignored_flag(level.is_none())
    };
    CHECKS.into_iter().map(trial).collect()
}

fn encoder(level: Level) -> Result<Encoder, Failed> {
    let builder = Encoder::builder().backend(Backend::Cpu).threads(1);
    Ok(builder.simd_level(level).build()?)
}

/// Tiny masks, one band, several strips, and rows of lines of words.
const SHAPES: [[usize; 3]; 6] = [
    [70, 7, 9],
    [3, 32, 32],
    [2, 64, 130],
    [2, 130, 201],
    [1, 70, 1100],
    [1, 5, 5000],
];

/// Stacks of few runs, of many, and of as many as there can be.
fn stacks<T: Sample>(seed: u64) -> impl Iterator<Item = Array3<T>> {
    SHAPES.into_iter().flat_map(move |shape| {
        let noise = stack::<T>(shape, Pattern::Noise, seed);
        let checkerboard = stack::<T>(shape, Pattern::Checkerboard, seed);
        let mut random = Random(seed);
        let mut value = 0;
        let few = Array3::from_shape_simple_fn(shape, || {
            if random.below(40) == 0 {
                value = random.next() >> 20;
            }
            T::sample(value)
        });
        [noise, checkerboard, few]
    })
}

fn binary<T: Integer + Sample + Default + PartialEq>(
    encoder: &Encoder,
    view: ArrayView3<'_, T>,
) -> Result<(), String> {
    check_binary(&of_encoder(encoder), view)?;
    check_binary(&through_coco(encoder), view)
}

fn integers_of_every_type(encoder: &Encoder) -> Result<(), String> {
    fn of<T: Integer + Sample + Default + PartialEq>(encoder: &Encoder) -> Result<(), String> {
        stacks::<T>(1).try_for_each(|stack| binary(encoder, stack.view()))
    }
    of::<bool>(encoder)?;
    of::<u8>(encoder)?;
    of::<i8>(encoder)?;
    of::<u16>(encoder)?;
    of::<i16>(encoder)?;
    of::<u32>(encoder)?;
    of::<i32>(encoder)?;
    of::<u64>(encoder)?;
    of::<i64>(encoder)
}

fn labels_of_every_type(encoder: &Encoder) -> Result<(), String> {
    fn of<T: Integer + Sample + Into<i64>>(encoder: &Encoder) -> Result<(), String> {
        stacks::<T>(2).try_for_each(|stack| check_labels(&of_encoder(encoder), stack.view()))
    }
    of::<bool>(encoder)?;
    of::<u8>(encoder)?;
    of::<i8>(encoder)?;
    of::<u16>(encoder)?;
    of::<i16>(encoder)?;
    of::<u32>(encoder)?;
    of::<i32>(encoder)?;
    of::<i64>(encoder)?;
    let label = |pixel: u64| pixel.try_into().expect("the samples fit");
    stacks(2).try_for_each(|stack| check_labels_by(&of_encoder(encoder), stack.view(), label))
}

fn floats_of_every_type(encoder: &Encoder) -> Result<(), String> {
    fn of<T: Float + Sample + PartialOrd>(
        encoder: &Encoder,
        threshold: f64,
        rounded: T,
    ) -> Result<(), String> {
        stacks::<T>(3).try_for_each(|stack| {
            check_threshold(&of_encoder(encoder), stack.view(), threshold, rounded)?;
            check_threshold(&through_coco(encoder), stack.view(), threshold, rounded)
        })
    }
    for threshold in [-1.0, 0.0, 0.5] {
        of::<f16>(encoder, threshold, f16::from_f64(threshold))?;
        of::<bf16>(encoder, threshold, bf16::from_f64(threshold))?;
        of::<f32>(encoder, threshold, threshold as f32)?;
        of::<f64>(encoder, threshold, threshold)?;
    }
    Ok(())
}

fn strides(encoder: &Encoder) -> Result<(), String> {
    for pixels in stacks::<u8>(4) {
        binary(encoder, pixels.slice(s![.., 1.., 1..]))?;
        binary(encoder, pixels.slice(s![..;-1, .., ..;2]))?;
        binary(encoder, pixels.view().permuted_axes([0, 2, 1]))?;
        binary(encoder, pixels.view().permuted_axes([2, 0, 1]))?;
    }
    Ok(())
}

fn packed_bits(encoder: &Encoder) -> Result<(), String> {
    for pixels in stacks::<bool>(5) {
        let (masks, height, width) = pixels.dim();
        let shape = (masks, height, width.div_ceil(8));
        let packed = Array3::from_shape_fn(shape, |(mask, row, byte)| {
            (0..8).fold(0u8, |bits, bit| {
                let pixel = pixels.get([mask, row, 8 * byte + bit]);
                bits | u8::from(pixel == Some(&true)) << bit
            })
        });
        let masks = Masks::packed(&packed, width, BitOrder::Little);
        let masks = masks.map_err(|error| error.to_string())?;
        let expected = |order| oracle_of_stack(pixels.view(), order, i64::from);
        check(&of_encoder(encoder), &masks, expected)?;
        check(&through_coco(encoder), &masks, expected)?;
    }
    Ok(())
}
