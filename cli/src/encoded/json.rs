//! JSON documents, shown piece by piece. Text that is not looked at is passed on as it stands.

use std::fmt;
use std::io::Read;
use std::rc::Rc;

use anyhow::Result;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::json_text::plain_error;
use super::line_error::LineError;
use super::location::{List, Location};
use super::metered_reader::{Meter, MeteredReader, Nesting};

/// A piece of a document.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The document's own list or object begins.
    Begin,
    /// A dataset's member other than its images and annotations.
    Member { key: &'a str, value: &'a str },
    /// A dataset's list of images or annotations begins.
    ListBegin(List),
    /// An item of that list, or of the list that the document is; or a row.
    Item(Item<'a>),
    /// A dataset's list ends.
    ListEnd,
    /// The document ends.
    End,
}

/// An object of a list, or on a line of its own.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    pub list: List,
    pub location: Location,
    /// JSON of the object.
    pub text: &'a str,
    /// Line that it ends in, counted from 1.
    pub last_line: u64,
}

impl Item<'_> {
    /// Line that the object begins in, counted from 1.
    pub fn line(&self) -> u64 {
        let within = self.text.bytes().filter(|&byte| byte == b'\n').count();
        self.last_line - within as u64
    }
}

/// Outermost value of a document: an object or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Dataset,
    List,
}

/// Shows all of a document to `on`.
pub fn walk(
    reader: impl Read,
    shape: Shape,
    on: &mut dyn FnMut(Event<'_>) -> Result<()>,
) -> Result<(), LineError> {
    Walk::new(on, None).run(reader, shape).map(drop)
}

/// Shows one member of a dataset alone, and reads no further than that. Returns true if there is
/// one.
pub fn walk_member(
    reader: impl Read,
    key: &'static str,
    on: &mut dyn FnMut(Event<'_>) -> Result<()>,
) -> Result<bool, LineError> {
    Walk::new(on, Some(key)).run(reader, Shape::Dataset)
}

/// True if an object has a dataset's lists. Text that is no JSON has none.
pub fn is_dataset(reader: impl Read) -> bool {
    struct Keys<'a> {
        meter: &'a Meter,
        found: &'a mut bool,
    }

    impl<'de> Visitor<'de> for Keys<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<String>()? {
                if List::of_key(&key).is_some() {
                    *self.found = true;
                    break;
                }
                map.next_value_seed(Skip { meter: self.meter })?;
            }
            Ok(())
        }
    }
    let mut found = false;
    let meter = Rc::new(Meter::default());
    let mut json = serde_json::Deserializer::from_reader(MeteredReader::new(reader, meter.clone()));
    // An error in the JSON is found again, and reported, by whoever reads the file next.
    let _ = json.deserialize_map(Keys {
        meter: &meter,
        found: &mut found,
    });
    found
}

struct Walk<'h> {
    on: &'h mut dyn FnMut(Event<'_>) -> Result<()>,
    /// Key of the one member of a dataset that is shown; None where all are.
    only: Option<&'static str>,
    meter: Rc<Meter>,
    /// The error of `on` that ended the walk.
    failure: Option<LineError>,
    /// True if the one member was shown.
    is_done: bool,
}

impl<'h> Walk<'h> {
    fn new(on: &'h mut dyn FnMut(Event<'_>) -> Result<()>, only: Option<&'static str>) -> Self {
        Walk {
            on,
            only,
            meter: Rc::default(),
            failure: None,
            is_done: false,
        }
    }

    /// Walks through a document. Returns true if it ended at the one member.
    fn run(mut self, reader: impl Read, shape: Shape) -> Result<bool, LineError> {
        let mut json =
            serde_json::Deserializer::from_reader(MeteredReader::new(reader, self.meter.clone()));
        let walked = match shape {
            Shape::Dataset => json.deserialize_map(&mut self),
            Shape::List => Items {
                walk: &mut self,
                list: List::Document,
            }
            .deserialize(&mut json),
        };
        match (walked.and_then(|()| json.end()), self.failure) {
            (Ok(()), _) => Ok(false),
            (Err(_), _) if self.is_done => Ok(true),
            (Err(_), Some(failure)) => Err(failure),
            (Err(error), None) => Err(LineError {
                line: error.line() as u64,
                error: plain_error(&error, true),
            }),
        }
    }

    fn show<E: Error>(&mut self, event: Event<'_>) -> Result<(), E> {
        self.meter.unshown_bytes.set(0);
        (self.on)(event).map_err(|error| {
            // The piece at fault was read to its end, and no further.
            let text =
                if let Event::Item(Item { text, .. }) | Event::Member { value: text, .. } = event {
                    text
                } else {
                    ""
                };
            let within = text.bytes().filter(|&byte| byte == b'\n').count() as u64;
            self.failure = Some(LineError {
                line: 1 + self.meter.lines.get() - within,
                error,
            });
            E::custom("")
        })
    }

    /// Shows or skips a member of a dataset, whose key was read.
    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let is_wanted = self.only.is_none_or(|only| only == key);
        match List::of_key(key) {
            Some(list) if is_wanted => {
                self.show(Event::ListBegin(list))?;
                map.next_value_seed(Items { walk: self, list })?;
                self.show(Event::ListEnd)
            }
            None if is_wanted => {
                let value: Box<RawValue> = map.next_value()?;
                self.show(Event::Member {
                    key,
                    value: value.get(),
                })
            }
            _ => map.next_value_seed(Skip { meter: &self.meter }),
        }
    }
}

impl<'de> Visitor<'de> for &mut Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dataset, an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut lists = Vec::new();
        self.show(Event::Begin)?;
        while let Some(key) = map.next_key::<String>()? {
            if let Some(list) = List::of_key(&key) {
                if lists.contains(&list) {
                    return Err(A::Error::custom(format_args!(
                        "the key {key:?} is there twice"
                    )));
                }
                lists.push(list);
            }
            self.member(&key, &mut map)?;
            if self.only == Some(key.as_str()) {
                self.is_done = true;
                return Err(A::Error::custom(""));
            }
        }
        self.show(Event::End)
    }
}

/// Shows the items of a list.
struct Items<'w, 'h> {
    walk: &'w mut Walk<'h>,
    list: List,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.list {
            List::Document => f.write_str("a list"),
            list => write!(f, "a list of {}", list.key()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Items { walk, list } = self;
        if list == List::Document {
            walk.show(Event::Begin)?;
        }
        for index in 0.. {
            let Some(item) = items.next_element::<Box<RawValue>>()? else {
                break;
            };
            walk.show(Event::Item(Item {
                list,
                location: Location::Item(list, index),
                text: item.get(),
                last_line: 1 + walk.meter.lines.get(),
            }))?;
        }
        if list == List::Document {
            walk.show(Event::End)
        } else {
            Ok(())
        }
    }
}

/// Skips a value, which may be a list longer than memory.
struct Skip<'w> {
    meter: &'w Meter,
}

impl<'de> DeserializeSeed<'de> for Skip<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.meter.is_bounded.set(false);
        self.meter.nesting.set(Nesting::default());
        IgnoredAny::deserialize(deserializer)?;
        self.meter.is_bounded.set(true);
        self.meter.unshown_bytes.set(0);
        Ok(())
    }
}
