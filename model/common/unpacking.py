"""A small file must not unpack into one that fills the memory."""

from __future__ import annotations

HARMLESS = 64 * 2**20  # bytes that anything may unpack to: 80,000 of MNIST's images
MAX_RATIO = 100  # images and drawings shrink to a fifth, black and white ones to a fortieth


def check_ratio(name: str, unpacked: int, packed: int) -> None:
    """Refuse a file that unpacks to far more bytes than it has.

    Raises:
        ValueError: names the file and says what came.
    """
    if unpacked > max(HARMLESS, MAX_RATIO * packed):
        raise ValueError(
            f"{name}: expected data that shrink to no less than a {MAX_RATIO}th when packed; "
            f"got {packed:,} bytes that unpack to {unpacked:,} or more"
        )
