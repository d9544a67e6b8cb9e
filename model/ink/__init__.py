"""Drawings: strokes of a pen, rendered as MNIST images."""

from model.ink.drawing import (
    DIGITS,
    MAX_COORDINATE,
    MAX_POINTS,
    MAX_STROKES,
    BlankDrawing,
    Drawing,
)
from model.ink.ink_file import InkLine, read_ink, read_ink_lines
from model.ink.mnist_layout import Layout
from model.ink.rendering import EDGE, PEN_WIDTH, render
from model.ink.sampler import InkMixture, InkSampler
from model.ink.stroke_batch import Variation

__all__ = [
    "DIGITS",
    "EDGE",
    "MAX_COORDINATE",
    "MAX_POINTS",
    "MAX_STROKES",
    "PEN_WIDTH",
    "BlankDrawing",
    "Drawing",
    "InkLine",
    "InkMixture",
    "InkSampler",
    "Layout",
    "Variation",
    "read_ink",
    "read_ink_lines",
    "render",
]
