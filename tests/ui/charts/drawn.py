"""What a figure draws, as a test reads it."""

import pandas as pd

from ui.charts.vega import Figure


def rows_of(figure: Figure, kind: str) -> pd.DataFrame:
    """The rows of one kind."""
    found = figure.table.to_pandas()
    return found[found.kind == kind]
