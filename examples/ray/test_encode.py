"""Two local workers write what one process does: `python examples/ray/test_encode.py`."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet
import ray
from encode import encode

import maskrle


def main():
    random = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as folder:
        masks, out = Path(folder, "masks"), Path(folder, "out")
        masks.mkdir()
        wanted = {}
        for file in range(20):
            shape = (int(random.integers(1, 5)), int(random.integers(1, 90)), 64)
            stack = random.random(shape) < 0.3
            np.save(masks / f"{file:02}.npy", stack)
            for index, rle in enumerate(maskrle.encode(stack)):
                wanted[f"{file:02}.npy", index] = (rle, int(stack[index].sum()))
        # Two cores for the workers, and two for those who read and write files.
        ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False)
        encode(str(masks), str(out), workers=2)
        ray.shutdown()
        rows = pyarrow.parquet.read_table(out).to_pylist()
        found = {
            (row["source"], row["index"]): (
                {"size": [row["height"], row["width"]], "counts": row["counts"]},
                row["area"],
            )
            for row in rows
        }
        assert len(rows) == len(wanted)
        assert found == wanted
        print(f"{len(rows)} masks of two workers are those of one process")


if __name__ == "__main__":
    main()
