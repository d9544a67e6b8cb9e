"""The forms in which people have digits, each written anew from the same images; docs/forms.md lists them."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from tests.digit_files import idx_images, idx_labels, npz, table
from tests.pictures import image_file

Files = Mapping[str, bytes]
PIXELS = [f"pixel{number}" for number in range(784)]
ORDER = sorted(range(784), key=lambda number: PIXELS[number])  # as texts


def csv(rows, header: list | None = None, separator: str = ",") -> bytes:
    """A table of any cells."""
    lines = [] if header is None else [separator.join(map(str, header))]
    return "\n".join([*lines, *(separator.join(map(str, row)) for row in rows), ""]).encode()


def labeled(images, labels) -> list[list]:
    return [[label, *image] for image, label in zip(images.tolist(), labels.tolist(), strict=True)]


def label_at(place: int) -> Callable[..., bytes]:
    def write(images, labels):
        return csv([[*row[1 : place + 1], row[0], *row[place + 1 :]] for row in labeled(images, labels)])

    return write


def with_header(name: str, place: int) -> Callable[..., bytes]:
    def write(images, labels):
        rows = [[*row[1 : place + 1], row[0], *row[place + 1 :]] for row in labeled(images, labels)]
        return csv(rows, [*PIXELS[:place], name, *PIXELS[place:]])

    return write


def by_pixel(change: Callable) -> Callable[..., bytes]:
    """A table whose pixels are changed."""

    def write(images, labels):
        return csv([[label, *change(image).tolist()] for image, label in zip(images, labels.tolist(), strict=True)])

    return write


def ended(images, labels) -> bytes:
    return table(images, labels, "kaggle").replace(b"\n", b",\n")


def r_table(images, labels) -> bytes:
    """As R's write.table writes it: names of rows, for which the header has no cell."""
    rows = [[f'"{number}"', *row] for number, row in enumerate(labeled(images, labels), 1)]
    return csv(rows, ["label", *PIXELS], " ")


def numpy_text(images, labels) -> bytes:
    """As numpy.savetxt writes it by default: blanks, exponents, and a header behind #."""
    file = io.BytesIO()
    np.savetxt(file, np.column_stack([labels, images]), header="label " + " ".join(PIXELS))
    return file.getvalue()


def with_more_columns(images, labels) -> bytes:
    rows = [[f"scan{number}.png", "B", *row] for number, row in enumerate(labeled(images, labels))]
    return csv(rows, ["file", "writer", "label", *PIXELS])


