"""Drawings: strokes of the pen, rendered as MNIST's makers would have."""

from model.ink.drawing import (
    DIGITS,
    EDGE,
    MAX_COORDINATE,
    MAX_POINTS,
    MAX_STROKES,
    PEN_WIDTH,
    BlankDrawing,
    Drawing,
    read_ink,
    render,
)

__all__ = [
    "DIGITS",
    "EDGE",
    "MAX_COORDINATE",
    "MAX_POINTS",
    "MAX_STROKES",
    "PEN_WIDTH",
    "BlankDrawing",
    "Drawing",
    "read_ink",
    "render",
]
