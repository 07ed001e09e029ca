//! The shaders are valid WGSL, and the tables in Rust agree with them. Needs no adapter.
#![cfg(feature = "gpu")]

mod operations;
mod translation;

use maskrle::gpu::passes::{Access, BLOCK_WORDS, PASSES, Params, Pass, Stripe};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Module, StorageAccess};

pub(crate) fn parse(pass: &Pass) -> (Module, ModuleInfo) {
    let module = naga::front::wgsl::parse_str(pass.source)
        .unwrap_or_else(|error| panic!("{}: {error}", pass.name));
    let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{}: {error:?}", pass.name));
    (module, info)
}

#[test]
fn every_pass_is_valid_without_any_capability() {
    for pass in PASSES {
        parse(&pass);
    }
}

#[test]
fn the_table_of_passes_is_as_the_shaders_declare() {
    for pass in PASSES {
        let (module, info) = parse(&pass);
        let (index, entry) = module
            .entry_points
            .iter()
            .enumerate()
            .find(|(_, entry)| entry.name == pass.name)
            .unwrap_or_else(|| panic!("{} has no entry point", pass.name));
        assert_eq!(
            entry.workgroup_size,
            [pass.workgroup_size, 1, 1],
            "{}",
            pass.name
        );
        let uses = info.get_entry_point(index);
        let mut bindings: Vec<((u32, u32), Access)> = module
            .global_variables
            .iter()
            .filter(|(handle, _)| !uses[*handle].is_empty())
            .filter_map(|(_, variable)| Some((variable.binding?, variable.space)))
            .map(|(binding, space)| ((binding.binding, binding.group), access(space)))
            .collect();
        bindings.sort_by_key(|&(binding, _)| binding);
        let table = pass
            .bindings
            .iter()
            .map(|(binding, access)| ((binding.number(), binding.group()), *access));
        assert_eq!(bindings, table.collect::<Vec<_>>(), "{}", pass.name);
    }
}

fn access(space: AddressSpace) -> Access {
    match space {
        AddressSpace::Uniform => Access::Uniform,
        AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => Access::Write,
        AddressSpace::Storage { .. } => Access::Read,
        other => panic!("{other:?} has no binding"),
    }
}

#[test]
fn structs_and_constants_are_equal_in_rust() {
    for pass in PASSES {
        let (module, _) = parse(&pass);
        let size = |name: &str| {
            let named = |ty: &&naga::Type| ty.name.as_deref() == Some(name);
            let (_, ty) = module
                .types
                .iter()
                .find(|(_, ty)| named(ty))
                .expect("the struct is in common.wgsl");
            ty.inner.size(module.to_ctx()) as usize
        };
        // A uniform buffer may be larger than what the shader reads of it.
        assert!(size("Params") <= size_of::<Params>(), "{}", pass.name);
        assert_eq!(size("Stripe"), size_of::<Stripe>(), "{}", pass.name);
        let names: Vec<_> = module
            .overrides
            .iter()
            .filter_map(|(_, constant)| constant.name.as_deref())
            .collect();
        assert_eq!(names, pass.constants, "{}", pass.name);
        let constant = |name: &str| {
            let (_, constant) = module
                .constants
                .iter()
                .find(|(_, c)| c.name.as_deref() == Some(name))
                .expect("it is in common.wgsl");
            match module.global_expressions[constant.init] {
                naga::Expression::Literal(naga::Literal::U32(value)) => value,
                ref other => panic!("{name} is {other:?}"),
            }
        };
        let lanes = match pass.name {
            "flag_across" => "ACROSS_LANES",
            _ => "LANES",
        };
        assert_eq!(constant(lanes), pass.workgroup_size);
        assert_eq!(constant("BLOCK"), BLOCK_WORDS);
    }
}

#[test]
fn the_order_of_fields_is_equal_in_rust() {
    let (module, _) = parse(&PASSES[0]);
    let fields = |name: &str| {
        let (_, ty) = module
            .types
            .iter()
            .find(|(_, ty)| ty.name.as_deref() == Some(name))
            .expect("in common.wgsl");
        let naga::TypeInner::Struct { members, .. } = &ty.inner else {
            panic!("{name} is a struct")
        };
        members
            .iter()
            .map(|member| member.name.clone().expect("named"))
            .collect::<Vec<_>>()
    };
    // Rust's names in order, as Debug prints them.
    let of_debug = |text: String| {
        let words = text
            .split(['{', ',', '[', '}'])
            .filter_map(|part| part.trim().strip_suffix(": 0").map(str::to_owned));
        words.collect::<Vec<_>>()
    };
    let stripe = of_debug(format!("{:?}", Stripe::default()));
    assert_eq!(stripe, fields("Stripe")[..stripe.len()]);
    let params = of_debug(format!("{:?}", Params::default()));
    assert_eq!(params, fields("Params"));
}

/// A binding has one name in the shaders, that of the enum's variant, whatever the pass.
#[test]
fn bindings_are_named_as_in_the_shaders() {
    for pass in PASSES {
        let (module, _) = parse(&pass);
        for (_, variable) in module.global_variables.iter() {
            let Some(resource) = &variable.binding else {
                continue;
            };
            let bound = pass
                .bindings
                .iter()
                .find(|(binding, _)| binding.number() == resource.binding);
            if let Some((binding, _)) = bound {
                let name = variable.name.as_deref().expect("named");
                assert_eq!(format!("{binding:?}").to_lowercase(), name, "{}", pass.name);
            }
        }
    }
}
