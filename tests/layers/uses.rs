//! Reading one source file: the names that it defines, and the paths in it, those in the tokens of
//! macros and in attributes included. What is compiled for tests only is passed over.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ImplItem, Item as SynItem, ItemMod, ItemUse, UseTree, Visibility};

use crate::tree::{Item, Sources, Tree, Use};

pub struct Reader<'t> {
    tree: &'t mut Tree,
    sources: &'t Sources,
    module: usize,
}

impl<'t> Reader<'t> {
    pub fn new(tree: &'t mut Tree, sources: &'t Sources, module: usize) -> Self {
        Reader {
            tree,
            sources,
            module,
        }
    }

    pub fn read(&mut self, syntax: &syn::File) {
        visit::visit_file(self, syntax);
    }

    fn define(&mut self, name: &Ident, item: Item) {
        let names = &mut self.tree.modules[self.module].names;
        names.entry(name.to_string()).or_default().push(item);
    }

    fn record(&mut self, path: Vec<String>, span: Span, is_glob: bool) {
        self.tree.uses.push(Use {
            module: self.module,
            line: span.start().line,
            path,
            is_glob,
        });
    }

    /// Reads `mod name { .. }`, or the file that `mod name;` stands for.
    fn read_module(&mut self, item: &ItemMod, is_test: bool) {
        let (parent, file) = (self.module, self.tree.modules[self.module].file);
        let child = if let Some((_, items)) = &item.content {
            if is_test {
                return;
            }
            let child = self.tree.add_module(file, Some(parent));
            self.module = child;
            items.iter().for_each(|item| self.visit_item(item));
            self.module = parent;
            child
        } else {
            let Some(path) = self.file_of(item) else {
                let here = self.tree.shown(file);
                let fault = format!("{here}: there is no file for `mod {};`", item.ident);
                return self.tree.faults.push(fault);
            };
            let is_test = is_test || self.tree.files[file].is_test;
            self.tree
                .add_file(self.sources, &path, Some(parent), is_test)
        };
        if !is_test {
            self.define(&item.ident, Item::Module(child));
        }
    }

