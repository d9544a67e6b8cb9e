"""The runs of one setting with several seeds, and what they say; two such settings are compared seed by seed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from model.config import TrainingConfig
from model.experiments.curve import CurvePoint
from model.experiments.statistics import paper, words
from model.experiments.statistics.correction import holm
from model.experiments.statistics.curve_band import CurveBand, curve_band
from model.experiments.statistics.measure import Measure
from model.experiments.statistics.paired import PairedTest, paired_test
from model.experiments.statistics.summary import Summary, summarize


@dataclass(frozen=True)
class SeedRun:
    """One run.

    Attributes:
        seed: Its seed.
        values: What it came to, by the measure's name; one that came to nothing has none.
        curve: Its learning curve.
        seconds: That it took.
        note: What became of it, if there is something to say.
        machine: Which computed it.
    """

    seed: int
    values: Mapping[str, float] = field(default_factory=dict)
    curve: Sequence[CurvePoint] = ()
    seconds: float = 0.0
    note: str = ""
    machine: str = ""


@dataclass(frozen=True)
class SettingRuns:
    """The runs of one setting, each with another seed."""

    name: str
    config: TrainingConfig
    runs: Sequence[SeedRun]

    def values(self, measure: Measure) -> dict[int, float]:
        """Return what the runs came to, by their seeds; those that came to nothing are left out."""
        return {run.seed: run.values[measure.name] for run in self.runs if measure.name in run.values}

    def summary(self, measure: Measure) -> Summary:
        """Summarize the runs.

        Raises:
            ValueError: None came to anything.
        """
        values = self.values(measure)
        if not values:
            why = next((run.note for run in self.runs if run.note), "")
            raise ValueError(f"no run of {self.name} came to anything" + (f": {why}" if why else ""))
        return summarize(list(values.values()))

    def failed(self, measure: Measure) -> int:
        """Return how many runs came to nothing."""
        return len(self.runs) - len(self.values(measure))

    @property
    def band(self) -> CurveBand:
        """The validation accuracy after each epoch: mean and deviation over the seeds."""
        return curve_band(self.accuracies)

    @property
    def accuracies(self) -> list[list[tuple[float, float]]]:
        """The curves of validation accuracy, of the runs that have one."""
        curves = (
            [
                (float(point.epoch), point.validation_accuracy)
                for point in run.curve
                if point.validation_accuracy is not None
            ]
            for run in self.runs
            if run.values
        )
        return [curve for curve in curves if curve]

    def to_json(self, measures: Sequence[Measure]) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "name": self.name,
            "config": self.config.model_dump(),
            "summaries": {
                measure.name: self.summary(measure).to_json() for measure in measures if self.values(measure)
            },
            "curve": self.band.to_json(),
            "runs": [
                {
                    "seed": run.seed,
                    **{measure.name: run.values.get(measure.name) for measure in measures},
                    "seconds": round(run.seconds, 3),
                    "note": run.note or None,
                    "machine": run.machine or None,
                }
                for run in self.runs
            ],
        }


@dataclass(frozen=True)
class Pair:
    """Two settings, compared by the seeds with which both came to something."""

    first: SettingRuns
    second: SettingRuns
    summaries: tuple[Summary, Summary]  # of the runs that are compared
    test: PairedTest
    corrected: float  # the p value, corrected for all comparisons made

    @property
    def names(self) -> tuple[str, str]:
        """The names of both settings."""
        return self.first.name, self.second.name


@dataclass(frozen=True)
class SeedComparison:
    """Two settings or more, each with the same seeds, and every pair of them compared."""

    settings: Sequence[SettingRuns]
    measure: Measure

    @cached_property
    def pairs(self) -> list[Pair]:
        """The comparisons.

        Raises:
            ValueError: Two settings have no seed with which both came to something.
        """
        couples = list(itertools.combinations(self.settings, 2))
        values = [self._shared(first, second) for first, second in couples]
        tests = [paired_test(first, second) for first, second in values]
        corrected = holm([test.p_value for test in tests])
        return [
            Pair(*couple, (summarize(first), summarize(second)), test, p)
            for couple, (first, second), test, p in zip(couples, values, tests, corrected, strict=True)
        ]

    def _shared(self, first: SettingRuns, second: SettingRuns) -> tuple[list[float], list[float]]:
        a, b = first.values(self.measure), second.values(self.measure)
        seeds = [seed for seed in a if seed in b]
        if not seeds:
            first.summary(self.measure), second.summary(self.measure)  # says why, if one came to nothing
            raise ValueError(f"{first.name} and {second.name} have no seed with which both came to something")
        return [a[seed] for seed in seeds], [b[seed] for seed in seeds]

    @property
    def sentences(self) -> list[str]:
        """What came out, in plain words."""
        return [
            words.difference_sentence(pair.names, pair.test, self.measure, **self._correction(pair))
            for pair in self.pairs
        ]

    @property
    def cautions(self) -> list[str]:
        """What can't be said."""
        failed = sum(each.failed(self.measure) for each in self.settings)
        fewest = min(pair.test.count for pair in self.pairs)
        return words.cautions(fewest, len(self.pairs), failed)

    @property
    def paper(self) -> list[str]:
        """The same as lines for a paper."""
        return [
            paper.difference_line(pair.names, pair.summaries, pair.test, self.measure, **self._correction(pair))
            for pair in self.pairs
        ]

    def _correction(self, pair: Pair) -> dict[str, Any]:
        return {"corrected": pair.corrected, "comparisons": len(self.pairs)}

    def to_json(self) -> list[dict[str, Any]]:
        """Return the comparisons as plain values."""
        said = zip(self.pairs, self.sentences, self.paper, strict=True)
        return [
            {"first": pair.first.name, "second": pair.second.name}
            | pair.test.to_json()
            | {"p_corrected": pair.corrected, "comparisons": len(self.pairs), "sentence": sentence, "paper": line}
            for pair, sentence, line in said
        ]
