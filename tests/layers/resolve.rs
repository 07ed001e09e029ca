//! From a path to the files in which what it names is defined, through re-exports and globs.

use std::collections::BTreeSet;

use crate::tree::{Item, Tree};

/// Something that a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entity {
    Module(usize),
    /// An item, by its file.
    Defined(usize),
}

fn is_module(entity: &Entity) -> bool {
    matches!(entity, Entity::Module(_))
}

/// Names that are being looked up, of which none is looked up within itself.
type Pending = Vec<(usize, String)>;

impl Tree {
    /// Everything that the path leads to as read in a module: nothing if that lies in another
    /// crate; `None` if there is no such name.
    pub fn resolve(&self, module: usize, path: &[String]) -> Option<BTreeSet<Entity>> {
        self.follow(module, path, &mut Pending::new())
    }

    fn follow(
        &self,
        module: usize,
        path: &[String],
        pending: &mut Pending,
    ) -> Option<BTreeSet<Entity>> {
        let (first, rest) = path.split_first()?;
        let start = match first.as_str() {
            "crate" => BTreeSet::from([Entity::Module(self.root_of(module))]),
            "self" => BTreeSet::from([Entity::Module(module)]),
            "super" => BTreeSet::from([Entity::Module(self.modules[module].parent?)]),
            name if name == self.name => BTreeSet::from([Entity::Module(0)]),
            // A name of no one here may be in the prelude, a local one, or a crate.
            name => self.look_up(module, name, pending).unwrap_or_default(),
        };
        rest.iter().try_fold(start, |mut entities, name| {
            // A function may have the name of a module, but no path goes on from it.
            if entities.iter().any(is_module) {
                entities.retain(is_module);
            }
            let mut found = BTreeSet::new();
            for entity in entities {
                match entity {
                    Entity::Defined(_) => _ = found.insert(entity),
                    Entity::Module(module) => found.extend(self.member(module, name, pending)?),
                }
            }
            Some(found)
        })
    }

    fn member(&self, module: usize, name: &str, pending: &mut Pending) -> Option<BTreeSet<Entity>> {
        match name {
            "self" => Some(BTreeSet::from([Entity::Module(module)])),
            "super" => Some(BTreeSet::from([Entity::Module(
                self.modules[module].parent?,
            )])),
            name => self.look_up(module, name, pending).or_else(|| {
                let made_here = Entity::Defined(self.modules[module].file);
                let has_macros = self.modules[module].has_item_macros;
                has_macros.then(|| BTreeSet::from([made_here]))
            }),
        }
    }

    fn look_up(
        &self,
        module: usize,
        name: &str,
        pending: &mut Pending,
    ) -> Option<BTreeSet<Entity>> {
        let this = (module, name.to_owned());
        if pending.contains(&this) {
            return Some(BTreeSet::new());
        }
        pending.push(this);
        let found = match self.modules[module].names.get(name) {
            Some(items) => Some(self.meant_by(module, items, pending)),
            None => self.look_up_in_globs(module, name, pending),
        };
        pending.pop();
        found
    }

    fn meant_by(&self, module: usize, items: &[Item], pending: &mut Pending) -> BTreeSet<Entity> {
        let mut found = BTreeSet::new();
        for item in items {
            match item {
                Item::Module(module) => _ = found.insert(Entity::Module(*module)),
                Item::Here => _ = found.insert(Entity::Defined(self.modules[module].file)),
                Item::Import(path) => {
                    found.extend(self.follow(module, path, pending).unwrap_or_default());
                }
            }
        }
        found
    }

    fn look_up_in_globs(
        &self,
        module: usize,
        name: &str,
        pending: &mut Pending,
    ) -> Option<BTreeSet<Entity>> {
        let mut found = None;
        for glob in &self.modules[module].globs {
            let of_glob = self.follow(module, glob, pending).unwrap_or_default();
            if of_glob.is_empty() {
                // Another crate's names: any may be among them.
                found.get_or_insert_with(BTreeSet::new);
            }
            for entity in of_glob {
                if let Entity::Module(of_glob) = entity
                    && let Some(entities) = self.look_up(of_glob, name, pending)
                {
                    found.get_or_insert_with(BTreeSet::new).extend(entities);
                }
            }
        }
        found
    }

    fn root_of(&self, module: usize) -> usize {
        let parent = self.modules[module].parent;
        parent.map_or(module, |parent| self.root_of(parent))
    }
}
