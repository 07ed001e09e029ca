//! Operations that each pass takes a pixel, counted in the translator's own form of the shaders: a
//! GPU of few operations a byte is bound by them.

use maskrle::gpu::passes::{FLAG_ACROSS, FLAG_ALONG, PASSES, Pass};
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
        ("flag_along", [1, _]) => 355.0,
        ("flag_along", [8, _]) => 500.0,
        ("flag_along", [16, _]) => 785.0,
        ("flag_along", [32, _]) => 1340.0,
        ("flag_across", [8, _]) => 135.0,
        ("flag_across", [16, _]) => 245.0,
        ("flag_across", [32, _]) => 400.0,
        ("flag_across_packed", _) => 265.0,
        ("flag_strided", _) => 1950.0,
        ("flag_resampled", _) => 8000.0,
        ("compact_starts", _) => 225.0,
        ("compact_labels", _) => 240.0,
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
        ("compact_starts" | "compact_labels", _) => 4 * 32,
        ("scan_blocks", _) => 4 * 1024 * 32,
        ("measure_runs" | "write_characters", _) => 4 * 32,
        _ => 32,
    }
}

/// Number of times that a function's loops are counted, with elements of these bits: a lookup, or a
/// sum of a few totals, once.
fn trips(function: &str, element_bits: u32) -> u32 {
    match function {
        "stripe_of" | "counted_in_groups" => 1,
        // The vectors of a word.
        "word_of_rows" => (element_bits / 4).max(1),
        // The rare end of a buffer that is no whole vectors.
        "marks_between" => 4,
        "marks_by_words" => 0,
        "inclusive_sum" => 16,
        "flag_strided" => 32,
        "flag_resampled" => 33,
        "scan_blocks" | "measure_runs" | "write_characters" => 4,
        // Four words a lane, and of each a start.
        "compact" => 2,
        other => panic!("{other} has a loop: how often is it run?"),
    }
}

/// Counts operations on the dearest way through a function.
struct Counter<'m> {
    module: &'m Module,
    function: &'m Function,
    name: &'m str,
    element_bits: u32,
    /// Values of the function's arguments, of those that are known.
    arguments: Vec<Option<u32>>,
}