# A table on its own: what is written, and what is said of it (a part of it, empty for nothing).
TABLES: dict[str, tuple[Callable[..., bytes], str]] = {
    "label first": (table, ""),
    "label last": (label_at(784), "labels are in the last column"),
    "label in the middle": (label_at(300), "labels are in column 301"),
    "header names class": (with_header("class", 784), ""),
    "header names digit": (with_header("digit", 0), ""),
    "header names Target": (with_header("Target", 200), ""),
    "header of another name": (with_header("what", 784), "labels are in the last column"),
    "pixels 0 and 1": (by_pixel(lambda image: (image > 127).astype(int)), "scaled to 0 and 255"),
    "pixels 0 to 1": (by_pixel(lambda image: np.round(image / 255, 4)), "scaled to 0 to 255"),
    "pixels -1 to 1": (by_pixel(lambda image: np.round(image / 127.5 - 1, 4)), "-1 to 1 was scaled"),
    "pixels as decimals": (by_pixel(lambda image: image.astype(float)), ""),
    "dark on bright": (by_pixel(lambda image: 255 - image), "were inverted"),
    "dark on bright 0 to 1": (by_pixel(lambda image: np.round(1 - image / 255, 4)), "were inverted"),
    "header of numbers": (lambda images, labels: csv(labeled(images, labels), ["label", *range(784)]), ""),
    "header of numbers alone": (lambda images, labels: csv(labeled(images, labels), list(range(785))), ""),
    "header behind #": (lambda images, labels: b"# " + table(images, labels, "kaggle"), ""),
    "remarks behind #": (lambda images, labels: b"# mine\n# 2024\n" + table(images, labels, "kaggle"), ""),
    "index column": (
        lambda images, labels: csv(
            [[number, *row] for number, row in enumerate(labeled(images, labels))], ["", "label", *PIXELS]
        ),
        "",
    ),
    "index column without header": (
        lambda images, labels: csv([[number, *row] for number, row in enumerate(labeled(images, labels))]),
        "",
    ),
    "other columns": (with_more_columns, "left out the columns file, writer"),
    "semicolons": (lambda images, labels: csv(labeled(images, labels), separator=";"), ""),
    "semicolons and decimal commas": (
        lambda images, labels: (
            by_pixel(lambda image: np.round(image / 255, 4))(images, labels).replace(b",", b";").replace(b".", b",")
        ),
        "scaled to 0 to 255",
    ),
    "tabs": (lambda images, labels: csv(labeled(images, labels), ["label", *PIXELS], "\t"), ""),
    "bars": (lambda images, labels: csv(labeled(images, labels), separator="|"), ""),
    "sep=;": (lambda images, labels: b"sep=;\n" + csv(labeled(images, labels), ["label", *PIXELS], ";"), ""),
    "one empty last cell": (ended, ""),
    "R": (r_table, ""),
    "numpy.savetxt": (numpy_text, ""),
    "UTF-16": (lambda images, labels: table(images, labels, "kaggle").decode().encode("utf-16"), ""),
    "UTF-16 without a mark": (lambda images, labels: table(images, labels).decode().encode("utf-16-be"), ""),
    "UTF-8 with a mark": (lambda images, labels: b"\xef\xbb\xbf" + table(images, labels, "kaggle"), ""),
    "carriage returns": (lambda images, labels: table(images, labels).replace(b"\n", b"\r"), ""),
    "blank first line": (lambda images, labels: b"\n" + table(images, labels, "kaggle"), ""),
    "gzipped": (lambda images, labels: gzip.compress(table(images, labels)), ""),
    "several empty last cells": (lambda images, labels: table(images, labels).replace(b"\n", b",,,\n"), ""),
    "empty last cells below the header": (
        lambda images, labels: (
            table(images, labels, "kaggle").replace(b"\n", b",\n").replace(b"pixel783,\n", b"pixel783\n")
        ),
        "",
    ),
    "pixels named in another order": (
        lambda images, labels: csv(
            [[label, *image[ORDER]] for image, label in zip(images, labels, strict=True)], ["label", *sorted(PIXELS)]
        ),
        "sorted by their numbers",
    ),
    "title above the header": (
        lambda images, labels: b"My digits" + 784 * b"," + b"\n\n" + table(images, labels, "kaggle"),
        "left out what stands above the table: My digits.",
    ),
    "Latin-1": (
        lambda images, labels: csv(labeled(images, labels), ["étiquette", *PIXELS]).decode().encode("latin-1"),
        "",
    ),
    "other columns without header": (
        lambda images, labels: csv(
            [[f"{number}.png", 1000 - number, *row] for number, row in enumerate(labeled(images, labels))]
        ),
        "left out column 1, 2",
    ),
}


