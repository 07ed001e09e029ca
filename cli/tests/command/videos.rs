//! Videos: SA-V's and YouTube-VIS's files, read and written.

use crate::TestDir;

#[test]
fn videos() {
    let dir = TestDir::new();
    let vis = r#"{"annotations": [{"id": 5, "video_id": 1, "category_id": 2, "iscrowd": 0, "bboxes": [],
 "segmentations": [null, {"size": [2, 3], "counts": [2, 3, 1]}, {"size": [2, 3], "counts": "015"}]}],
"videos": [{"id": 1, "height": 2, "width": 3, "length": 3, "file_names": ["v/00000.jpg", "v/00005.jpg", "v/00010.jpg"]}],
"categories": [{"id": 2, "name": "dog"}]}"#;
    dir.file("in.json", vis);
    dir.run("convert in.json out.txt --from youtube-vis --to mots")
        .ok();
    assert_eq!(dir.read("out.txt"), "5 5 2 2 3 231\n10 5 2 2 3 015\n");
    dir.run("convert in.json out.json --from youtube-vis --to coco-dataset")
        .ok();
    assert!(dir.read("out.json").contains(r#"{"id":2,"name":"dog"}"#));
    for (from, to, expected) in [
        ("v/00010.jpg\"", "v/00010.jpg\"", ""),
        (
            ", \"v/00010.jpg\"",
            "",
            "in.json:1: annotations[0]: segmentations[2]: the video has 2 frames",
        ),
        (
            "\"video_id\": 1",
            "\"video_id\": 2",
            "in.json:1: annotations[0]: video_id: no video has this id",
        ),
        (
            "\"height\": 2",
            "\"height\": 4",
            "in.json:1: annotations[0]: segmentations[1]: size: ",
        ),
    ] {
        dir.file("in.json", vis.replacen(from, to, 1));
        let run = dir.run("convert in.json out.json --from youtube-vis");
        assert!(run.err.contains(expected), "{}", run.err);
        assert_eq!(run.status != 0, !expected.is_empty(), "{}", run.err);
    }
    let sa_v = r#"{"video_id": "sav_000001", "masklet_id": [0, 3], "masklet": [
 [{"size": [2, 3], "counts": "231"}, {"size": [2, 3], "counts": "6"}],
 [{"size": [2, 3], "counts": "6"}, {"size": [2, 3], "counts": "015"}]]}"#;
    dir.file("in.json", sa_v);
    dir.run("convert in.json out.txt --from sa-v --to mots")
        .ok();
    assert_eq!(dir.read("out.txt"), "0 0 1 2 3 231\n1 3 1 2 3 015\n");
    dir.file("in.json", sa_v.replace("015", "016"));
    let run = dir.run("convert in.json out.txt --from sa-v --to mots");
    assert!(
        run.err.contains("in.json:1: masklet[1][1]: "),
        "{}",
        run.err
    );
}

