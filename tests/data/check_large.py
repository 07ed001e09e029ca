"""Check that `maskrle convert` takes a dataset larger than it may have memory. No part of the
ordinary tests; POSIX only.

    python tests/data/check_large.py target/release/maskrle [MIB]

The dataset has 2048 MiB unless told: two kinds of polygon and counts in turn, and the images after
the annotations, where their sizes are needed before they are met. It lies where temporary files do,
and is removed.
"""

import json
import math
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MOST_MIB = 512


def write(path, size):
    """A dataset of a little more than `size` bytes. Returns how many annotations it has."""
    ring = [
        round(f(i / 6.4), 2)
        for i in range(40)
        for f in (lambda a: 320 + 90 * math.cos(a), lambda a: 240 + 70 * math.sin(a))
    ]
    counts = [7, 3] * 200 + [480 * 640 - 2000]
    kinds = [
        json.dumps(kind)
        for kind in (
            [ring],
            {"size": [480, 640], "counts": counts},
            [[10.5, 10, 200.25, 12, 8, 290]],
        )
    ]
    count = written = 0
    with open(path, "w", buffering=1 << 20) as out:
        out.write('{"annotations": [')
        while written < size:
            head = (
                f'{{"id": {count + 1}, "image_id": {count // 7}, '
                '"category_id": 1, "area": 1234.50, "segmentation": '
            )
            written += out.write("".join([",\n" if count else "\n", head, kinds[count % 3], "}"]))
            count += 1
        out.write('\n], "images": [')
        for image in range((count + 6) // 7):
            row = f'{{"id": {image}, "file_name": "{image:012}.jpg", "height": 480, "width": 640}}'
            out.write((",\n" if image else "\n") + row)
        out.write("\n]}\n")
    return count


def main():
    maskrle, mib = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2048
    with tempfile.TemporaryDirectory() as folder:
        made, rle, other = (Path(folder) / name for name in ("made.json", "rle.json", "other"))
        count = write(made, mib << 20)
        print(f"{count} annotations, {made.stat().st_size >> 20} MiB")
        for source, to in (
            (made, "coco"),
            (rle, "coco-counts"),
            (rle, "kaggle"),
            (rle, "coco-results"),
        ):
            out = rle if to == "coco" else other
            subprocess.run([maskrle, "convert", source, out, "--to", to], check=True)
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
            print(
                f"to {to}: {out.stat().st_size >> 20} MiB written, "
                f"{most} MiB resident at most so far"
            )
            assert most < MOST_MIB


if __name__ == "__main__":
    main()
