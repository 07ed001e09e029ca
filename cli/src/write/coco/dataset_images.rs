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
    /// Images by their stems: those in several folders may have one.
    images: HashMap<String, Vec<(Id, ListedImage)>>,
    /// Images of inputs that were committed.
    committed: SeenIds,
    /// Images of the current input, which may still fail.
    current: HashSet<Id>,
}

impl DatasetImages {
    pub fn read(file: &EncodedFile) -> Result<Self> {
        let mut images = HashMap::<_, Vec<_>>::new();
        for (id, image) in file
            .images(Need::Shown)?
            .iter()
            .flat_map(|images| images.iter())
        {
            if let Some(file_name) = &image.file_name {
                let same_stem = images.entry(stem(file_name).to_owned()).or_default();
                same_stem.push((id.clone(), image.clone()));
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
        let stem = match index {
            Some(index) => format!("{}_{index}", input.stem),
            None => input.stem.clone(),
        };
        let in_dataset = &self.name;
        // Folders of arrays in an archive are those of no image.
        let path = input.array.is_none().then_some(input.source.as_str());
        let images = self.images.get(&stem).map_or(&[][..], Vec::as_slice);
        let (id, image) = match nearest(images, path.unwrap_or_default())[..] {
            [(id, image)] => (id, image),
            [] => bail!("{in_dataset} has no image called {stem:?}"),
            _ => bail!("{in_dataset} has two images called {stem:?}"),
        };
        if let Some(other) = image.sides.unlike(size) {
            let [height, width] = size;
            bail!("{height} x {width}, and the image {id} in {in_dataset} {other}");
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

/// The images that are in folders of the same names as a path, of as many of them as there are; of
/// these, those that are in no other folder.
fn nearest<'i>(images: &'i [(Id, ListedImage)], path: &str) -> Vec<&'i (Id, ListedImage)> {
    let shared = |(_, image): &(Id, ListedImage)| {
        let file_name = image.file_name.as_deref().unwrap_or_default();
        let pairs = folders(file_name).zip(folders(path));
        let shared = pairs.take_while(|(a, b)| a == b).count();
        (shared, shared > 0 && shared == folders(file_name).count())
    };
    let most = images.iter().map(shared).max();
    let is_nearest = |image: &&(Id, ListedImage)| Some(shared(image)) == most;
    images.iter().filter(is_nearest).collect()
}

/// Names of the folders that a file is in, the innermost first.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.rsplit(['/', '\\']).skip(1);
    parts.filter(|part| !matches!(*part, "" | "."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coco::Sides;

    #[test]
    fn images_are_found_by_the_most_folders() {
        let image = |(id, file_name): (i64, &str)| {
            let image = ListedImage {
                sides: Sides::default(),
                file_name: Some(file_name.into()),
                index: 0,
            };
            (Id::Number(id), image)
        };
        let images = [
            (1, "a/x.jpg"),
            (2, "data/a/x.jpg"),
            (3, "b\\x.jpg"),
            (4, "x.jpg"),
        ];
        let images = images.map(image);
        let found = |path| {
            let ids = nearest(&images, path)
                .into_iter()
                .map(|(id, _)| id.to_string());
            ids.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found("masks/a/x.png"), "1");
        assert_eq!(found("/all/data/./a//x.png"), "2");
        assert_eq!(found("b/x.png"), "3");
        assert_eq!(found("x.png"), "1 2 3 4");
    }
}
