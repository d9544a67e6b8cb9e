"""What the trials of an experiment learn from, start with and are judged by, known by its content.

Each process that computes trials needs it once. It finds it by itself if it can, in its own cache or its own files,
and knows by the digest that it is the same; else it is sent there. The test part of the data is not in it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from model import data
from model.common.arrays import U8
from model.data import Dataset, datasets
from model.ink import Drawing
from model.ink.sampler import read_ink_files, render_all
from model.training.ancestors import NetworkFile

MOST_KEPT = 4  # of a process


class MissingMaterialError(LookupError):
    """This process can't find the material by itself."""


@dataclass(frozen=True)
class MaterialReference:
    """What leads to material: where it may be found, and what its content is."""

    digest: str
    source: str  # the data set's name or path
    ink: str = ""
    judge: str = ""
    networks: tuple[str, ...] = ()
    folder: str = ""  # where the data set was unpacked on the machine that began the experiment


@dataclass(frozen=True, eq=False)
class Material:
    """Images, drawings and networks to learn from, and images of digits to judge by.

    Attributes:
        dataset: The data set, without its test part.
        drawings: The ink to learn from.
        judge_images: (n, 784), the images for ink_accuracy.
        judge_labels: (n,).
        ink: The files of the drawings, as TrainingConfig.ink names them.
        judge: The files to judge by.
        networks: The teachers and the networks to start from, by their names.
    """

    dataset: Dataset
    drawings: Sequence[Drawing]
    judge_images: U8
    judge_labels: U8
    ink: str
    judge: str
    networks: Mapping[str, NetworkFile]

    @classmethod
    def of(cls, dataset: Dataset, ink: str = "", judge: str = "", networks: Sequence[str] = ()) -> Material:
        """The material of a data set, of ink files, and of networks, which are named as in a TrainingConfig.

        Raises:
            ValueError: A file is not there, or is none of its kind; or there is nothing to judge by.
            OSError: A file can't be read.
        """
        images, labels = render_all(read_ink_files(judge))
        if judge and not len(labels):
            raise ValueError(f"judge must be ink files with digits; got none in {judge}")
        learned = Dataset(
            dataset.name, dataset.images, dataset.labels, dataset.images[:0], dataset.labels[:0], dataset.notes
        )
        files = {name: NetworkFile.find(name) for name in networks}
        return cls(learned, tuple(read_ink_files(ink)), images, labels, ink, judge, files)

    @cached_property
    def digest(self) -> str:
        """What tells it from other material, by all of its content."""
        found = hashlib.blake2b(digest_size=16)
        for array in (self.dataset.images, self.dataset.labels, self.judge_images, self.judge_labels):
            found.update(f"{array.shape}".encode())
            found.update(np.ascontiguousarray(array).data)
        for drawing in self.drawings:
            found.update(repr((drawing.label, drawing.writer, len(drawing.strokes))).encode())
            for stroke in drawing.strokes:
                found.update(np.ascontiguousarray(stroke).tobytes())
        for file in self.networks.values():
            found.update(f"{len(file.content)}".encode())
            found.update(file.content)
        return found.hexdigest()

    def reference(self, source: str, folder: Path | None = None) -> MaterialReference:
        """Return what leads to it.

        Args:
            source: the data set's name or path.
            folder: where the processes of this machine open the images, unless the data set has a name: they are
                written there.

        Raises:
            ValueError: the folder can't be written.
        """
        found = MaterialReference(self.digest, source, self.ink, self.judge, tuple(self.networks))
        if source in datasets.DATASETS or folder is None:
            return found
        place = folder.resolve() / self.digest
        if not place.is_dir():
            datasets.save(self.dataset, place)
        return replace(found, folder=str(place))


_kept: OrderedDict[str, Material] = OrderedDict()  # of this process


def keep(material: Material) -> None:
    """Keep material for the trials of this process."""
    _kept[material.digest] = material
    _kept.move_to_end(material.digest)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)


def find(reference: MaterialReference) -> Material:
    """Return the material that is meant.

    Raises:
        MissingMaterialError: It is not to be found from here.
    """
    if reference.digest in _kept:
        return _kept[reference.digest]
    for place in filter(None, (reference.folder, reference.source)):
        try:
            dataset = datasets.open_folder(Path(place)) if place == reference.folder else data.load(place)
            material = Material.of(dataset, reference.ink, reference.judge, reference.networks)
        except (ValueError, OSError):
            continue
        if material.digest == reference.digest:
            keep(material)
            return material
    raise MissingMaterialError(reference.digest)
