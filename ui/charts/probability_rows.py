"""The probability of each digit for one labeled image, as rows with bars."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ui.common import templates
from ui.common.formatting import percent

NEGLIGIBLE = 0.0005  # smaller probabilities have no number beside their bar


def probability_rows(probabilities: NDArray[Any], label: int) -> str:
    """Show ten probabilities (10,) as HTML: the label's in blue, a wrong prediction's in vermilion, the rest gray."""
    answer = int(probabilities.argmax())
    rows = [
        {
            "kind": "right" if digit == label else "wrong" if digit == answer else "other",
            "width": f"{100 * value:.2f}",
            "text": percent(value) if value >= NEGLIGIBLE else "",
        }
        for digit, value in enumerate(np.nan_to_num(probabilities.astype(float)).tolist())
    ]
    return templates.render("charts/probability_rows.html", rows=rows)
