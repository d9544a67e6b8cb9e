"""The networks that a browser may fetch: those that come with Inkling, and to their owner alone, a visitor's own.

An address names a network by the checksum of its values, never a file. A visitor's own has their token in it, which
nobody else knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from secrets import compare_digest
from weakref import WeakKeyDictionary

from model.browser import wire
from model.nn.classifier import DigitClassifier
from ui import state
from ui.pickers import networks
from ui.state.visitor_state import VisitorState

SUFFIX = ".safetensors"

_checksums: WeakKeyDictionary[DigitClassifier, str] = WeakKeyDictionary()
_addressed: dict[str, str] = {}  # by checksum: the names of those that come with Inkling, to look there first
_shipped: dict[str, bytes] = {}  # by checksum: what was sent before


def address(name: str) -> str | None:
    """Where the browser gets the network of this name in the visitor's menus, relative to the page's address.

    None for a network that is too large for a browser, or that the visitor has no more.
    """
    is_own = name in state.visitor().networks
    if not is_own and name not in networks.shipped_names():
        return None
    network = networks.find(name).network
    if not wire.is_small_enough(network):
        return None
    sum_of_values = checksum(network)
    if is_own:
        return f"browser/networks/{state.visitor().token}/{sum_of_values}{SUFFIX}"
    _addressed[sum_of_values] = name
    return f"browser/networks/{sum_of_values}{SUFFIX}"


def checksum(network: DigitClassifier) -> str:
    """A network's checksum; networks in the menus never change, so it is computed once."""
    if network not in _checksums:
        _checksums[network] = network.checksum()
    return _checksums[network]


def shipped(wanted: str) -> bytes | None:
    """The file of the network that comes with Inkling and has this checksum; None if there is none."""
    if wanted not in _shipped:
        names = sorted(networks.shipped_names(), key=lambda name: name != _addressed.get(wanted))
        found = _find((networks.load_shipped(name).network for name in names), wanted)
        if found is None:
            return None
        _shipped[wanted] = wire.to_wire(found)
    return _shipped[wanted]


def own(owner: VisitorState | None, wanted: str) -> bytes | None:
    """The file of a visitor's own network; None if there is none, or no such visitor."""
    if owner is None:
        return None
    found = _find([checkpoint.network for checkpoint in list(owner.networks.values())], wanted)
    return wire.to_wire(found) if found and wire.is_small_enough(found) else None


def _find(candidates: Iterable[DigitClassifier], wanted: str) -> DigitClassifier | None:
    matches = (network for network in candidates if compare_digest(checksum(network).encode(), wanted.encode()))
    return next(matches, None)
