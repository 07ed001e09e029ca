//! Operations that each pass takes a pixel, counted in the translator's own form of the shaders: a
//! GPU of few operations a byte is bound by them.

use maskrle::gpu::passes::{PASSES, Pass};
use naga::back::PipelineConstants;
use naga::back::pipeline_constants::process_overrides;
use naga::{
    BinaryOperator, Block, Expression, Function, Handle, Literal, Module, ShaderStage, Statement,
    SwitchValue,
};

use crate::parse;
use crate::translation::constants;

/// Most operations that a pass may take for 32 pixels, by bits an element and predicate. More are a
/// change to be measured.
fn most(pass: &str, constants: &[u32]) -> f64 {
    match (pass, constants) {
        ("flag_along", [1, _]) => 415.0,
        ("flag_along", [8, _]) => 275.0,
        ("flag_along", [16, _]) => 390.0,
        ("flag_along", [32, _]) => 620.0,
        ("flag_across", [8, _]) => 125.0,
        ("flag_across", [16, _]) => 220.0,
        ("flag_across", [32, _]) => 415.0,
        ("flag_across_packed", _) => 256.0,
        ("flag_strided", _) => 2040.0,
        ("flag_resampled", _) => 10_000.0,
        ("compact_starts", _) => 200.0,
        ("scan_blocks", _) => 1.0,
        // A run, not 32 pixels.
        ("measure_runs", _) => 290.0,
        ("write_characters", _) => 350.0,
        other => panic!("{other:?} is new: how many operations may it take?"),
    }
}

/// Pixels of a lane of a pass; of one over runs, each as 32.
fn pixels(pass: &str, constants: &[u32]) -> u32 {
    match (pass, constants) {
        ("flag_across", [bits, _]) => 32 * 128 / bits,
        ("compact_starts", _) => 4 * 32,
        ("scan_blocks", _) => 4 * 1024 * 32,
        ("measure_runs" | "write_characters", _) => 4 * 32,
        _ => 32,
    }
}

/// Number of times that a function's loops are counted: a lookup, or a sum of a few totals, once.
fn trips(function: &str) -> u32 {
    match function {
        "stripe_of" | "flag_along" => 1,
        "inclusive_sum" => 16,
        "flag_strided" => 32,
        "flag_resampled" => 33,
        "scan_blocks" | "measure_runs" | "write_characters" => 4,
        // Four words a lane, and of each a start.
        "compact_starts" => 2,
        other => panic!("{other} has a loop: how often is it run?"),
    }
}

/// Counts operations on the dearest way through functions.
struct Counter<'m> {
    module: &'m Module,
}

impl Counter<'_> {
    fn of_function(&self, function: &Function, name: &str) -> u32 {
        self.of_block(&function.body, function, name)
    }

    fn of_block(&self, block: &Block, function: &Function, name: &str) -> u32 {
        let of = |block: &Block| self.of_block(block, function, name);
        let each = block.iter().map(|statement| match statement {
            Statement::Emit(range) => {
                let emitted = range.clone().map(|handle| &function.expressions[handle]);
                emitted
                    .filter(|expression| is_operation(expression))
                    .count() as u32
            }
            Statement::Store { .. } | Statement::Atomic { .. } => 1,
            Statement::ControlBarrier(_) => 1,
            Statement::Call { function, .. } => {
                let called = &self.module.functions[*function];
                self.of_function(called, called.name.as_deref().unwrap_or_default())
            }
            Statement::Block(block) => of(block),
            Statement::If {
                condition,
                accept,
                reject,
            } => match self.constant(function, *condition) {
                Some(0) => of(reject),
                Some(_) => of(accept),
                None => 1 + of(accept).max(of(reject)),
            },
            Statement::Switch { selector, cases } => {
                let value = self.constant(function, *selector);
                let is_taken = |case: &&naga::SwitchCase| match case.value {
                    SwitchValue::U32(of_case) => value.is_none_or(|value| value == of_case),
                    _ => true,
                };
                let taken = cases.iter().filter(is_taken).map(|case| of(&case.body));
                match value {
                    Some(_) => taken.take(1).sum(),
                    None => 1 + taken.max().unwrap_or(0),
                }
            }
            Statement::Loop {
                body, continuing, ..
            } => trips(name) * (1 + of(body) + of(continuing)),
            _ => 0,
        });
        each.sum()
    }

    /// The value of an expression that is known when the pipeline is made.
    fn constant(&self, function: &Function, expression: Handle<Expression>) -> Option<u32> {
        match function.expressions[expression] {
            Expression::Literal(literal) => of_literal(literal),
            Expression::Constant(constant) => {
                match self.module.global_expressions[self.module.constants[constant].init] {
                    Expression::Literal(literal) => of_literal(literal),
                    _ => None,
                }
            }
            Expression::Binary { op, left, right } => {
                let (left, right) = (
                    self.constant(function, left)?,
                    self.constant(function, right)?,
                );
                match op {
                    BinaryOperator::Equal => Some(u32::from(left == right)),
                    BinaryOperator::NotEqual => Some(u32::from(left != right)),
                    BinaryOperator::GreaterEqual => Some(u32::from(left >= right)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn of_literal(literal: Literal) -> Option<u32> {
    match literal {
        Literal::U32(value) => Some(value),
        Literal::Bool(value) => Some(u32::from(value)),
        _ => None,
    }
}

/// True for expressions that a GPU computes or loads, not those that name a part of a value.
fn is_operation(expression: &Expression) -> bool {
    matches!(
        expression,
        Expression::Binary { .. }
            | Expression::Unary { .. }
            | Expression::Select { .. }
            | Expression::Math { .. }
            | Expression::Load { .. }
            | Expression::As { .. }
            | Expression::Relational { .. }
            | Expression::ArrayLength(_)
    )
}

/// Operations for 32 pixels of a pass with these constants.
fn operations(pass: &Pass, constants: &PipelineConstants) -> f64 {
    let (module, info) = parse(pass);
    let entry = Some((ShaderStage::Compute, pass.name));
    let (module, _) = process_overrides(&module, &info, entry, constants).expect("it has them");
    let counter = Counter { module: &module };
    let entry = module
        .entry_points
        .iter()
        .find(|entry| entry.name == pass.name);
    let entry = &entry.expect("each pass has its entry point").function;
    f64::from(counter.of_function(entry, pass.name))
}

#[test]
fn passes_take_no_more_operations_than_they_may() {
    for pass in PASSES.iter().filter(|pass| pass.name != "read_values") {
        for constants in constants(pass) {
            let values: Vec<u32> = pass
                .constants
                .iter()
                .map(|name| constants[*name] as u32)
                .collect();
            // Packed pixels have no predicate, and across the rows a pass of their own.
            if matches!(
                (pass.name, &values[..]),
                ("flag_across" | "flag_strided", [1, _])
            ) {
                continue;
            }
            let pixels = pixels(pass.name, &values);
            let operations = operations(pass, &constants) * 32.0 / f64::from(pixels);
            let most = most(pass.name, &values);
            assert!(
                operations <= most,
                "{} {values:?}: {operations:.1}, {most}",
                pass.name
            );
        }
    }
}
