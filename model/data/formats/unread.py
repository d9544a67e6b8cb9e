"""Files that are known but not read: what each is, and what to do with it instead."""

from __future__ import annotations

import re

_AS_NPZ = "save its images and labels with numpy.savez as an npz"
_AS_CSV = "save it as a CSV table"

# How a file begins, what it is, and what to do.
BEGINNINGS = (
    (b"\x93NUMPY", "a NumPy array (.npy), which has no labels", _AS_NPZ),
    (b"PAR1", "a Parquet table", _AS_CSV),
    (b"ARROW1", "an Arrow (Feather) table", _AS_CSV),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _AS_NPZ),
    (b"MATLAB ", "a MATLAB file", _AS_NPZ),
    (b"SQLite format 3", "an SQLite database", _AS_CSV),
    (b"%PDF", "a PDF", "save its page as a picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook", _AS_CSV),
    (b"\xfd7zXZ\0", "an xz archive", "unpack it first"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"7z\xbc\xaf'\x1c", "a 7-Zip archive", "unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it first"),
    (b"RDX2\n", "an R file", "write it with write.csv"),
    (b"RDX3\n", "an R file", "write it with write.csv"),
    (b"X\n\0\0\0", "an R file", "write it with write.csv"),
    (b"<stata_dta>", "a Stata file", _AS_CSV),
    (b"$FL2", "an SPSS file", _AS_CSV),
    (b"ORC", "an ORC table", _AS_CSV),
    (b"Obj\x01", "an Avro file", _AS_CSV),
    (b"PK\x05\x06", "a zip without any file", "pack it again"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "fetch the file with 'git lfs pull'"),
)
_PICKLE_PROTOCOLS = range(2, 6)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_SPARSE = re.compile(rb"\s*[-+]?\d+(?:\.\d+)?(?:\s+\d+:[-+.\deE]+)+\s")  # 5 153:3 154:18
_HEIF = (b"ftyphei", b"ftypmif", b"ftypavif")


def describe_unread(start: bytes, name: str) -> tuple[str, str] | None:
    """Return what a file is that is known but not read, and what to do; None of any other file.

    Args:
        start: how it begins, unpacked if it is gzipped: 512 bytes tell.
        name: the file's name, which tells an old pickle.
    """
    for beginning, what, advice in BEGINNINGS:
        if start.startswith(beginning):
            return what, advice
    if start[257:262] == b"ustar":
        return "a tar archive", "unpack it first, and name the folder"
    text = start.lstrip()[:64].lower()
    if start.startswith(b"PK\x03\x04"):
        return _describe_zip(start)
    if name.lower().endswith((".tfrecord", ".tfrecords")):
        return "a TFRecord file", _AS_NPZ
    if _SPARSE.match(start):
        return "a LIBSVM table, of the pixels that are not 0", "save it with all pixels as a CSV table"
    if _is_pickle(start, name):
        return "a Python pickle, which could run code and is never opened", _AS_NPZ
    if text.startswith((b"@relation", b"@data")) or (name.lower().endswith(".arff") and text.startswith(b"%")):
        return "an ARFF table", _AS_CSV
    if text.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page, not the file behind the link", "download the file itself"
    if is_picture(start):
        return "a picture", "give it to classify, or put pictures into a folder for each digit"
    return None


def _describe_zip(start: bytes) -> tuple[str, str] | None:
    """Tell some programs' files, which are zips, by the first member."""
    first = start[30 : 30 + int.from_bytes(start[26:28], "little")]
    if first.endswith(b"/data.pkl"):
        return "a PyTorch file, which could run code and is never opened", _AS_NPZ
    if first == b"mimetype" and b"opendocument" in start:
        return "an OpenDocument file", _AS_CSV
    return None


def is_picture(start: bytes) -> bool:
    """Whether a file begins as a picture does."""
    is_webp = start.startswith(b"RIFF") and start[8:12] == b"WEBP"
    return start.startswith(_PICTURES) or is_webp or start[4:].startswith(_HEIF)


def _is_pickle(start: bytes, name: str) -> bool:
    if len(start) > 2 and start[0] == 0x80 and start[1] in _PICKLE_PROTOCOLS:
        return True
    return name.lower().removesuffix(".gz").endswith((".pkl", ".pickle", ".pck"))
