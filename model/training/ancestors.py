"""The networks that a run learns from: its teachers, and the one whose parameters it starts with.

What they have seen, a network that learned from them has seen too, so its scores on those images are no fair ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from model.common.arrays import Array
from model.common.paths import expanded
from model.config import TrainingConfig
from model.data.overlap import UNKNOWN
from model.nn.classifier import DigitClassifier
from model.nn.distillation import SoftTargets, soften
from model.nn.mlp import MLP
from model.training.checkpoint import ANCESTORS_DATA, Checkpoint, Scores, load
from model.training.shipped import find_shipped, find_weights, shipped

LAYERS = ("hidden_sizes", "activation", "batch_normalization", "background")  # the settings that make a shape


@dataclass(frozen=True)
class Teacher:
    """Networks whose mean probabilities are learned."""

    networks: tuple[MLP, ...]
    temperature: float
    weight: float

    def soft_targets(self, images: Array) -> SoftTargets:
        """Return what they say of images (n, 784)."""
        logits = [network.logits(images) for network in self.networks]
        return SoftTargets(soften(logits, self.temperature), self.temperature, self.weight)


@dataclass(frozen=True)
class NetworkFile:
    """A network's file as it goes to another machine."""

    name: str  # with its ending, which says what it is
    content: bytes

    @classmethod
    def find(cls, name: str) -> NetworkFile:
        """Read the file of a network by its path, or by its name if it comes with Inkling.

        Raises:
            ValueError: There is none, or it is no network.
            OSError: It can't be read.
        """
        path = find_weights(expanded(name))
        found = cls(path.name, path.read_bytes())
        found.load()
        return found

    def load(self) -> Checkpoint:
        """Return the network.

        Raises:
            ValueError: It is none.
        """
        return load(self.content, self.name)


@dataclass(frozen=True)
class Ancestors:
    """The networks of a run that were trained before it.

    Attributes:
        teachers: Those whose answers it learns.
        start: The one that it starts from.
        data: The names of the data sets and ink files that they learned from, and `UNKNOWN` if one is not known.
    """

    teachers: tuple[DigitClassifier, ...] = ()
    start: DigitClassifier | None = None
    data: tuple[str, ...] = ()

    @classmethod
    def by_name_or_path(cls, config: TrainingConfig) -> Ancestors:
        """Load the networks that a config names, by their files' paths or by the names of those with Inkling.

        Raises:
            ValueError: One is missing, is no network, or does not fit; one line says which and what would.
            OSError: A file can't be read.
        """
        return cls._of(config, lambda name: load(find_weights(expanded(name))))

    @classmethod
    def by_name(cls, config: TrainingConfig) -> Ancestors:
        """Load them from among those that come with Inkling: no name leads to another file.

        Raises:
            ValueError: One is not among them, or does not fit.
        """
        return cls._of(config, lambda name: load(find_shipped(name)))

    @classmethod
    def among(cls, config: TrainingConfig, files: Mapping[str, NetworkFile]) -> Ancestors:
        """Take them from files that were read before, by `network_names`.

        Raises:
            ValueError: One does not fit.
            KeyError: One is not there.
        """
        return cls._of(config, lambda name: files[name].load())

    @classmethod
    def _of(cls, config: TrainingConfig, find: Callable[[str], Checkpoint]) -> Ancestors:
        teachers = {name: _find("teacher", name, find) for name in names(config.teacher)}
        started = [_find("start_from", name, find) for name in network_names((), (config.start_from,))]
        for name, teacher in teachers.items():
            _check_teacher(config, name, teacher.network)
        for start in started:
            _check_start(config, start.network)
        seen = dict.fromkeys(name for one in (*teachers.values(), *started) for name in data_of(one))
        return cls(
            tuple(one.network for one in teachers.values()), started[0].network if started else None, tuple(seen)
        )

    def teacher(self, config: TrainingConfig) -> Teacher | None:
        """Return the teachers as one, with the config's temperature and weight; None without any."""
        networks = tuple(one.mlp for one in self.teachers)
        return Teacher(networks, config.teacher_temperature, config.teacher_weight) if networks else None

    def checksums(self) -> list[str]:
        """Return what tells these networks from others of the same names."""
        return [one.checksum() for one in (*self.teachers, *([self.start] if self.start else []))]


