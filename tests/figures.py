"""The figures that tests come to, for docs/reliability.md: `pytest --log-cli-level=INFO` shows them."""

import logging

_logger = logging.getLogger("figures")


def report(what: str, value: float, unit: str) -> None:
    """Say a figure."""
    _logger.info("%s: %.3g %s", what, value, unit)
