//! The modules of a crate's sources, the names in each, and the paths that each file uses.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use crate::uses::Reader;

/// Texts of a crate's source files by their path from the folder `src`, with `/` in between.
pub type Sources = BTreeMap<String, String>;

/// Reads the sources that lie in `folder`.
pub fn sources_in(folder: &Path) -> Sources {
    fn add(folder: &Path, prefix: &str, sources: &mut Sources) {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let entry = entry.expect("the folder can be read");
            let name = entry
                .file_name()
                .into_string()
                .expect("file names are UTF-8");
            let path = format!("{prefix}{name}");
            if entry.path().is_dir() {
                add(&entry.path(), &format!("{path}/"), sources);
            } else if name.ends_with(".rs") {
                let text = fs::read_to_string(entry.path()).expect("sources are UTF-8");
                sources.insert(path, text);
            }
        }
    }
    let mut sources = Sources::new();
    add(folder, "", &mut sources);
    sources
}

/// A name in a module.
#[derive(Debug)]
pub enum Item {
    Module(usize),
    /// Defined in the module's own file.
    Here,
    /// Brought in by `use`.
    Import(Vec<String>),
}

#[derive(Debug)]
pub struct Module {
    pub file: usize,
    pub parent: Option<usize>,
    pub names: HashMap<String, Vec<Item>>,
    pub globs: Vec<Vec<String>>,
    /// True if a macro is called where items stand: it may define names that no one sees here.
    pub has_item_macros: bool,
}

#[derive(Debug)]
pub struct File {
    /// Path from the folder `src`.
    pub path: String,
    /// True if it is compiled for tests only.
    pub is_test: bool,
}

/// A path in a source file, as written there.
#[derive(Debug)]
pub struct Use {
    pub module: usize,
    pub line: usize,
    pub path: Vec<String>,
    pub is_glob: bool,
}

#[derive(Debug, Default)]
pub struct Tree {
    /// Name of the crate as `main.rs` and others write it.
    pub name: String,
    /// The folder of the sources, as messages name it.
    pub folder: String,
    pub modules: Vec<Module>,
    pub files: Vec<File>,
    pub uses: Vec<Use>,
    /// Faults of the tree itself, such as a file that is missing.
    pub faults: Vec<String>,
}

impl Tree {
    /// Reads a crate from its roots, `lib.rs` and, where there is one, `main.rs`.
    pub fn new(name: &str, folder: &str, sources: &Sources) -> Self {
        let mut tree = Tree {
            name: name.to_owned(),
            folder: folder.to_owned(),
            ..Tree::default()
        };
        for root in ["lib.rs", "main.rs"] {
            if sources.contains_key(root) {
                tree.add_file(sources, root, None, false);
            }
        }
        // The `mod` lines of a file that is no Rust are not known.
        let is_read = tree.faults.is_empty();
        for path in sources.keys().filter(|_| is_read) {
            if !tree.files.iter().any(|file| file.path == *path) {
                let fault = format!("{folder}/{path}: no `mod` line leads to this file");
                tree.faults.push(fault);
            }
        }
        tree
    }

    /// Reads a file and all that its `mod` lines lead to, and returns its module.
    pub fn add_file(
        &mut self,
        sources: &Sources,
        path: &str,
        parent: Option<usize>,
        is_test: bool,
    ) -> usize {
        let file = self.files.len();
        self.files.push(File {
            path: path.to_owned(),
            is_test,
        });
        let module = self.add_module(file, parent);
        match syn::parse_file(&sources[path]) {
            Ok(syntax) => Reader::new(self, sources, module).read(&syntax),
            Err(error) => self.faults.push(format!("{}/{path}: {error}", self.folder)),
        }
        module
    }

    pub fn add_module(&mut self, file: usize, parent: Option<usize>) -> usize {
        self.modules.push(Module {
            file,
            parent,
            names: HashMap::new(),
            globs: Vec::new(),
            has_item_macros: false,
        });
        self.modules.len() - 1
    }

    /// Path of a file as messages name it.
    pub fn shown(&self, file: usize) -> String {
        format!("{}/{}", self.folder, self.files[file].path)
    }

    /// Path of a module's file from the folder `src`.
    pub fn path_of(&self, module: usize) -> &str {
        &self.files[self.modules[module].file].path
    }

    /// True if the file holds `mod` lines and re-exports rather than definitions.
    pub fn is_index(&self, module: usize) -> bool {
        let path = self.path_of(module);
        path == "lib.rs" || path == "mod.rs" || path.ends_with("/mod.rs")
    }
}
