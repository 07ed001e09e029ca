//! The shaders in the languages of the backends, and rules of these that the translator does not
//! know.

use maskrle::gpu::passes::{PASSES, Pass};
use naga::back::pipeline_constants::process_overrides;
use naga::back::{PipelineConstants, hlsl, msl, spv};
use naga::{AddressSpace, Block, Function, Handle, Module, ShaderStage, Statement};

use crate::parse;

/// The values of its constants with which a pass is ever run.
pub(crate) fn constants(pass: &Pass) -> Vec<PipelineConstants> {
    let values: Vec<Vec<f64>> = match pass.constants {
        [] => vec![vec![]],
        ["IN_RANGES"] => vec![vec![0.0], vec![1.0]],
        ["ELEMENT_BITS", "IN_RANGES"] => {
            let bits = [8.0, 16.0, 32.0].into_iter();
            bits.flat_map(|bits| [0.0, 1.0].map(|in_ranges| vec![bits, in_ranges]))
                .collect()
        }
        ["ELEMENT_BITS", "PREDICATE"] => {
            let bits = [1.0, 8.0, 16.0, 32.0].into_iter();
            bits.flat_map(|bits| [0.0, 1.0, 2.0].map(|predicate| vec![bits, predicate]))
                .collect()
        }
        other => panic!("{other:?} are new: with which values is {} run?", pass.name),
    };
    let named = |values: Vec<f64>| {
        let names = pass.constants.iter().map(|name| name.to_string());
        names.zip(values).collect()
    };
    values.into_iter().map(named).collect()
}

/// Every pass becomes SPIR-V, MSL and HLSL, with each value of its constants.
#[test]
fn every_pass_is_translated_for_every_backend() {
    for pass in PASSES {
        let (module, info) = parse(&pass);
        for constants in constants(&pass) {
            let entry = Some((ShaderStage::Compute, pass.name));
            let (module, info) = process_overrides(&module, &info, entry, &constants)
                .unwrap_or_else(|error| panic!("{} with {constants:?}: {error}", pass.name));
            let spirv = spv::write_vec(&module, &info, &spv::Options::default(), None);
            let spirv = spirv.unwrap_or_else(|error| panic!("{}: {error}", pass.name));
            assert_eq!(spirv[0], 0x0723_0203, "{}", pass.name);
            let (msl, _) = msl::write_string(
                &module,
                &info,
                &msl::Options {
                    lang_version: (1, 2),
                    ..Default::default()
                },
                &msl::PipelineOptions::default(),
            )
            .unwrap_or_else(|error| panic!("{}: {error}", pass.name));
            assert!(msl.contains("kernel void"), "{}", pass.name);
            let mut hlsl = String::new();
            hlsl::Writer::new(
                &mut hlsl,
                &hlsl::Options::default(),
                &hlsl::PipelineOptions::default(),
            )
            .write(&module, &info, None)
            .unwrap_or_else(|error| panic!("{}: {error}", pass.name));
            let lanes = format!("[numthreads({}, 1, 1)]", pass.workgroup_size);
            assert!(hlsl.contains(&lanes), "{}", pass.name);
        }
    }
}

fn is_barrier_itself(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::ControlBarrier(_) | Statement::WorkGroupUniformLoad { .. }
    )
}

/// True if a block, or a function that it calls, has a barrier.
fn has_barrier(module: &Module, block: &Block) -> bool {
    block.iter().any(|statement| match statement {
        barrier if is_barrier_itself(barrier) => true,
        Statement::Call { function, .. } => has_barrier(module, &module.functions[*function].body),
        other => inner_blocks(other)
            .into_iter()
            .any(|inner| has_barrier(module, inner)),
    })
}

fn has_return(block: &Block) -> bool {
    block.iter().any(|statement| match statement {
        Statement::Return { .. } => true,
        other => inner_blocks(other).into_iter().any(has_return),
    })
}

fn inner_blocks(statement: &Statement) -> Vec<&Block> {
    match statement {
        Statement::Block(block) => vec![block],
        Statement::If { accept, reject, .. } => vec![accept, reject],
        Statement::Switch { cases, .. } => cases.iter().map(|case| &case.body).collect(),
        Statement::Loop {
            body, continuing, ..
        } => vec![body, continuing],
        _ => vec![],
    }
}

/// Statements of a block and of the blocks in it that are no branch.
fn unnested<'b>(block: &'b Block, statements: &mut Vec<&'b Statement>) {
    for statement in block {
        match statement {
            Statement::Block(inner) => unnested(inner, statements),
            other => statements.push(other),
        }
    }
}

