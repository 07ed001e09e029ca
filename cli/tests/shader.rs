//! The bench's read kernel is valid WGSL, and the host's assumptions about it hold. Needs no
//! adapter.

#[path = "../src/bench/device/kernel.rs"]
mod kernel;

use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{
    AddressSpace, Expression, GlobalVariable, Literal, Module, ShaderStage, StorageAccess,
    TypeInner,
};

fn parse() -> (Module, ModuleInfo) {
    let module = naga::front::wgsl::parse_str(kernel::SOURCE)
        .unwrap_or_else(|error| panic!("{}", error.emit_to_string(kernel::SOURCE)));
    let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{error:?}"));
    (module, info)
}

/// Value of a constant of the shader.
fn constant(module: &Module, name: &str) -> u32 {
    let (_, constant) = module
        .constants
        .iter()
        .find(|(_, constant)| constant.name.as_deref() == Some(name))
        .unwrap_or_else(|| panic!("the shader has no {name}"));
    match module.global_expressions[constant.init] {
        Expression::Literal(Literal::U32(value)) => value,
        ref other => panic!("{name} is {other:?}"),
    }
}

/// Bytes from one element of a bound array to the next.
fn stride(module: &Module, variable: &GlobalVariable) -> u32 {
    match module.types[variable.ty].inner {
        TypeInner::Array { stride, .. } => stride,
        ref other => panic!("{:?} is {other:?}", variable.name),
    }
}

#[test]
fn it_is_valid_without_any_capability() {
    parse();
}

#[test]
fn its_one_entry_point_has_the_workgroup_of_the_host() {
    let (module, _) = parse();
    let [entry] = &module.entry_points[..] else {
        panic!("{} entry points", module.entry_points.len())
    };
    assert_eq!(entry.stage, ShaderStage::Compute);
    assert_eq!(entry.name, kernel::ENTRY_POINT);
    assert_eq!(entry.workgroup_size, [kernel::GROUP_SIZE, 1, 1]);
    // The size is a literal to wgpu: nothing is overridden.
    assert!(module.overrides.is_empty());
}

#[test]
fn its_bindings_are_those_of_the_host() {
    let (module, info) = parse();
    let uses = info.get_entry_point(0);
    let mut bindings: Vec<_> = module
        .global_variables
        .iter()
        .map(|(handle, variable)| {
            let binding = variable.binding.expect("nothing but buffers");
            // The layout is made of what the entry point uses.
            assert!(!uses[handle].is_empty(), "{:?} is unused", variable.name);
            assert_eq!(binding.group, 0);
            let AddressSpace::Storage { access } = variable.space else {
                panic!("{:?} is in {:?}", variable.name, variable.space)
            };
            let is_written = access.contains(StorageAccess::STORE);
            (binding.binding, is_written, stride(&module, variable))
        })
        .collect();
    bindings.sort_unstable();
    let sink_bytes = u32::try_from(kernel::SINK_BYTES).expect("a word");
    assert_eq!(
        bindings,
        [
            (kernel::WORDS_BINDING, false, kernel::VECTOR_BYTES),
            (kernel::SINK_BINDING, true, sink_bytes),
        ]
    );
}

/// Without bounds in the kernel, a workgroup reads neither more nor less than the host gives it.
#[test]
fn a_workgroup_reads_its_share() {
    let (module, _) = parse();
    let [threads, loads] = ["GROUP_SIZE", "LOADS"].map(|name| constant(&module, name));
    assert_eq!([threads, loads], [kernel::GROUP_SIZE, kernel::LOADS]);
    let (_, words) = module
        .global_variables
        .iter()
        .find(|(_, variable)| variable.name.as_deref() == Some("words"))
        .expect("it reads words");
    let bytes = threads * loads * stride(&module, words);
    assert_eq!(u64::from(bytes), kernel::WORKGROUP_BYTES);
}