    fn file_of(&self, item: &ItemMod) -> Option<String> {
        let here = self.tree.path_of(self.module);
        let folder = match here.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/"),
            None => String::new(),
        };
        let is_root = here == "main.rs" || self.tree.is_index(self.module);
        let below = if is_root {
            folder
        } else {
            format!("{}/", here.trim_end_matches(".rs"))
        };
        let paths = [
            format!("{below}{}.rs", item.ident),
            format!("{below}{}/mod.rs", item.ident),
        ];
        paths
            .into_iter()
            .find(|path| self.sources.contains_key(path))
    }

    /// Adds the names that a `use` brings in, and its paths, unless it is a re-export of an index.
    fn read_use(&mut self, item: &ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        let counts = !(is_public && self.tree.is_index(self.module));
        // `use ::name` is of another crate whatever names there are here.
        if item.leading_colon.is_none() {
            self.read_use_tree(&item.tree, &mut Vec::new(), counts);
        }
    }

    fn read_use_tree(&mut self, tree: &UseTree, prefix: &mut Vec<String>, counts: bool) {
        let (name, renamed) = match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.read_use_tree(&path.tree, prefix, counts);
                prefix.pop();
                return;
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_use_tree(tree, prefix, counts);
                }
                return;
            }
            UseTree::Glob(glob) => {
                if counts {
                    self.record(prefix.clone(), glob.star_token.spans[0], true);
                }
                let globs = &mut self.tree.modules[self.module].globs;
                return globs.push(prefix.clone());
            }
            UseTree::Name(name) => (&name.ident, &name.ident),
            UseTree::Rename(rename) => (&rename.ident, &rename.rename),
        };
        let mut path = prefix.clone();
        let mut renamed = renamed.clone();
        if name == "self" {
            if renamed == "self" {
                let last = prefix.last().expect("`self` ends a longer path");
                renamed = Ident::new(last, name.span());
            }
        } else {
            path.push(name.to_string());
        }
        if counts {
            self.record(path.clone(), name.span(), false);
        }
        self.define(&renamed, Item::Import(path));
    }

    /// Records the paths in the tokens of a macro or an attribute.
    fn scan(&mut self, tokens: TokenStream, strings_are_paths: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Group(group) => self.scan(group.stream(), strings_are_paths),
                TokenTree::Ident(ident) => {
                    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
                    let (path, taken) = self.path_at(&tokens[at..], Vec::new());
                    let is_crate = ident == "crate";
                    // Fields and methods, lifetimes, and what a macro's caller puts in.
                    if !is_punct(before, ".'") && (is_crate || !is_punct(before, "$")) {
                        self.record(path, ident.span(), false);
                    }
                    at += taken;
                    continue;
                }
                TokenTree::Literal(literal) if strings_are_paths => {
                    let text = syn::parse_str::<syn::LitStr>(&literal.to_string());
                    let path = text.and_then(|text| syn::parse_str::<syn::Path>(&text.value()));
                    if let Ok(path) = path
                        && path.segments.len() > 1
                    {
                        self.record(segments(&path), literal.span(), false);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// The path that begins the tokens, and the number of tokens that it is; the paths of a group
    /// behind it, as in `crate::{a, b}`, are recorded.
    fn path_at(&mut self, tokens: &[TokenTree], mut path: Vec<String>) -> (Vec<String>, usize) {
        let mut at = 0;
        while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
            path.push(ident.to_string());
            at += 1;
            if !(is_punct(tokens.get(at), ":") && is_punct(tokens.get(at + 1), ":")) {
                break;
            }
            at += 2;
            if let Some(TokenTree::Group(group)) = tokens.get(at)
                && group.delimiter() == Delimiter::Brace
            {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in inner.split(|token| is_punct(Some(token), ",")) {
                    let (inner, taken) = self.path_at(part, path.clone());
                    if taken > 0 {
                        self.record(inner, part[0].span(), false);
                    }
                }
                at += 1;
                break;
            }
            if is_punct(tokens.get(at), "*") {
                self.record(path.clone(), tokens[at].span(), true);
                break;
            }
        }
        (path, at)
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast SynItem) {
        let is_test = attributes(item).iter().any(is_for_tests);
        if let SynItem::Mod(item) = item {
            return self.read_module(item, is_test);
        }
        if is_test {
            return;
        }
        match item {
            SynItem::Use(item) => return self.read_use(item),
            SynItem::Macro(item) => match &item.ident {
                Some(name) => self.define(name, Item::Here),
                None => self.tree.modules[self.module].has_item_macros = true,
            },
            SynItem::Const(item) => self.define(&item.ident, Item::Here),
            SynItem::Enum(item) => self.define(&item.ident, Item::Here),
            SynItem::Fn(item) => self.define(&item.sig.ident, Item::Here),
            SynItem::Static(item) => self.define(&item.ident, Item::Here),
            SynItem::Struct(item) => self.define(&item.ident, Item::Here),
            SynItem::Trait(item) => self.define(&item.ident, Item::Here),
            SynItem::Type(item) => self.define(&item.ident, Item::Here),
            SynItem::Union(item) => self.define(&item.ident, Item::Here),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs[..],
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            self.record(segments(path), first.ident.span(), false);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.scan(call.tokens.clone(), false);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.scan(list.tokens.clone(), true);
        }
    }

    /// `pub(in path)` uses nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

fn segments(path: &syn::Path) -> Vec<String> {
    let names = path.segments.iter();
    names.map(|segment| segment.ident.to_string()).collect()
}

fn is_punct(token: Option<&TokenTree>, any_of: &str) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if any_of.contains(punct.as_char()))
}

/// True for `#[cfg(test)]` and `#[cfg(all(.., test, ..))]`.
fn is_for_tests(attribute: &Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else {
        return false;
    };
    if !attribute.path().is_ident("cfg") {
        return false;
    }
    let mut tokens: Vec<TokenTree> = list.tokens.clone().into_iter().collect();
    if let [TokenTree::Ident(all), TokenTree::Group(group)] = &tokens[..]
        && all == "all"
    {
        tokens = group.stream().into_iter().collect();
    }
    tokens
        .split(|token| is_punct(Some(token), ","))
        .any(|part| matches!(part, [TokenTree::Ident(ident)] if ident == "test"))
}

fn attributes(item: &SynItem) -> &[Attribute] {
    match item {
        SynItem::Const(item) => &item.attrs,
        SynItem::Enum(item) => &item.attrs,
        SynItem::Fn(item) => &item.attrs,
        SynItem::Impl(item) => &item.attrs,
        SynItem::Macro(item) => &item.attrs,
        SynItem::Mod(item) => &item.attrs,
        SynItem::Static(item) => &item.attrs,
        SynItem::Struct(item) => &item.attrs,
        SynItem::Trait(item) => &item.attrs,
        SynItem::Type(item) => &item.attrs,
        SynItem::Union(item) => &item.attrs,
        SynItem::Use(item) => &item.attrs,
        _ => &[],
    }
}
