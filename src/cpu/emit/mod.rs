//! Boundaries to starts or strings.

pub(crate) mod sink;
