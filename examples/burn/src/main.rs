//! Inference and encoding on one device: a small model on burn's wgpu backend makes mask logits,
//! and maskrle encodes them from burn's own buffer. No pixel is downloaded to be encoded; the
//! logits are downloaded afterwards, only to compare with what the CPU makes of them. Then they are
//! encoded once more as masks of five times the height and width, whose pixels are nowhere. Exits
//! with 1 where the two differ; of the larger masks, where more differ than a few pixels next to
//! the threshold, which a GPU may round otherwise.
//!
//! Run it in this folder: `cargo run`.

use std::error::Error;
use std::process::ExitCode;

use burn::backend::wgpu::{AutoCompiler, CubeTensor, Wgpu, WgpuSetup};
use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Bool, Device, Tensor};
use cubecl::wgpu::WgpuServer;
use maskrle::ndarray::Array3;
use maskrle::{Backend, CocoRle, ElementType, Encoder, GpuMasks, Masks, Runs, SetOp, wgpu};

/// Two convolutions: images to one logit a pixel.
#[derive(Module, Debug)]
struct Model {
    features: Conv2d,
    head: Conv2d,
}

impl Model {
    fn new(device: &Device) -> Self {
        let conv =
            |channels| Conv2dConfig::new(channels, [5, 5]).with_padding(PaddingConfig2d::Same);
        Model {
            features: conv([1, 4]).init(device),
            head: conv([4, 1]).init(device),
        }
    }

    /// `[n, 1, h, w]` to `[n, 1, h, w]`.
    fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        self.head.forward(relu(self.features.forward(images)))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// True if all of the GPU's strings are the CPU's.
fn run() -> Result<bool, Box<dyn Error>> {
    let setup = setup()?;
    println!("on {}", setup.adapter.get_info().name);
    let encoder = Encoder::with_device(setup.device.clone(), setup.queue.clone())?;
    let device = Device::wgpu_options().setup(setup).init()?;

    let model = Model::new(&device);
    let logits = model.forward(images(&device));
    let middle = logits.clone().mean().into_scalar::<f32>() as f64;

    let threshold = |tensor: &Tensor<4>| -> Result<_, Box<dyn Error>> {
        let place = Place::of(
            tensor
                .clone()
                .try_into_primitive::<Wgpu>()
                .map_err(|error| format!("{error:?}"))?,
        )?;
        let masks = GpuMasks::threshold(&place.buffer, ElementType::F32, place.shape, middle)?;
        let on_gpu = encoder.gpu_coco(&masks.offset(place.offset).strides(place.strides))?;
        let pixels = Array3::from_shape_vec(place.shape, tensor.to_data().try_to_vec::<f32>()?)?;
        Ok((on_gpu, on_cpu(&Masks::threshold(&pixels, middle)?)?))
    };
    let bools = |tensor: &Tensor<4, Bool>| -> Result<_, Box<dyn Error>> {
        // Four bytes a pixel.
        let place = Place::of(
            tensor
                .clone()
                .try_into_primitive::<Wgpu>()
                .map_err(|error| format!("{error:?}"))?,
        )?;
        let masks = GpuMasks::binary(&place.buffer, ElementType::U32, place.shape)?;
        let on_gpu = encoder.gpu_coco(&masks.offset(place.offset).strides(place.strides))?;
        let pixels =
            Array3::from_shape_vec(place.shape, tensor.to_data().iter::<bool>().collect())?;
        Ok((on_gpu, on_cpu(&Masks::binary(&pixels)?)?))
    };

    let mut all_equal = compare("logits", threshold(&logits)?);
    // Burn swaps strides and leaves the pixels where they are.
    all_equal &= compare(
        "logits, transposed",
        threshold(&logits.clone().swap_dims(2, 3))?,
    );
    all_equal &= compare(
        "bools of 32 bits",
        bools(&logits.clone().greater_elem(middle))?,
    );

    let place = Place::of(
        logits
            .clone()
            .try_into_primitive::<Wgpu>()
            .map_err(|error| format!("{error:?}"))?,
    )?;
    let [_, height, width] = place.shape;
    let size = [height, width].map(|side| 5 * side as u32);
    let masks = GpuMasks::threshold(&place.buffer, ElementType::F32, place.shape, middle)?;
    let masks = masks.offset(place.offset).strides(place.strides);
    let on_gpu = encoder.gpu_coco(&masks.resized(size)?)?;
    let pixels = Array3::from_shape_vec(place.shape, logits.to_data().try_to_vec::<f32>()?)?;
    let masks = Masks::threshold(&pixels, middle)?.resized(size)?;
    all_equal &= compare_closely("logits, resized", &on_gpu, &on_cpu(&masks)?)?;
    Ok(all_equal)
}

/// A device that both use. cubecl chooses its kernels by what the adapter can do, so the device
/// must be able to do as much.
fn setup() -> Result<WgpuSetup, Box<dyn Error>> {
    let instance =
        wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
    let adapter =
        pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default()))?;
    let unwanted =
        wgpu::Features::all_experimental_mask() | wgpu::Features::MAPPABLE_PRIMARY_BUFFERS;
    let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
        label: Some("inference"),
        required_features: adapter.features() - unwanted,
        required_limits: adapter.limits(),
        ..Default::default()
    }))?;
    let backend = adapter.get_info().backend;
    Ok(WgpuSetup {
        instance,
        adapter,
        device,
        queue,
        backend,
    })
}

