"""Whether a plan can be computed at all: settings that contradict one another are refused before a study is begun.

That some trials can't be is no harm: each says why. If none can, there is nothing to find out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from model.experiments.material import Material
from model.experiments.plan import ExperimentPlan
from model.experiments.space import Params, SearchSpace
from model.training import Trainer
from model.training.ancestors import Ancestors

MOST_TRIED = 50  # combinations in which each value has its turn, and as many at random


def check_plan(plan: ExperimentPlan, material: Material) -> None:
    """Check that some trial of a plan can begin.

    Raises:
        ValueError: None can; one line says why the first one can't.
    """
    first = ""
    for params in _samples(plan.space):
        try:
            config = plan.config(params)
            ancestors = Ancestors.among(config, material.networks)
            Trainer(config, material.dataset, material.drawings, ancestors=ancestors)
        except ValueError as error:
            first = first or " ".join(str(error).split())
        except MemoryError:  # of this process: a trial's own will say what becomes of it
            return
        else:
            return
    raise ValueError(f"no trial of this plan can be computed: {first}")


def _samples(space: SearchSpace) -> Iterator[Params]:
    values = {name: dimension.values for name, dimension in space.dimensions.items()}
    count = min(MOST_TRIED, max(map(len, values.values())))
    for index in range(count):
        yield {
            name: column[index % len(column) if len(column) <= count else index * len(column) // count]
            for name, column in values.items()
        }
    rng = random.Random(0)
    for _ in range(MOST_TRIED):
        yield {name: rng.choice(column) for name, column in values.items()}
