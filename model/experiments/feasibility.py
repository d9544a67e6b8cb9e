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
    for params in samples(plan.space):
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


def samples(space: SearchSpace) -> Iterator[Params]:
    """Return trials in which each value has its turn, as far as there are not too many, and as many at random."""
    varied = space.dimensions.items()
    count = min(MOST_TRIED, max(each.count for _, each in varied))
    for index in range(count):
        yield {
            name: each.value(index % each.count if each.count <= count else index * each.count // count)
            for name, each in varied
        }
    rng = random.Random(0)
    for _ in range(MOST_TRIED):
        yield {name: each.value(rng.randrange(each.count)) for name, each in varied}