/// Discs on dark ground, as images of 120 x 161 pixels.
fn images(device: &Device) -> Tensor<4> {
    let (n, height, width) = (3, 120, 161);
    let mut pixels = Vec::with_capacity(n * height * width);
    for image in 0..n {
        for y in 0..height {
            for x in 0..width {
                let (dy, dx) = (y as f32 - 60.0, x as f32 - 40.0 * (image + 1) as f32);
                pixels.push(if dy * dy + dx * dx < 900.0 {
                    1.0
                } else {
                    0.02 * ((x ^ y) % 8) as f32
                });
            }
        }
    }
    Tensor::<1>::from_floats(pixels.as_slice(), device).reshape([n, 1, height, width])
}

/// Where a tensor's pixels lie. The tensor must live until they are encoded: burn gives its memory
/// to others.
struct Place {
    buffer: wgpu::Buffer,
    /// In elements.
    offset: u64,
    strides: [usize; 3],
    /// `[n, h, w]`.
    shape: [usize; 3],
}

impl Place {
    /// Of a tensor `[n, 1, h, w]` of 4 bytes a pixel. What burn has recorded so far is submitted,
    /// and so comes before our passes.
    fn of(tensor: CubeTensor) -> Result<Self, Box<dyn Error>> {
        let resource = tensor
            .client
            .get_resource::<WgpuServer<AutoCompiler>>(tensor.handle.clone())?;
        tensor.client.flush()?;
        let resource = resource.resource();
        // Dimension 1 is of one mask.
        let masks = |sides: &[usize]| [sides[0], sides[2], sides[3]];
        Ok(Place {
            buffer: resource.buffer.clone(),
            offset: resource.offset / 4,
            strides: masks(&tensor.meta.strides),
            shape: masks(&tensor.meta.shape),
        })
    }
}

fn on_cpu(masks: &Masks<'_>) -> maskrle::Result<Vec<CocoRle>> {
    Encoder::builder()
        .backend(Backend::Cpu)
        .build()?
        .coco(masks)
}

/// Prints what the GPU made of a stack, and whether it is what the CPU makes of it.
fn compare(name: &str, (on_gpu, on_cpu): (Vec<CocoRle>, Vec<CocoRle>)) -> bool {
    for (
        index,
        CocoRle {
            size: [height, width],
            counts,
        },
    ) in on_gpu.iter().enumerate()
    {
        println!("{name}, mask {index}: {height} x {width}, {counts}");
    }
    let is_equal = on_gpu == on_cpu && !on_gpu.is_empty();
    println!(
        "{name}: {}",
        if is_equal {
            "equal to the CPU's"
        } else {
            "NOT equal to the CPU's"
        }
    );
    is_equal
}

/// Prints the number of pixels in which the GPU's masks are not the CPU's, and gives true if it is
/// a millionth of all at most.
fn compare_closely(name: &str, on_gpu: &[CocoRle], on_cpu: &[CocoRle]) -> maskrle::Result<bool> {
    let [on_gpu, on_cpu] = [Runs::read(on_gpu)?, Runs::read(on_cpu)?];
    let (mut pixels, mut differing) = (0, 0);
    for (gpu, cpu) in on_gpu.iter().zip(on_cpu.iter()) {
        let [height, width] = gpu.size();
        pixels += u64::from(height) * u64::from(width);
        differing += gpu.merge_area(cpu, SetOp::Xor)?;
    }
    println!("{name}: {differing} of {pixels} pixels are not the CPU's");
    Ok(on_gpu.len() == on_cpu.len() && pixels > 0 && differing <= pixels / 1_000_000)
}