impl Counter<'_> {
    fn of_function(&self) -> u32 {
        self.of_block(&self.function.body)
    }

    fn of_block(&self, block: &Block) -> u32 {
        let statements: Vec<_> = block.iter().collect();
        self.of_statements(&statements)
    }

    fn of_statements(&self, statements: &[&Statement]) -> u32 {
        let Some((statement, rest)) = statements.split_first() else {
            return 0;
        };
        if let Statement::If {
            condition, accept, ..
        } = statement
            && matches!(accept.last(), Some(Statement::Return { .. }))
        {
            return match self.constant(*condition) {
                Some(0) => self.of_statements(rest),
                Some(_) => self.of_block(accept),
                None => 1 + self.of_block(accept).max(self.of_statements(rest)),
            };
        }
        self.of_statement(statement) + self.of_statements(rest)
    }

    fn of_statement(&self, statement: &Statement) -> u32 {
        let of = |block: &Block| self.of_block(block);
        match statement {
            Statement::Emit(range) => {
                let emitted = range
                    .clone()
                    .map(|handle| &self.function.expressions[handle]);
                emitted
                    .filter(|expression| is_operation(expression))
                    .count() as u32
            }
            Statement::Store { .. } | Statement::Atomic { .. } => 1,
            Statement::ControlBarrier(_) => 1,
            Statement::Call {
                function,
                arguments,
                ..
            } => {
                let called = &self.module.functions[*function];
                let values = arguments.iter().map(|argument| self.constant(*argument));
                counter(self.module, called, self.element_bits, values.collect()).of_function()
            }
            Statement::Block(block) => of(block),
            Statement::If {
                condition,
                accept,
                reject,
            } => match self.constant(*condition) {
                Some(0) => of(reject),
                Some(_) => of(accept),
                None => 1 + of(accept).max(of(reject)),
            },
            Statement::Switch { selector, cases } => {
                let value = self.constant(*selector);
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
            } => trips(self.name, self.element_bits) * (1 + of(body) + of(continuing)),
            _ => 0,
        }
    }

    /// The value of an expression that is known when the pipeline is made.
    fn constant(&self, expression: Handle<Expression>) -> Option<u32> {
        match self.function.expressions[expression] {
            Expression::Literal(literal) => of_literal(literal),
            Expression::FunctionArgument(index) => {
                *self.arguments.get(index as usize).unwrap_or(&None)
            }
            Expression::Constant(constant) => {
                match self.module.global_expressions[self.module.constants[constant].init] {
                    Expression::Literal(literal) => of_literal(literal),
                    _ => None,
                }
            }
            Expression::Binary { op, left, right } => {
                let (left, right) = (self.constant(left)?, self.constant(right)?);
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

fn counter<'m>(
    module: &'m Module,
    function: &'m Function,
    element_bits: u32,
    arguments: Vec<Option<u32>>,
) -> Counter<'m> {
    let name = function.name.as_deref().unwrap_or_default();
    Counter {
        module,
        function,
        name,
        element_bits,
        arguments,
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

/// A pass with these constants.
fn with_constants(pass: &Pass, constants: &PipelineConstants) -> Module {
    let (module, info) = parse(pass);
    let entry = Some((ShaderStage::Compute, pass.name));
    let (module, _) = process_overrides(&module, &info, entry, constants).expect("it has them");
    module.into_owned()
}

/// Operations for 32 pixels of a pass with these constants.
fn operations(pass: &Pass, constants: &PipelineConstants) -> f64 {
    let module = with_constants(pass, constants);
    let mut entries = module.entry_points.iter();
    let entry = entries.find(|entry| entry.name == pass.name);
    let mut entry = counter(
        &module,
        &entry.expect("each pass has its entry point").function,
        constants.get("ELEMENT_BITS").map_or(0, |bits| *bits as u32),
        vec![],
    );
    entry.name = pass.name;
    f64::from(entry.of_function())
}

#[test]
fn passes_take_no_more_operations_than_they_may() {
    let mut over = Vec::new();
    for pass in &PASSES {
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
            if operations > most {
                over.push(format!("{} {values:?}: {operations:.1}, {most}", pass.name));
            }
        }
    }
    assert!(over.is_empty(), "{over:#?}");
}

/// Most operations for 32 pixels in what a flag pass does for each vector of binary masks whose
/// rows have no gaps: of one vector, and of two that are moved.
#[test]
fn each_way_to_read_takes_no_more_operations_than_it_may() {
    let mut over = Vec::new();
    for (pass, function, element_bits, way, most) in [
        (&FLAG_ALONG, "put_pieces", 8, 0, 95.0),
        (&FLAG_ALONG, "put_pieces", 8, 1, 130.0),
        (&FLAG_ALONG, "put_pieces", 16, 0, 185.0),
        (&FLAG_ALONG, "put_pieces", 16, 1, 255.0),
        (&FLAG_ALONG, "put_pieces", 32, 0, 355.0),
        (&FLAG_ALONG, "put_pieces", 32, 1, 435.0),
        (&FLAG_ACROSS, "marks_aligned", 8, 0, 34.0),
        (&FLAG_ACROSS, "marks_between", 8, 1, 75.0),
        (&FLAG_ACROSS, "marks_aligned", 16, 0, 67.0),
        (&FLAG_ACROSS, "marks_between", 16, 1, 150.0),
        (&FLAG_ACROSS, "marks_aligned", 32, 0, 132.0),
        (&FLAG_ACROSS, "marks_between", 32, 1, 235.0),
    ] {
        let values = [("ELEMENT_BITS", element_bits), ("PREDICATE", 0)];
        let constants = values.map(|(name, value)| (name.to_owned(), f64::from(value)));
        let module = with_constants(pass, &constants.into_iter().collect());
        let mut functions = module.functions.iter().map(|(_, function)| function);
        let found = functions.find(|found| found.name.as_deref() == Some(function));
        let found = found.expect("the pass has it");
        let of_argument = |argument: &naga::FunctionArgument| match argument.name.as_deref() {
            Some("way") => Some(way),
            Some("has_gaps") => Some(0),
            _ => None,
        };
        let arguments = found.arguments.iter().map(of_argument).collect();
        let operations = counter(&module, found, element_bits, arguments).of_function();
        let lane = pixels(pass.name, &[element_bits, 0]);
        let each = f64::from(operations) * 32.0 / f64::from(lane);
        if each > most {
            over.push(format!("{function} {element_bits}: {each:.1}, {most}"));
        }
    }
    assert!(over.is_empty(), "{over:#?}");
}
