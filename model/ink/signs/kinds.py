"""All kinds of signs with their weights, and drawings of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.ink.drawing import Drawing
from model.ink.hands.forms import Form, by_hand
from model.ink.signs import alphabets, letters, music, symbols

KINDS: Mapping[str, Form] = {
    "letter": Form(3, letters.letter),
    "word": Form(1.5, letters.word),
    "arrow": Form(2.5, symbols.arrow),
    "symbol": Form(2, symbols.symbol),
    "bracket": Form(0.7, symbols.bracket),
    "note": Form(2, music.note),
    "musical sign": Form(1.5, music.musical_sign),
    "symmetrical figure": Form(1.5, alphabets.symmetrical_figure),
    "letter of no alphabet": Form(4, alphabets.glyph),
    "outline with a dent": Form(1.5, alphabets.dented_outline),
    "bars with a stroke": Form(3, alphabets.barred_glyph),
    "outline with a stem": Form(1.2, alphabets.pierced_outline),
    "syllable": Form(0.8, alphabets.syllable),
    "one long curve": Form(1, alphabets.long_curve),
}


def signs(count: int, rng: np.random.Generator, kinds: Mapping[str, Form] = KINDS) -> list[Drawing]:
    """Draw `count` signs, each of a kind chosen by its weight."""
    forms = list(kinds.values())
    weights = np.array([form.weight for form in forms])
    chosen = rng.choice(len(forms), count, p=weights / weights.sum())
    return [Drawing(tuple(by_hand(forms[index].draw(rng), rng))) for index in chosen]