/// Faults of a function whose barriers all lanes must reach: one in a branch or a loop, or behind a
/// return.
fn faults(module: &Module, function: &Function) -> Vec<&'static str> {
    let (mut faults, mut may_have_returned) = (Vec::new(), false);
    let mut statements = Vec::new();
    unnested(&function.body, &mut statements);
    for statement in statements {
        let called: Option<Handle<Function>> = match statement {
            Statement::Call { function, .. } => Some(*function),
            _ => None,
        };
        let inner = inner_blocks(statement);
        let is_plain = is_barrier_itself(statement) || called.is_some();
        let is_barrier = is_barrier_itself(statement)
            || called.is_some_and(|called| has_barrier(module, &module.functions[called].body))
            || inner.iter().any(|block| has_barrier(module, block));
        if is_barrier && !is_plain {
            faults.push("a barrier is in a branch or a loop");
        }
        if is_barrier && may_have_returned {
            faults.push("a barrier is behind a return");
        }
        may_have_returned |= inner.into_iter().any(has_return);
    }
    faults
}

/// FXC refuses barriers in control flow that depends on memory (its error X3663), or behind a
/// return that does: here none is in a branch at all, nor behind a return.
#[test]
fn barriers_are_in_no_branch_and_behind_no_return() {
    let mut barriers = 0;
    for pass in PASSES {
        let (module, _) = parse(&pass);
        let functions = module.functions.iter().map(|(_, function)| function);
        let entries = module.entry_points.iter().map(|entry| &entry.function);
        for function in functions.chain(entries) {
            let found = faults(&module, function);
            assert!(
                found.is_empty(),
                "{}: {:?}: {found:?}",
                pass.name,
                function.name
            );
            barriers += usize::from(has_barrier(&module, &function.body));
        }
    }
    assert!(barriers > 5, "{barriers} functions have barriers");
}

/// The check above finds what it is for.
#[test]
fn barriers_in_branches_are_found() {
    let of = |body: &str| {
        let source = format!(
            "@group(0) @binding(0) var<storage, read_write> words: array<u32>;\n\
             fn wait() {{ workgroupBarrier(); }}\n\
             @compute @workgroup_size(64) fn main() {{ {body} }}"
        );
        let module = naga::front::wgsl::parse_str(&source).expect("it is WGSL");
        faults(&module, &module.entry_points[0].function).len()
    };
    assert_eq!(
        of("words[0] = 1u; workgroupBarrier(); wait(); if words[0] == 2u { return; }"),
        0
    );
    assert_eq!(of("if words[0] == 1u { return; } workgroupBarrier();"), 1);
    assert_eq!(of("if words[0] == 1u { return; } wait();"), 1);
    assert_eq!(of("for (var i = 0u; i < words[0]; i++) { wait(); }"), 1);
    assert_eq!(of("{ if words[0] == 1u { wait(); } }"), 1);
}

/// Passes keep to the limits that every device of WebGPU has.
#[test]
fn passes_keep_to_the_least_limits() {
    for pass in PASSES {
        let (module, info) = parse(&pass);
        let uses = info.get_entry_point(0);
        let (mut buffers, mut uniforms, mut shared) = (0, 0, 0);
        for (handle, variable) in module.global_variables.iter() {
            if uses[handle].is_empty() {
                continue;
            }
            match variable.space {
                AddressSpace::Storage { .. } => buffers += 1,
                AddressSpace::Uniform => uniforms += 1,
                AddressSpace::WorkGroup => {
                    let bytes = module.types[variable.ty].inner.size(module.to_ctx());
                    shared += bytes.next_multiple_of(16);
                }
                _ => {}
            }
        }
        let limits = maskrle::wgpu::Limits::default();
        let name = pass.name;
        assert!(
            buffers <= limits.max_storage_buffers_per_shader_stage,
            "{name}: {buffers}"
        );
        assert!(
            uniforms <= limits.max_uniform_buffers_per_shader_stage,
            "{name}: {uniforms}"
        );
        assert!(
            shared <= limits.max_compute_workgroup_storage_size,
            "{name}: {shared} bytes"
        );
        let lanes = pass.workgroup_size;
        assert!(
            lanes <= limits.max_compute_invocations_per_workgroup,
            "{name}: {lanes} lanes"
        );
        assert!(
            lanes <= limits.max_compute_workgroup_size_x,
            "{name}: {lanes} lanes"
        );
    }
}
