//! The formats, as the command line names them.

use clap::ValueEnum;
use maskrle::Order;

/// A format that masks are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// COCO's compressed RLE, as pycocotools writes it: a JSON object a line
    Coco,
    /// COCO's run lengths as numbers: a JSON object a line
    CocoCounts,
    /// A list of COCO results, with their scores or one of 1: what loadRes of pycocotools loads
    CocoResults,
    /// A COCO dataset of images, annotations and categories: what COCO(...) of pycocotools loads
    CocoDataset,
    /// Kaggle's pairs of start and length: CSV
    Kaggle,
    /// The value and the length of each run: a JSON object a line
    Values,
    /// A list of nuImages' annotations: what NuImages reads as object_ann.json
    Nuimages,
    /// Open Images' rows of predictions: CSV with ImageWidth, ImageHeight and PredictionString
    OpenImages,
    /// COCO panoptic: JSON, and a folder of PNGs, which --pngs says
    Panoptic,
    /// MOTS: lines of frame, id, class, height, width and COCO's string
    Mots,
    /// CVAT for images 1.1: XML with a mask element for each mask
    Cvat,
    /// YOLO's labels: lines of a class and a polygon, of one image; or where OUT is a folder, such
    /// as labels/, a file for each image
    Yolo,
    /// SA-V's masklets of one video, whose objects have ids: JSON
    SaV,
    /// A dataset of YouTube-VIS, of videos whose objects have ids: JSON
    YoutubeVis,
    /// Label Studio's tasks with brush masks: JSON
    LabelStudio,
}

impl Format {
    /// True for COCO's documents, of use only as a whole.
    pub fn is_document(self) -> bool {
        matches!(self, Format::CocoResults | Format::CocoDataset)
    }

    /// True for files of datasets and annotators, most of which are of use only as a whole.
    pub fn is_dialect(self) -> bool {
        !matches!(
            self,
            Format::Coco | Format::CocoCounts | Format::Kaggle | Format::Values
        ) && !self.is_document()
    }

    /// True for files that are of use only as a whole.
    pub fn is_whole(self) -> bool {
        self.is_document() || self.is_dialect() && !matches!(self, Format::Mots | Format::Yolo)
    }

    /// True for formats whose categories may have names.
    pub fn names_categories(self) -> bool {
        self.is_document() || self.is_dialect()
    }

    /// True for formats that have one scan order.
    pub fn has_one_order(self) -> bool {
        !matches!(self, Format::Kaggle | Format::Values)
    }

    /// Scan order, unless another is asked for.
    pub fn default_order(self) -> Order {
        match self {
            Format::Values | Format::Cvat | Format::LabelStudio => Order::RowMajor,
            _ => Order::ColumnMajor,
        }
    }

    /// Extensions of its files, the usual one first; any file may have none, or .txt.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Format::Kaggle | Format::OpenImages => &["csv"],
            Format::Cvat => &["xml"],
            Format::Mots | Format::Yolo => &["txt"],
            _ => &["jsonl", "json", "ndjson"],
        }
    }
}
