"""Encode a folder of mask stacks on many workers with Ray Data, into parquet.

    pip install ./python 'ray[data]'
    python examples/ray/encode.py MASKS OUT --workers 8

MASKS holds .npy files, [n, h, w] or [h, w] each, of any integers or bools. OUT becomes a folder of
parquet files with a row for each mask: source, index, height, width, counts (COCO's string), area.
Each worker keeps an encoder with the threads of its cores, so that none waits for another's.
"""

import argparse
import io
from pathlib import Path

import numpy as np
import ray

import maskrle


class EncodeStacks:
    """Actor that encodes the stacks of a batch of files."""

    def __init__(self, threads: int) -> None:
        self.encoder = maskrle.Encoder(threads=threads)

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, list]:
        columns = {name: [] for name in ("source", "index", "height", "width", "counts", "area")}
        for path, content in zip(batch["path"], batch["bytes"], strict=True):
            stack = np.load(io.BytesIO(content))
            runs = self.encoder.runs(stack)
            for index, (rle, area) in enumerate(zip(runs.to_coco(), runs.areas, strict=True)):
                height, width = rle["size"]
                row = (Path(path).name, index, height, width, rle["counts"], int(area))
                for name, value in zip(columns, row, strict=True):
                    columns[name].append(value)
        return columns


def encode(masks: str, out: str, workers: int, threads: int = 1) -> None:
    """Encode the .npy files of a folder into parquet files of another."""
    files = ray.data.read_binary_files(masks, include_paths=True, file_extensions=["npy"])
    rows = files.map_batches(
        EncodeStacks,
        fn_constructor_kwargs={"threads": threads},
        batch_size=8,
        num_cpus=threads,
        compute=ray.data.ActorPoolStrategy(size=workers),
    )
    rows.write_parquet(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("masks", help="folder of .npy files")
    parser.add_argument("out", help="folder for parquet files")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1, help="of each worker")
    options = parser.parse_args()
    encode(options.masks, options.out, options.workers, options.threads)


if __name__ == "__main__":
    main()
