"""Examples are sampled without repetition, and the same seed gives the same ones."""

import numpy as np

from ui.evaluate.examples import sample


def test_a_sample_is_drawn_without_repetition_and_again_the_same() -> None:
    indices = np.arange(100) * 3
    drawn = sample(indices, 12, seed=1)
    assert len(set(drawn)) == 12
    assert set(drawn) <= set(indices)
    assert (drawn == sample(indices, 12, seed=1)).all()
    assert (drawn != sample(indices, 12, seed=2)).any()
    assert sorted(sample(indices[:5], 12, seed=1)) == list(indices[:5])