/// Objects are followed by their ids; frames are ordered by their names.
#[test]
fn videos_are_written() {
    let dir = TestDir::new();
    dir.file(
        "in.txt",
        "0 2005 2 2 3 231\n0 1001 1 2 3 015\n10 2005 2 2 3 015\n2 1001 1 2 3 051\n",
    );
    dir.run("convert in.txt out.json --from mots --to sa-v")
        .ok();
    let empty = r#"{"size":[2,3],"counts":"6"}"#;
    let rle = |counts: &str| empty.replace('6', counts);
    assert_eq!(
        dir.read("out.json"),
        format!(
            r#"{{"video_id":"video","video_frame_count":3,"video_height":2,"video_width":3,"masklet_num":2,"masklet_id":[2005,1001],"masklet":[
[{},{}],
[{empty},{}],
[{},{empty}]
]}}
"#,
            rle("231"),
            rle("015"),
            rle("051"),
            rle("015"),
        )
    );
    // And back, by the indices of the frames.
    let run = dir.run("convert out.json back.txt --from sa-v --to mots");
    assert_eq!(run.err, "4 masks written anew, 2 empty masks left out\n");
    assert_eq!(
        dir.read("back.txt"),
        "0 2005 1 2 3 231\n0 1001 1 2 3 015\n1 1001 1 2 3 051\n2 2005 1 2 3 015\n"
    );
    dir.run("convert out.json again.json --from sa-v --to sa-v")
        .ok();
    assert_eq!(dir.read("again.json"), dir.read("out.json"));

    dir.run("convert in.txt out.json --from mots --to youtube-vis --category 2:dog")
        .ok();
    assert_eq!(
        dir.read("out.json"),
        format!(
            r#"{{"videos":[
{{"id":1,"width":3,"height":2,"length":3,"file_names":["0","2","10"]}}
],
"annotations":[
{{"id":1,"video_id":1,"category_id":2,"iscrowd":0,"height":2,"width":3,"segmentations":[{},null,{}],"areas":[3,null,1],"bboxes":[[1,0,2,2],null,[0,0,1,1]]}},
{{"id":2,"video_id":1,"category_id":1,"iscrowd":0,"height":2,"width":3,"segmentations":[{},{},null],"areas":[1,5,null],"bboxes":[[0,0,1,1],[0,0,3,2],null]}}
],
"categories":[
{{"id":1,"name":"1"}},
{{"id":2,"name":"dog"}}
]}}
"#,
            rle("231"),
            rle("015"),
            rle("015"),
            rle("051"),
        )
    );
    dir.run("convert out.json again.json --from youtube-vis --to youtube-vis")
        .ok();
    assert_eq!(dir.read("again.json"), dir.read("out.json"));
}

#[test]
fn videos_that_are_none() {
    let dir = TestDir::new();
    for (rows, to, expected) in [
        (
            "0 1 1 2 3 231\n0 1 1 2 3 015\n",
            "sa-v",
            "the video \"video\": the object 1 has two masks in \"0\"",
        ),
        (
            "0 1 1 2 3 231\n1 1 1 3 2 015\n",
            "youtube-vis",
            "the video \"video\": its frame \"1\" is of 3 x 2, others of 2 x 3",
        ),
    ] {
        dir.file("in.txt", rows)
            .run(&format!("convert in.txt out.json --from mots --to {to}"))
            .fails("error: ", expected);
    }
    dir.file(
        "in.json",
        r#"[{"image_id": 1, "category_id": 1, "segmentation": {"size": [2, 3], "counts": "231"}}]"#,
    );
    dir.run("convert in.json out.json --to youtube-vis")
        .fails("error: ", "has no id of its object");
    let two = r#"{"video_id": 1, "segmentations": [{"size": [2, 3], "counts": "231"}]}"#;
    let two = format!("[{two}, {}]", two.replacen('1', "2", 1));
    dir.file("in.json", two);
    dir.run("convert in.json out.json --from youtube-vis --to sa-v")
        .fails("error: ", "and there are \"1\" and \"2\"");
    assert_eq!(dir.files(), ["in.json", "in.txt"]);
}

#[test]
fn results_of_videos() {
    let dir = TestDir::new();
    let results = r#"
[{"video_id": 3, "category_id": 7, "score": 0.5, "segmentations": [null, {"size": [2, 3], "counts": "231"}]},
 {"video_id": 3, "category_id": 7, "score": "0.25", "segmentations": [{"size": [2, 3], "counts": [0, 6]}]}]"#;
    dir.file("in.json", results);
    dir.run("convert in.json out.jsonl --from youtube-vis").ok();
    assert_eq!(
        dir.read("out.jsonl"),
        r#"{"image_id":"3_00001","category_id":7,"score":0.5,"size":[2,3],"counts":"231"}
{"image_id":"3_00000","category_id":7,"score":0.25,"size":[2,3],"counts":"06"}
"#
    );
    dir.run("convert in.json out.txt --from youtube-vis --to mots")
        .ok();
    assert_eq!(dir.read("out.txt"), "1 1 7 2 3 231\n0 2 7 2 3 06\n");
    for (from, to, expected) in [
        ("231", "23", "item 0: segmentations[1]: "),
        ("\"video_id\": 3, ", "", "item 0: no \"video_id\""),
        ("0.5", "\"x\"", "item 0: score: "),
    ] {
        dir.file("in.json", results.replacen(from, to, 1));
        dir.run("convert in.json out.json --from youtube-vis")
            .fails("error: in.json:2: ", expected);
    }
}
