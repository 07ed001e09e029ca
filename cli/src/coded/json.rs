//! JSON documents, shown part by part: what is not looked at is passed on as it is spelt.

use std::fmt;
use std::io::Read;
use std::rc::Rc;

use anyhow::{Result, anyhow};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::At;
use super::watched::{Depth, Progress, Watched};

/// A part of a document.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A list or an object begins.
    Begin,
    /// A dataset has this besides images and annotations.
    Member { key: &'a str, value: &'a str },
    /// A dataset's list of images or annotations begins.
    ListBegin(List),
    /// An item of it, or of the list that the document is; or a row.
    Item(Item<'a>),
    /// That list ends.
    ListEnd,
    /// The document ends.
    End,
}

/// An object of a list, or on a line of its own.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    pub list: List,
    pub place: Place,
    /// The object's JSON.
    pub text: &'a str,
}

/// A list that is taken item by item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    Images,
    Annotations,
    /// The document itself.
    Document,
}

impl List {
    /// The list that a dataset has by this key.
    fn of_key(key: &str) -> Option<Self> {
        match key {
            "images" => Some(List::Images),
            "annotations" => Some(List::Annotations),
            _ => None,
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            List::Images => "images",
            List::Annotations => "annotations",
            List::Document => "",
        }
    }
}

/// Where in a document something is.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    Item(List, u64),
    /// What Segment Anything's files have for a list of images.
    Image,
    /// The line says it all.
    Row,
}

impl Place {
    /// A member of what is here.
    pub fn key(self, key: &str) -> String {
        match self {
            Place::Row => key.to_owned(),
            _ => format!("{self}.{key}"),
        }
    }

    /// The error, said to be here; a row's line says so already.
    pub fn around(self, error: impl Into<anyhow::Error>) -> anyhow::Error {
        match self {
            Place::Row => error.into(),
            _ => error.into().context(self.to_string()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Item(List::Document, index) => write!(f, "item {index}"),
            Place::Item(list, index) => write!(f, "{}[{index}]", list.key()),
            Place::Image => f.write_str("image"),
            Place::Row => f.write_str("the row"),
        }
    }
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Dataset,
    List,
}

/// Shows all of a document.
pub fn walk(
    reader: impl Read,
    shape: Shape,
    on: &mut dyn FnMut(Event<'_>) -> Result<()>,
) -> Result<(), At> {
    Walk::new(on, None).run(reader, shape).map(drop)
}

/// Shows one member of a dataset alone, and reads no further than that. Returns whether there is
/// one.
pub fn walk_member(
    reader: impl Read,
    key: &'static str,
    on: &mut dyn FnMut(Event<'_>) -> Result<()>,
) -> Result<bool, At> {
    Walk::new(on, Some(key)).run(reader, Shape::Dataset)
}

/// Whether an object has a dataset's lists. One that is no JSON has none.
pub fn is_dataset(reader: impl Read) -> bool {
    struct Keys<'a> {
        progress: &'a Progress,
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
                map.next_value_seed(Skipped {
                    progress: self.progress,
                })?;
            }
            Ok(())
        }
    }
    let mut found = false;
    let progress = Rc::new(Progress::default());
    let mut json = serde_json::Deserializer::from_reader(Watched::new(reader, progress.clone()));
    // A failure is told by whoever reads the file next.
    let _ = json.deserialize_map(Keys {
        progress: &progress,
        found: &mut found,
    });
    found
}

/// A value of a few known keys.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| plain(&error, false))
}

/// What JSON has to say, without its own line, which is counted from where its text began.
pub fn plain(error: &serde_json::Error, with_column: bool) -> anyhow::Error {
    let text = error.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(what, _)| what);
    match what.strip_prefix("EOF while parsing ") {
        Some("a value") => anyhow!("cut short: the JSON ends where a value should begin"),
        Some(within) => anyhow!("cut short: the JSON ends within {within}"),
        None if with_column && error.column() > 0 => anyhow!("column {}: {what}", error.column()),
        None => anyhow!("{what}"),
    }
}

struct Walk<'h> {
    on: &'h mut dyn FnMut(Event<'_>) -> Result<()>,
    /// The one member of a dataset that is shown; None where all are.
    only: Option<&'static str>,
    progress: Rc<Progress>,
    /// Why `on` stopped it, and where.
    failure: Option<At>,
    /// Whether that member was shown.
    is_done: bool,
}

impl<'h> Walk<'h> {
    fn new(on: &'h mut dyn FnMut(Event<'_>) -> Result<()>, only: Option<&'static str>) -> Self {
        Walk {
            on,
            only,
            progress: Rc::default(),
            failure: None,
            is_done: false,
        }
    }

    /// Returns whether the one member was shown.
    fn run(mut self, reader: impl Read, shape: Shape) -> Result<bool, At> {
        let mut json =
            serde_json::Deserializer::from_reader(Watched::new(reader, self.progress.clone()));
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
            (Err(error), None) => Err(At {
                line: error.line() as u64,
                error: plain(&error, true),
            }),
        }
    }

    fn show<E: Error>(&mut self, event: Event<'_>) -> Result<(), E> {
        self.progress.pending.set(0);
        (self.on)(event).map_err(|error| {
            // What is at fault was read to its end, and no further.
            let text =
                if let Event::Item(Item { text, .. }) | Event::Member { value: text, .. } = event {
                    text
                } else {
                    ""
                };
            let within = text.bytes().filter(|&byte| byte == b'\n').count() as u64;
            self.failure = Some(At {
                line: 1 + self.progress.lines.get() - within,
                error,
            });
            E::custom("")
        })
    }

    /// Shows one member of a dataset.
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
            _ => map.next_value_seed(Skipped {
                progress: &self.progress,
            }),
        }
    }
}

impl<'de> Visitor<'de> for &mut Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dataset, an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = Vec::new();
        self.show(Event::Begin)?;
        while let Some(key) = map.next_key::<String>()? {
            if let Some(list) = List::of_key(&key) {
                if found.contains(&list) {
                    return Err(A::Error::custom(format_args!(
                        "the key {key:?} is there twice"
                    )));
                }
                found.push(list);
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

/// A list's items.
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
                place: Place::Item(list, index),
                text: item.get(),
            }))?;
        }
        if list == List::Document {
            walk.show(Event::End)
        } else {
            Ok(())
        }
    }
}

/// A value that nobody wants, and that may be a list longer than memory.
struct Skipped<'w> {
    progress: &'w Progress,
}

impl<'de> DeserializeSeed<'de> for Skipped<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.progress.is_bounded.set(false);
        self.progress.depth.set(Depth::default());
        IgnoredAny::deserialize(deserializer)?;
        self.progress.is_bounded.set(true);
        self.progress.pending.set(0);
        Ok(())
    }
}
