//! The images of a dataset that inputs of pixels belong to.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail};

use super::new_image::NewImage;
use crate::coco::{Id, ListedImage, SeenIds, stem};
use crate::encoded::{EncodedFile, Need};
use crate::read::Name;

/// Images of a dataset by the names of their files.
#[derive(Debug)]
pub struct DatasetImages {
    name: String,
    /// Images by their stems, and by their paths without extensions; None where two images have
    /// one.
    images: HashMap<String, Option<(Id, ListedImage)>>,
    /// Images of inputs that were committed.
    committed: SeenIds,
    /// Images of the current input, which may still fail.
    current: HashSet<Id>,
}

impl DatasetImages {
    pub fn read(file: &EncodedFile) -> Result<Self> {
        let mut images = HashMap::new();
        for (id, image) in file
            .images(Need::Shown)?
            .iter()
            .flat_map(|images| images.iter())
        {
            let Some(file_name) = &image.file_name else {
                continue;
            };
            let path = without_extension(file_name);
            let path = path.filter(|path| path.contains('/'));
            for name in path.into_iter().chain([stem(file_name).to_owned()]) {
                images
                    .entry(name)
                    .and_modify(|other| *other = None)
                    .or_insert_with(|| Some((id.clone(), image.clone())));
            }
        }
        Ok(DatasetImages {
            name: file.name.clone(),
            images,
            committed: SeenIds::default(),
            current: HashSet::new(),
        })
    }

    /// Keeps the images of the current input from all others.
    pub fn commit(&mut self) {
        for id in self.current.drain() {
            self.committed.insert(&id);
        }
    }

    /// Frees the images of the current input, which failed.
    pub fn roll_back(&mut self) {
        self.current.clear();
    }

    /// Image of an input, or of the mask `index` of a stack of images.
    pub fn find(&mut self, input: &Name, index: Option<u64>, size: [u32; 2]) -> Result<NewImage> {
        let numbered = |name: &str| match index {
            Some(index) => format!("{name}_{index}"),
            None => name.to_owned(),
        };
        let stem = numbered(&input.stem);
        // Images in folders may have one stem.
        let path = without_extension(&input.file_name).filter(|_| input.array.is_none());
        let by_path = path.and_then(|path| self.images.get(&numbered(&path)));
        let in_dataset = &self.name;
        let (id, image) = match by_path.or_else(|| self.images.get(&stem)) {
            Some(Some((id, image))) => (id, image),
            Some(None) => bail!("{in_dataset} has two images called {stem:?}"),
            None => bail!("{in_dataset} has no image called {stem:?}"),
        };
        if let Some([h, w]) = image.size.filter(|&other| other != size) {
            let [height, width] = size;
            bail!("{height} x {width}, and the image {id} in {in_dataset} is of {h} x {w}");
        }
        if self.committed.contains(id) || !self.current.insert(id.clone()) {
            bail!("the image {id} in {in_dataset} is that of another input already");
        }
        let file_name = image.file_name.as_deref().unwrap_or_default().to_owned();
        Ok(NewImage {
            id: id.clone(),
            file_name,
        })
    }
}

/// A path without its extension, with the slashes that every system reads; none if it has none.
fn without_extension(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let (path, extension) = path.rsplit_once('.')?;
    (!extension.contains('/')).then(|| path.to_owned())
}