def idx(values: np.ndarray, code: int) -> bytes:
    """An IDX file of any type and shape."""
    types = {0x08: ">u1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
    head = bytes([0, 0, code, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return head + values.astype(types[code]).tobytes()


def qmnist_labels(labels) -> bytes:
    rows = np.zeros((len(labels), 8), int)
    rows[:, 0], rows[:, 1:] = labels, np.arange(7) + 1000
    return idx(rows, 0x0C)


def tiff(image) -> bytes:
    return image_file(image.reshape(28, 28), "TIFF")


def png(image) -> bytes:
    return image_file(image.reshape(28, 28))


def zipped(files: Files) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def by_class(images, labels, folder: str = "{}", save: Callable[..., bytes] = png) -> dict[str, bytes]:
    places = range(len(labels))
    return {
        f"{folder.format(label)}/{place}.png": save(image)
        for place, image, label in zip(places, images, labels, strict=True)
    }


def listed(images, labels) -> dict[str, bytes]:
    rows = [[f"{place}.png", label] for place, label in enumerate(labels)]
    pictures = {f"images/{place}.png": png(image) for place, image in enumerate(images)}
    return pictures | {"labels.csv": csv(rows, ["file", "label"])}


def images_table(images, header=None) -> bytes:
    return csv(images.tolist(), header)


def labels_table(labels, header=None) -> bytes:
    return csv([[label] for label in labels.tolist()], header)


def saved(values) -> bytes:
    """As numpy.savetxt writes it to a file whose name ends with .gz."""
    file = io.BytesIO()
    np.savetxt(file, values)
    return gzip.compress(file.getvalue(), mtime=0)


# Sets of files: of the training part's images and labels, and the test part's; whether there is a test part.
SETS: dict[str, tuple[Callable[..., Files], bool]] = {
    "MNIST's IDX": (
        lambda x, y, tx, ty: {
            "train-images-idx3-ubyte.gz": gzip.compress(idx_images(x)),
            "train-labels-idx1-ubyte.gz": gzip.compress(idx_labels(y)),
            "t10k-images-idx3-ubyte": idx_images(tx),
            "t10k-labels-idx1-ubyte": idx_labels(ty),
        },
        True,
    ),
    "IDX with dots": (
        lambda x, y, tx, ty: {
            "train-images.idx3-ubyte": idx_images(x),
            "train-labels.idx1-ubyte": idx_labels(y),
            "t10k-images.idx3-ubyte": idx_images(tx),
            "t10k-labels.idx1-ubyte": idx_labels(ty),
        },
        True,
    ),
    "IDX as .bin": (
        lambda x, y, tx, ty: {
            "train_images.bin": idx_images(x),
            "train_labels.bin": idx_labels(y),
            "test_images.bin": idx_images(tx),
            "test_labels.bin": idx_labels(ty),
        },
        True,
    ),
    "IDX without a test part": (lambda x, y, tx, ty: {"images.idx": idx_images(x), "labels.idx": idx_labels(y)}, False),
    "torchvision": (
        lambda x, y, tx, ty: {
            "MNIST/raw/train-images-idx3-ubyte": idx_images(x),
            "MNIST/raw/train-labels-idx1-ubyte": idx_labels(y),
            "MNIST/raw/t10k-images-idx3-ubyte": idx_images(tx),
            "MNIST/raw/t10k-labels-idx1-ubyte": idx_labels(ty),
            "MNIST/raw/train-images-idx3-ubyte.gz": gzip.compress(idx_images(x)),
        },
        True,
    ),
    "QMNIST": (
        lambda x, y, tx, ty: {
            "qmnist-train-images-idx3-ubyte": idx_images(x),
            "qmnist-train-labels-idx2-int": qmnist_labels(y),
            "qmnist-test-images-idx3-ubyte": idx_images(tx),
            "qmnist-test-labels-idx2-int.gz": gzip.compress(qmnist_labels(ty)),
        },
        True,
    ),
    "EMNIST's names": (
        lambda x, y, tx, ty: {
            "emnist-digits-train-images-idx3-ubyte": idx_images(x),
            "emnist-digits-train-labels-idx1-ubyte": idx_labels(y),
            "emnist-digits-test-images-idx3-ubyte": idx_images(tx),
            "emnist-digits-test-labels-idx1-ubyte": idx_labels(ty),
            "emnist-digits-mapping.txt": b"0 48\n1 49\n",
        },
        True,
    ),
    "IDX of float 0 to 1": (
        lambda x, y, tx, ty: {"images.idx": idx(x.reshape(-1, 28, 28) / 255, 0x0D), "labels.idx": idx(y, 0x0C)},
        False,
    ),
    "train and test tables": (
        lambda x, y, tx, ty: {"train.csv": table(x, y, "kaggle"), "test.csv": table(tx, ty, "kaggle")},
        True,
    ),
    "tables with numbers": (
        lambda x, y, tx, ty: {"mnist_train_100.csv": table(x, y), "mnist_test_10.csv": table(tx, ty)},
        True,
    ),
    "tables from a browser": (
        lambda x, y, tx, ty: {"train (1).csv": table(x, y), "test (1).csv": table(tx, ty)},
        True,
    ),
    "fashion-mnist's names": (
        lambda x, y, tx, ty: {"fashion-mnist_train.csv": table(x, y), "fashion-mnist_test.csv": table(tx, ty)},
        True,
    ),
    "Kaggle": (
        lambda x, y, tx, ty: {
            "train.csv": table(x, y, "kaggle"),
            "test.csv": table(tx, None, "kaggle"),
            "sample_submission.csv": b"ImageId,Label\n1,0\n2,0\n",
        },
        False,
    ),
    "tables of images and of labels": (
        lambda x, y, tx, ty: {
            "X_train.csv": images_table(x, PIXELS),
            "y_train.csv": labels_table(y, ["label"]),
            "X_test.csv": images_table(tx, PIXELS),
            "y_test.csv": labels_table(ty, ["label"]),
        },
        True,
    ),
    "pandas' tables of images and of labels": (
        lambda x, y, tx, ty: {
            "train_images.csv": images_table(x, range(784)),
            "train_labels.csv": csv([[number, label] for number, label in enumerate(y)], ["", "0"]),
            "test_images.csv": images_table(tx, range(784)),
            "test_labels.csv": csv([[number, label] for number, label in enumerate(ty)], ["", "0"]),
        },
        True,
    ),
    "tables of images and one-hot labels": (
        lambda x, y, tx, ty: {
            "csvTrainImages 60x784.csv": images_table(x),
            "csvTrainLabel 60x1.csv": csv(np.eye(10, dtype=int)[y]),
            "csvTestImages 20x784.csv": images_table(tx),
            "csvTestLabel 20x1.csv": csv(np.eye(10, dtype=int)[ty], range(10)),
        },
        True,
    ),
    "numpy.savetxt's images and labels, gzipped": (
        lambda x, y, tx, ty: {"trainX.csv.gz": saved(x), "trainY.csv.gz": saved(y)},
        False,
    ),
    "zip with tables of images and of labels": (
        lambda x, y, tx, ty: {
            "digits.zip": zipped(
                {
                    "digits/x_train.csv": images_table(x),
                    "digits/y_train.csv": labels_table(y),
                    "digits/x_test.csv": images_table(tx),
                    "digits/y_test.csv": labels_table(ty),
                }
            )
        },
        True,
    ),
    "zip with a set": (
        lambda x, y, tx, ty: {
            "digits.zip": zipped(
                {
                    "digits/mnist_train.csv": table(x, y),
                    "digits/mnist_test.csv": table(tx, ty),
                    "__MACOSX/digits/._mnist_train.csv": b"\0\5",
                }
            )
        },
        True,
    ),
    "zipped tables": (
        lambda x, y, tx, ty: {
            "train.csv.zip": zipped({"train.csv": table(x, y)}),
            "test.csv.zip": zipped({"test.csv": table(tx, ty)}),
        },
        True,
    ),
    "zip with one table": (lambda x, y, tx, ty: {"train.zip": zipped({"train.csv": table(x, y)})}, False),
    "Keras": (
        lambda x, y, tx, ty: {
            "mnist.npz": npz(
                {
                    "x_train": x.reshape(-1, 28, 28),
                    "y_train": y,
                    "x_test": tx.reshape(-1, 28, 28),
                    "y_test": ty,
                }
            )
        },
        True,
    ),
    "npz of int64": (lambda x, y, tx, ty: {"a.npz": npz({"x_train": x.astype(int), "y_train": y.astype(int)})}, False),
    "npz of float 0 to 1": (
        lambda x, y, tx, ty: {"a.npz": npz({"x_train": (x / 255).astype(np.float32), "y_train": y})},
        False,
    ),
    "npz of (n, 28, 28, 1), one-hot": (
        lambda x, y, tx, ty: {"a.npz": npz({"X": x.reshape(-1, 28, 28, 1), "y": np.eye(10)[y]})},
        False,
    ),
    "npz with labels (n, 1)": (
        lambda x, y, tx, ty: {
            "a.npz": npz({"images": x.reshape(-1, 1, 28, 28), "labels": y[:, None].astype(np.int32)})
        },
        False,
    ),
    "npz with other names": (
        lambda x, y, tx, ty: {
            "a.npz": npz({"train_images": x, "train_labels": y, "test_images": tx, "test_labels": ty})
        },
        True,
    ),
    "npz without names": (lambda x, y, tx, ty: {"a.npz": npz({"arr_0": x, "arr_1": y})}, False),
    "npz with data and target": (
        lambda x, y, tx, ty: {"a.npz": npz({"data": x.astype(float), "target": y.astype("U1")})},
        False,
    ),
    "pictures by class": (lambda x, y, tx, ty: by_class(x, y), False),
    "pictures by part and class": (
        lambda x, y, tx, ty: by_class(x, y, "train/{}") | by_class(tx, ty, "test/{}"),
        True,
    ),
    "pictures by class, dark on bright": (lambda x, y, tx, ty: by_class(255 - x, y, "digit_{}"), False),
    "pictures with labels.csv": (lambda x, y, tx, ty: listed(x, y), False),
    "pictures by class of two digits": (lambda x, y, tx, ty: by_class(x, y, "0{}"), False),
    "pictures of 16 bits": (lambda x, y, tx, ty: by_class(x.astype(np.uint16) * 257, y), False),
    "pictures of 16 bits, 0 to 255": (lambda x, y, tx, ty: by_class(x.astype(np.uint16), y), False),
    "pictures of fractions": (lambda x, y, tx, ty: by_class((x / 255).astype(np.float32), y, save=tiff), False),
    "pictures with a list for each part": (
        lambda x, y, tx, ty: (
            {f"train/{place}.png": png(image) for place, image in enumerate(x)}
            | {f"test/{place}.png": png(image) for place, image in enumerate(tx)}
            | {"train.csv": csv([[f"{place}.png", label] for place, label in enumerate(y)])}
            | {"test.csv": csv([[f"{place}.png", label] for place, label in enumerate(ty)])}
        ),
        True,
    ),
    "pictures with labels.csv of several columns": (
        lambda x, y, tx, ty: (
            {f"{place:05d}.png": png(image) for place, image in enumerate(x)}
            | {"list.csv": csv([[place % 5, label, place] for place, label in enumerate(y)], ["fold", "label", "id"])}
        ),
        False,
    ),
    "pictures with labels.txt": (
        lambda x, y, tx, ty: (
            {f"images/{place}.png": png(image) for place, image in enumerate(x)}
            | {"labels.txt": csv([[rf"images\{place}.png", label] for place, label in enumerate(y)], separator=" ")}
        ),
        False,
    ),
    "zip with pictures by class": (lambda x, y, tx, ty: {"p.zip": zipped(by_class(x, y, "mnist/{}"))}, False),
}


def opendocument() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:  # its first member is not compressed
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    return file.getvalue()


# Files that are named, not read.
UNREAD: dict[str, tuple[str, bytes, str]] = {
    "pickle": ("mnist.pkl", b"\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94.", "a Python pickle, .* never opened"),
    "gzipped pickle": ("mnist.pkl.gz", gzip.compress(b"\x80\x02}q\0.", mtime=0), "a Python pickle"),
    "Parquet": ("train.parquet", b"PAR1\x15\0\x15" + bytes(40), "a Parquet table.*save it as a CSV table"),
    "MATLAB": ("mnist.mat", b"MATLAB 5.0 MAT-file, Platform: PCWIN" + bytes(100), "a MATLAB file"),
    "HDF5": ("mnist.h5", b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file"),
    "ARFF": ("mnist.arff", b"% MNIST\n@RELATION mnist\n@ATTRIBUTE pixel1 real\n", "an ARFF table"),
    "NumPy array": ("x_train.npy", b"\x93NUMPY\x01\0v\0{'descr': '|u1'", "a NumPy array .*npz"),
    "tar": ("digits.tar", bytes(257) + b"ustar\0" + bytes(300), "a tar archive.*unpack it"),
    "tar.gz": ("digits.tar.gz", gzip.compress(bytes(257) + b"ustar\0" + bytes(300), mtime=0), "a tar archive"),
    "xz": ("digits.csv.xz", b"\xfd7zXZ\0\0\4" + bytes(60), "an xz archive.*unpack it"),
    "PyTorch": ("training.pt", zipped({"archive/data.pkl": b"\x80\x02}q\0."}), "a PyTorch file, .* never opened"),
    "R": ("mnist.RData", gzip.compress(b"RDX3\nX\n\0\0\0\3", mtime=0), "an R file; write it with write.csv"),
    "LIBSVM": ("mnist.scale", b"5 153:0.0117 154:0.0703\n0 128:0.2 129:0.6235\n", "a LIBSVM table"),
    "TFRecord": ("mnist.tfrecord", b"\x84\3\0\0\0\0\0\0" + bytes(50), "a TFRecord file"),
    "OpenDocument": ("digits.ods", opendocument(), "an OpenDocument file; save it as a CSV table"),
    "Word": ("digits.docx", zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "a Word document"),
    "Excel": ("digits.xlsx", zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "an Excel workbook"),
    "web page": ("train.csv", b"<!DOCTYPE html>\n<html><title>Sign in</title>", "a web page"),
    "Git LFS": ("train.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "a Git LFS pointer"),
    "picture": ("3.png", png(np.zeros(784, np.uint8)), "a picture"),
}


def strokes(digit: int) -> list[list[list[int]]]:
    """A drawing that differs by digit."""
    return [[[0, 0], [40, 10 * digit], [20, 90]], [[5, 5], [30, 60 + digit]]]


def drawings(**of_each) -> list[dict]:
    """A drawing of each digit; `of_each` maps a field's name to what makes it of the digit."""
    return [{name: make(digit) for name, make in of_each.items()} for digit in range(10)]


def jsonl(records: list) -> bytes:
    return "\n".join(map(json.dumps, records)).encode()


def timed(digit: int) -> list:
    return [[[*point, 17 * number] for number, point in enumerate(stroke)] for stroke in strokes(digit)]


def by_axis(digit: int) -> list:
    return [[list(axis) for axis in zip(*stroke, strict=True)] for stroke in strokes(digit)]


INK: dict[str, bytes] = {
    "JSON lines": jsonl(drawings(label=str, strokes=strokes)),
    "gzipped": gzip.compress(jsonl(drawings(label=str, strokes=strokes)), mtime=0),
    "mark": b"\xef\xbb\xbf" + jsonl(drawings(label=str, strokes=strokes)),
    "UTF-16": jsonl(drawings(label=str, strokes=strokes)).decode().encode("utf-16"),
    "labels as numbers": jsonl(drawings(label=int, strokes=strokes)),
    "labels as decimals": jsonl(drawings(label=float, strokes=strokes)),
    "JSON list": json.dumps(drawings(label=str, strokes=strokes)).encode(),
    "JSON list over lines": json.dumps(drawings(label=str, strokes=strokes), indent=1).encode(),
    "list in an object": json.dumps({"drawings": drawings(label=int, strokes=strokes)}).encode(),
    "object over lines": b"\n".join(
        json.dumps(each, indent=2).encode() for each in drawings(label=str, strokes=strokes)
    ),
    "points with a time": jsonl(drawings(label=str, strokes=timed)),
    "points of five numbers": jsonl(
        drawings(label=str, strokes=lambda d: [[[*point, 0, 1, 2] for point in stroke] for stroke in strokes(d)])
    ),
    "list after other fields": json.dumps({"version": 2, "drawings": drawings(label=str, strokes=strokes)}).encode(),
    "points as objects": jsonl(
        drawings(label=str, strokes=lambda d: [[{"x": x, "y": y} for x, y in stroke] for stroke in strokes(d)])
    ),
    "Quick, Draw!": jsonl(drawings(word=str, drawing=by_axis)),
    "Quick, Draw! raw": jsonl(drawings(word=str, drawing=lambda digit: [[*axes, axes[0]] for axes in by_axis(digit)])),
}


def write(folder: Path, files: Files) -> Path:
    """Write files below a folder; returns the only one, or the folder of several."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / next(iter(files)) if len(files) == 1 else folder
