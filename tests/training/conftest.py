"""What the tests of training share."""

from dataclasses import replace

import pytest

from model.ink import sampler
from tests.paths import INK


@pytest.fixture
def drawings():
    """Thirty digits by as many writers."""
    return [
        replace(drawing, writer=f"writer {number}") for number, drawing in enumerate(sampler.read_ink_files(str(INK)))
    ]
