"""Signs that are no digits: letters, arrows, symbols, music, figures and alphabets that nobody has, as strokes."""

from model.ink.signs.kinds import KINDS, signs

__all__ = ["KINDS", "signs"]
