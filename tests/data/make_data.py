"""Make the mask files of this folder from two images that ship inside scikit-image.

    pip install -r tests/data/requirements.txt
    python tests/data/make_data.py

Nothing is downloaded. README.md describes every file.
"""

import colorsys
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data, filters, measure, morphology, segmentation

FOLDER = Path(__file__).resolve().parent
SMALLEST_COIN = 200  # pixels; the coins have over 1000, the specks under 20


def save_npy(name, array):
    np.save(FOLDER / name, array)


def save_png(name, array, palette=None):
    """Write a PNG and check that reading it gives the same pixels back."""
    image = Image.fromarray(array)
    if palette is not None:
        image.putpalette(palette)
    image.save(FOLDER / name, optimize=True)
    with Image.open(FOLDER / name) as written:
        assert written.mode == image.mode
        assert np.array_equal(np.asarray(written), array)


def label_coins(photo):
    """Number the coins 1, 2, 3 and so on; 0 is background."""
    bright = photo > filters.threshold_otsu(photo)
    closed = morphology.closing(bright, morphology.footprint_rectangle((3, 3)))
    inside = segmentation.clear_border(closed)
    coins = morphology.remove_small_objects(inside, max_size=SMALLEST_COIN)
    return measure.label(coins).astype(np.uint8)


def distinct_colours(count):
    """A flat RGB palette: black, then `count` colours spread around the hue circle."""
    palette = [0, 0, 0]
    for i in range(count):
        rgb = colorsys.hsv_to_rgb(i * 0.618 % 1, 0.75, 1.0 if i % 2 else 0.75)
        palette += [round(255 * channel) for channel in rgb]
    return palette


def main():
    horse = ~data.horse()  # the image is a black animal on white
    save_npy("horse.npy", horse)
    save_npy("horse_fortran.npy", np.asfortranarray(horse))
    save_png("horse.png", horse)

    photo = data.coins()
    labels = label_coins(photo)
    count = int(labels.max())
    save_npy("coins_labels.npy", labels)
    save_png("coins_labels.png", labels, distinct_colours(count))
    save_png("coins_u16.png", labels.astype(np.uint16) * 1000)
    save_npy("coins_big_endian.npy", labels[100:200, 60:180].astype(">i2"))

    half = labels[::2, ::2]
    stack = np.stack([half == label for label in range(1, count + 1)])
    save_npy("coins.npy", stack[stack.any(axis=(1, 2))].astype(np.uint8))

    smooth = filters.gaussian(photo, sigma=1.5, preserve_range=True)
    logits = (smooth - filters.threshold_otsu(photo)) / 16
    save_npy("coins_logits.npy", logits.astype(np.float16))


if __name__ == "__main__":
    main()
