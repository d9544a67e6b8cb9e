"""The names of a data set's files and arrays: which part each is of, and what it has in common with the others."""

from __future__ import annotations

import re
from enum import StrEnum, auto

_ROLE = re.compile(
    r"(?<![a-z])(?:emnist|mnist)?[xy]?"
    r"(?P<role>train(?:ing)?|tr|test(?:ing)?|te|t10k|valid(?:ation)?|val|dev)"
    r"(?=(?:set|data|images?|labels?|digits?|x|y)?(?![a-z]))"
)
# What names the kind of a file, and not the data set.
_KIND = re.compile(
    r"(?<![a-z])(?:images?|imgs?|labels?|lbls?|targets?|ubyte|uint8|int|data|set|x|y|raw|digits?)(?![a-z])"
)
_ENDINGS = re.compile(r"\.(?:csv|tsv|txt|gz|bin|idx|idx\d|npz|npy|jsonl?|ndjson|zip|dat|data)(?![a-z])")
_LABELS = re.compile(
    r"(?:labels?|lbls?|targets?|(?<![a-z])(?:class(?:es)?|answers?|digits?|y))(?![a-z])"
    r"|(?<![a-z])y(?=train|tr(?![a-z])|te?st|te(?![a-z])|t10k|val|dev)"
)


class Part(StrEnum):
    """A part of a data set."""

    TRAINING = auto()
    TEST = auto()
    VALIDATION = auto()
    UNKNOWN = auto()


def part_of(name: str) -> Part:
    """Tell by a file's or an array's name which part of a data set it is."""
    found = _ROLE.search(_plain(name))
    if not found:
        return Part.UNKNOWN
    role = found["role"]
    if role.startswith("tr"):
        return Part.TRAINING
    return Part.TEST if role.startswith("t") else Part.VALIDATION


def says_labels(name: str) -> bool:
    """Whether a file's name says that it holds labels, and not images."""
    return _LABELS.search(_plain(name)) is not None


def common_name(name: str) -> str:
    """What the names of a data set's files have in common: the name without part, kind, ending and numbers."""
    text = _ENDINGS.sub(" ", _plain(name))
    text = _ROLE.sub(lambda found: found[0][: found.start("role") - found.start()].rstrip("xy") + " ", text)
    text = _KIND.sub(" ", text)
    text = re.sub(r"idx\d", " ", text)
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join(word for word in words if not word.isdigit())


def _plain(name: str) -> str:
    """Lower case, with TrainImages taken apart."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
