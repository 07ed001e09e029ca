//! Changes to the members of an object, made in its text.

use std::ops::Range;

use anyhow::Result;
use serde::Serialize;

use crate::encoded::{Kind, Member, Value};

/// Changes to an object: all that is not changed stays as it is spelt.
pub struct Edits<'a> {
    text: &'a str,
    members: Vec<Member<'a>>,
    /// Values in place of others.
    replaced: Vec<(Range<usize>, String)>,
    /// Members at the end, each after a comma.
    added: String,
}

impl<'a> Edits<'a> {
    /// No changes yet to the object `text`.
    pub fn new(text: &'a str) -> Self {
        Edits {
            text,
            members: Value::new(text).members().collect(),
            replaced: Vec::new(),
            added: String::new(),
        }
    }

    /// Value of a member; None where it is null or not there.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.last(key).filter(|value| value.kind() != Kind::Null)
    }

    /// Value of a member; of several the last, as Python's json has it.
    fn last(&self, key: &str) -> Option<Value<'a>> {
        let mut members = self.members.iter().rev();
        let found = members.find(|member| member.has_key(key));
        found.map(|member| member.value)
    }

    /// Gives a member another value.
    pub fn set(&mut self, key: &str, value: &impl Serialize) -> Result<()> {
        let value = serde_json::to_string(value)?;
        match self.last(key) {
            Some(old) => self.replaced.push((old.span_in(self.text), value)),
            None => {
                let key = serde_json::to_string(key)?;
                self.added += &format!(",{key}:{value}");
            }
        }
        Ok(())
    }

    /// Gives a member a value, if it has none.
    pub fn set_missing(&mut self, key: &str, value: &impl Serialize) -> Result<()> {
        match self.get(key) {
            Some(_) => Ok(()),
            None => self.set(key, value),
        }
    }

    /// Text of the object with all changes.
    pub fn finish(self) -> String {
        let body = self.text.trim_end();
        let body = body.strip_suffix('}').unwrap_or(body).trim_end();
        let mut text = replaced(body, self.replaced);
        let is_empty = text.ends_with('{');
        text.push_str(if is_empty {
            self.added.trim_start_matches(',')
        } else {
            &self.added
        });
        text.push('}');
        text
    }
}

/// A text with others in the place of some of its parts.
pub fn replaced(text: &str, mut parts: Vec<(Range<usize>, String)>) -> String {
    parts.sort_by_key(|(old, _)| old.start);
    let (mut new_text, mut at) = (String::with_capacity(text.len() + 64), 0);
    for (old, new) in parts {
        new_text.extend([&text[at..old.start], &new]);
        at = old.end;
    }
    new_text + &text[at..]
}

#[cfg(test)]
mod tests {
    use super::Edits;

    #[test]
    fn all_else_stays() {
        let mut edits = Edits::new("{ \"b\": 1.50, \"a\":null, \"b\" : [2] }");
        edits.set("b", &3).expect("3 is JSON");
        edits.set_missing("a", &"x").expect("x is JSON");
        edits.set_missing("b", &4).expect("4 is JSON");
        edits.set_missing("c", &[1, 2]).expect("a list is JSON");
        assert_eq!(
            edits.finish(),
            "{ \"b\": 1.50, \"a\":\"x\", \"b\" : 3,\"c\":[1,2]}"
        );
        let mut edits = Edits::new("{}");
        edits.set("a", &1).expect("1 is JSON");
        edits.set("b", &2).expect("2 is JSON");
        assert_eq!(edits.finish(), "{\"a\":1,\"b\":2}");
    }
}
