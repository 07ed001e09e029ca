use criterion as _;
use hotcoco as _;
fn main() {}
