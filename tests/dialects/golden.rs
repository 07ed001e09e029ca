//! Masks as the tools of the dialects write them: `tests/data/make_dialects.py`, but for YOLO.

use maskrle::dialect::{CvatMask, LabelStudioRle, NuImagesRle, OpenImagesRle, YoloSegment};
use maskrle::{CocoRle, Order};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    size: [u32; 2],
    coco: String,
    nuimages: String,
    open_images: String,
    cvat: Vec<u32>,
    cvat_xml: CvatXml,
    label_studio: Vec<u8>,
}

#[derive(Deserialize)]
struct CvatXml {
    rle: String,
    place: [u32; 4],
}

fn golden() -> Vec<Golden> {
    let golden: Vec<Golden> =
        serde_json::from_str(include_str!("../data/golden_dialects.json")).unwrap();
    assert_eq!(golden.len(), 33);
    golden
}

#[test]
fn strings_in_wrappers() {
    for entry in golden() {
        let coco = CocoRle::new(entry.size, entry.coco);
        let mask = coco.to_runs().unwrap();
        let nuimages = NuImagesRle::new(entry.size, entry.nuimages);
        assert_eq!(nuimages.to_coco().unwrap(), coco);
        assert_eq!(nuimages.to_runs().unwrap(), mask);
        assert_eq!(NuImagesRle::try_from(&mask).unwrap(), nuimages);
        // Other programs compress to other bytes.
        let open_images = OpenImagesRle::new(entry.size, entry.open_images);
        assert_eq!(open_images.to_coco().unwrap(), coco);
        let written = OpenImagesRle::try_from(&mask).unwrap();
        assert_eq!(written.to_coco().unwrap(), coco);
        assert!(written.counts.len() < open_images.counts.len() + 40);
    }
}

#[test]
fn cvat_and_label_studio() {
    for entry in golden() {
        let coco = CocoRle::new(entry.size, entry.coco);
        let mask = coco.to_runs().unwrap().to_order(Order::RowMajor).unwrap();
        let cvat = CvatMask::from_points(entry.size, &entry.cvat).unwrap();
        assert_eq!(cvat.to_runs().unwrap(), mask);
        assert_eq!(CvatMask::try_from(&mask).unwrap().points(), entry.cvat);
        let CvatXml { rle, place } = entry.cvat_xml;
        assert_eq!(CvatMask::from_rle(entry.size, &rle, place).unwrap(), cvat);
        assert_eq!((cvat.rle(), cvat.placement()), (rle, place));

        let brush = LabelStudioRle::new(entry.size, entry.label_studio);
        assert_eq!(brush.to_runs().unwrap(), mask);
        assert_eq!(LabelStudioRle::try_from(&mask).unwrap(), brush);
    }
}

/// `tests/data/make_yolo.py`: lines of supervision's, and the masks that their polygons are.
#[test]
fn yolo_lines_of_supervision() {
    #[derive(Deserialize)]
    struct Line {
        line: String,
        size: [u32; 2],
        counts: String,
    }

    let golden: Vec<Line> = serde_json::from_str(include_str!("../data/golden_yolo.json")).unwrap();
    assert_eq!(golden.len(), 14);
    for Line { line, size, counts } in golden {
        let segment: YoloSegment = line.parse().unwrap();
        assert_eq!(segment.class.to_string(), line[..1]);
        let mask = segment.to_runs(size).unwrap();
        assert_eq!(mask.to_coco().unwrap().counts, counts, "{line}");
    }
}