def names(listed: str) -> list[str]:
    """Return the names in a list that is separated by commas."""
    return [name.strip() for name in listed.split(",") if name.strip()]


def network_names(teachers: Iterable[str], starts: Iterable[str]) -> tuple[str, ...]:
    """Return the names of all networks in values of the settings teacher and start_from."""
    listed = [name for teacher in teachers for name in names(teacher)]
    return tuple(dict.fromkeys([*listed, *(start.strip() for start in starts if start.strip())]))


def data_of(trained: Checkpoint) -> tuple[str, ...]:
    """Return the names of the data sets and ink files that a network learned from, itself or by its ancestors."""
    config = trained.config
    if config is None:
        return (UNKNOWN,)
    return tuple(dict.fromkeys((config.data, *names(config.ink), *data_of_ancestors(config, trained.scores))))


def data_of_ancestors(config: TrainingConfig, scores: Scores) -> tuple[str, ...]:
    """Return the names of the data that a network's ancestors learned from; `UNKNOWN` for those that are not known."""
    if not (config.teacher or config.start_from):
        return ()
    noted = scores.get(ANCESTORS_DATA)
    if isinstance(noted, str):
        return tuple(names(noted))
    found = (_data_of_shipped(name) for name in (*names(config.teacher), *names(config.start_from)))
    return tuple(dict.fromkeys(name for data in found for name in data))


def problem(config: TrainingConfig) -> str | None:
    """Return why networks that come with Inkling do not fit a config, in one line; None if they do."""
    try:
        for name in names(config.teacher):
            _check_teacher(config, name, _shipped(name).network)
        if config.start_from:
            _check_start(config, _shipped(config.start_from).network)
    except ValueError as error:
        return str(error)
    return None


@cache
def _shipped(name: str) -> Checkpoint:
    return load(find_shipped(name))


def _data_of_shipped(name: str) -> Sequence[str]:
    return data_of(_shipped(name)) if name in shipped() else (UNKNOWN,)


def _find(setting: str, name: str, find: Callable[[str], Checkpoint]) -> Checkpoint:
    try:
        return find(name)
    except ValueError as error:
        raise ValueError(f"{setting}: {error}") from None


def _check_teacher(config: TrainingConfig, name: str, network: DigitClassifier) -> None:
    if network.mlp.sizes[-1] == config.sizes[-1]:
        return
    if network.has_reject_class:
        fits = "turn the reject class on (background), or take a teacher without one, such as champion"
    else:
        fits = "turn the reject class off (background), or take a teacher that has one, such as handwriting"
    raise ValueError(
        f"teacher must have {config.sizes[-1]} outputs, as many as this network; {name} has {network.mlp.sizes[-1]}: "
        f"{fits}"
    )


def _check_start(config: TrainingConfig, network: DigitClassifier) -> None:
    mlp, has_hidden_layers = network.mlp, bool(config.hidden_sizes)
    wanted = config.sizes, config.activation, config.batch_normalization and has_hidden_layers
    activation = mlp.activation if has_hidden_layers else config.activation  # without a layer that uses it, any will do
    if wanted != (mlp.sizes, activation, mlp.batch_normalization):
        raise ValueError(
            f"start_from must be a network of the same layers, {_described(*wanted)}; {config.start_from} is "
            f"{described(mlp)} ({', '.join(LAYERS)} make the layers)"
        )


def described(mlp: MLP) -> str:
    """Write a network's layers: 784-128-10 relu."""
    return _described(mlp.sizes, mlp.activation, mlp.batch_normalization)


def _described(sizes: Sequence[int], activation: str, normalized: bool) -> str:
    return f"{'-'.join(map(str, sizes))} {activation}{' with batch normalization' if normalized else ''}"
