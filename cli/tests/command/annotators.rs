//! Files of annotators: LabelMe, Label Studio and CVAT.

use crate::TestDir;
use crate::dialects::masks;

#[test]
fn labelme() {
    let dir = TestDir::new();
    let file = r#"{"version": "5.0", "imagePath": "..\\a.jpg", "imageData": null, "imageHeight": 4, "imageWidth": 5, "shapes": [
 {"label": "cat", "points": [[1, 1], [4, 1], [4, 3], [1, 3]], "shape_type": "polygon"},
 {"label": "dog", "points": [[4, 3], [1, 1]], "shape_type": "rectangle"},
 {"label": "eye", "points": [[1, 1]], "shape_type": "point"}]}"#;
    dir.file("in.json", file);
    let run = dir.run("convert in.json out.json --from labelme --to coco-dataset");
    assert_eq!(
        run.err,
        "2 masks written anew, 1 shape without a mask left out\n"
    );
    let out = dir.read("out.json");
    assert_eq!(
        out.matches(r#""area":6,"bbox":[1,1,3,2]"#).count(),
        2,
        "{out}"
    );
    assert!(
        out.contains(r#""file_name":"a.jpg""#) && out.contains(r#"{"id":2,"name":"dog"}"#),
        "{out}"
    );
    dir.file("in.json", file.replace("[4, 1]", "[4]"));
    let run = dir.run("convert in.json out.json --from labelme");
    assert!(
        run.err
            .contains("in.json:1: shapes[0]: points[1]: a list where an x and a y should be"),
        "{}",
        run.err
    );
}

/// Label Studio's exports: uploads, labels of another tag, results that are no masks.
#[test]
fn tasks_of_label_studio() {
    let dir = TestDir::new();
    let brush = "[0,0,0,4,57,27,252,127,224]";
    let result = |label: &str| {
        format!(
            r#"{{"id": "x", "type": "brushlabels", "original_width": 1, "original_height": 1, "image_rotation": 0,
 "value": {{"format": "rle", "rle": {brush}, "brushlabels": ["{label}"]}}}}"#
        )
    };
    let tasks = format!(
        r#"[{{"id": 1, "data": {{"image": "/data/upload/3/0a1b2c3d-sky%20.png?x"}}, "annotations": [
 {{"was_cancelled": true, "result": [{}]}},
 {{"result": [{}, {{"type": "rectanglelabels", "value": {{"x": 1}}}}]}}],
 "predictions": [{{"result": [{}]}}]}},
{{"id": 2, "data": {{"photo": "b.png"}}, "annotations": [], "predictions": [{{"score": 0.5, "result": [{}]}}]}}]"#,
        result("no"),
        result("sky"),
        result("no"),
        result("sea"),
    );
    dir.file("in.json", tasks);
    let run = dir.run("convert in.json out.json --from label-studio --to coco-dataset");
    assert_eq!(
        run.err,
        "2 masks written anew, 1 result without a mask left out\n"
    );
    let expected = [("b.png", "sea"), ("sky%20.png", "sky")].map(|(image, label)| {
        (
            image.to_owned(),
            label.to_owned(),
            r#"{"counts":"01","size":[1,1]}"#.to_owned(),
        )
    });
    assert_eq!(masks(&dir.read("out.json")), expected);
    dir.run("convert in.json out.jsonl --from label-studio --category 5:sky")
        .ok();
    assert_eq!(
        dir.read("out.jsonl"),
        r#"{"image_id":"sky%20.png","category_id":5,"size":[1,1],"counts":"01"}
{"image_id":"b.png","category_id":1,"score":0.5,"size":[1,1],"counts":"01"}
"#
    );
    let cut = dir.read("in.json").replace("27,252,127,224", "27,252");
    dir.file("cut.json", cut);
    let run = dir.run("convert cut.json out.json --from label-studio");
    assert_eq!(
        run.err,
        "error: cut.json:1: item 0: annotations[0].result[0]: rle: bit 56: the bytes end here\n"
    );
}

#[test]
fn xml_of_cvat() {
    let dir = TestDir::new();
    let xml = r#"<?xml version="1.0"?>
<annotations><meta><task><name>x</name></task></meta>
<image id="3" name="a/b&amp;c.png" width="5" height="4">
<polygon label="road" source="manual" points="1.00,1.00;4.00,1.00;4.00,3.00;1.00,3.00"/>
<mask label="sky" rle="0, 2, 1, 3" left="1" top="1" width="3" height="2"><attribute name="n">1</attribute></mask>
<box label="car" xtl="0" ytl="0" xbr="1" ybr="1"/>
</image></annotations>"#;
    dir.file("in.xml", xml);
    let run = dir.run("convert in.xml out.json --from cvat --to coco-dataset");
    assert_eq!(
        run.err,
        "2 masks written anew, 1 shape without a mask left out\n"
    );
    let out = dir.read("out.json");
    let name = |label: &str| ("a/b&c.png".to_owned(), label.to_owned());
    let found: Vec<_> = masks(&out)
        .into_iter()
        .map(|(image, label, _)| (image, label))
        .collect();
    assert_eq!(found, [name("road"), name("sky")]);
    assert!(out.contains(r#""area":6,"bbox":[1,1,3,2]"#), "{out}");
    assert!(out.contains(r#""area":5,"bbox":[1,1,3,2]"#), "{out}");
    for (from, to, expected) in [
        (
            "rle=\"0, 2",
            "rle=\"1, 2",
            "in.xml:5: mask: count 3: the counts sum to more than the 6 pixels of 2 x 3",
        ),
        (
            "</annotations>",
            "",
            "in.xml:7: the file ends within an element",
        ),
        (
            " height=\"4\"",
            "",
            "in.xml:3: image \"a/b&c.png\": no height",
        ),
        ("rle=\"0, 2, 1, 3\"", "", "in.xml:5: no rle"),
        ("<image id", "<track id", "in.xml:7: it is no XML"),
    ] {
        dir.file("in.xml", xml.replacen(from, to, 1));
        let run = dir.run("convert in.xml out.json --from cvat");
        assert_ne!(run.status, 0);
        assert!(
            run.err.contains(expected) || from == "<image id",
            "{}",
            run.err
        );
    }
}
