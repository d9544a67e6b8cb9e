"""The report of a study: everything that was searched and found, in one closed file."""

import csv
import io
import re
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pytest

from model.experiments.curve import CurvePoint
from model.experiments.plan import ExperimentPlan
from model.experiments.report.axis import Axis
from model.experiments.report.csv_table import to_csv
from model.experiments.report.html import to_html
from model.experiments.report.study import study_report, trials_csv
from model.experiments.space import SearchSpace
from model.experiments.study_view import StudyView, TrialView
from ui.common import theme

SPACE = SearchSpace.parse("learning_rate=log:1e-4..1,hidden_sizes=[32;128,64],dropout=0..0.5")


def study(trials: int, **plan: object) -> StudyView:
    """A study whose fourth trial of each five was pruned, and whose fifth has failed."""
    rng = np.random.default_rng(0)
    planned = ExperimentPlan.of({"name": "widths", "space": SPACE, "trials": 10, "seeds": 2} | plan)
    found = []
    for number in range(trials):
        params = {
            "learning_rate": float(10 ** rng.uniform(-4, 0)),
            "hidden_sizes": ("32", "128,64")[number % 2],
            "dropout": float(rng.uniform(0, 0.5)),
        }
        state = ("finished", "finished", "finished", "pruned", "failed")[number % 5]
        accuracy = 0.9 + number / 1000
        values = (accuracy,) if len(planned.objectives) == 1 else (10.0 - number, 25_450.0 + 1000 * number)
        curve = [CurvePoint(epoch, epoch, 0.1, 0.5, accuracy * epoch / 3) for epoch in range(4)]
        is_finished = state == "finished"
        found.append(
            TrialView(
                number,
                state,
                params,
                planned.config(params),
                values if is_finished else None,
                [curve, curve],
                1.5,
                "laptop",
                "it <diverged>" if state == "failed" else "",
                seed_values=[values, values] if is_finished else [],
            )
        )
    return StudyView(planned, found, "finished", machines=["laptop"] if found else [])


def drawings(page: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


def test_the_report_says_what_was_found() -> None:
    page = unescape(to_html(study_report(study(10), "python -m model sweep space.toml")).decode())
    assert "<h1>widths: ten trials</h1>" in page
    assert "6 finished, 2 pruned, 2 failed." in page
    assert "The best is trial 7 with 90.70 % (validation accuracy): learning rate " in page
    assert "The best of 6 was also the luckiest" in page
    assert "python -m model sweep space.toml" in page
    assert "laptop" in page
    assert "SciPy" in page


def test_the_page_is_closed_and_escapes_what_it_is_given() -> None:
    content = to_html(study_report(study(10)))
    assert content == to_html(study_report(study(10)))
    page = content.decode()
    assert "it &lt;diverged&gt;" in page
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", page)
    assert not re.search(r"\sstyle=", page)  # the policy would not let it


def test_drawings_are_well_formed_and_say_what_they_show() -> None:
    found = drawings(to_html(study_report(study(10))).decode())
    names = [svg.get("aria-label") for svg in found]
    assert [svg.tag for svg in found] == ["{http://www.w3.org/2000/svg}svg"] * len(found)
    assert "share, %" in names
    assert "validation accuracy, % over trial" in names
    assert all(names)
    numbers = re.findall(r"[-\d.]+", " ".join(line.get("points", "") for svg in found for line in svg.iter()))
    assert len(numbers) > 50
    assert all(0 <= float(number) <= 760 for number in numbers)


def test_two_aims_make_a_front() -> None:
    two = study(10, objectives=("seconds_to", "parameters_to"), until=0.9)
    page = to_html(study_report(two)).decode()
    assert "Pareto front" in page
    assert "Of time to the accuracy and size, six trials can" in page


def test_a_study_without_results_has_a_report() -> None:
    for trials in (0, 1):
        view = study(trials)
        assert to_html(study_report(view))
        assert len(trials_csv(view).splitlines()) == 1 + trials
    pruned = StudyView(study(10).plan, [study(10).trials[3]])
    assert "No trial has reached what was aimed at." in to_html(study_report(pruned)).decode()


def test_test_accuracy_is_told_if_it_is_known() -> None:
    view = study(1)
    tested = TrialView(**{**vars(view.trials[0]), "test_accuracy": 0.8875})
    page = to_html(study_report(StudyView(view.plan, [tested]))).decode()
    assert "It reads 88.75 % of the test images, which were looked at once, in the end." in page


def test_trials_as_a_table() -> None:
    view = study(5)
    rows = list(csv.DictReader(io.StringIO(trials_csv(view))))
    assert [row["state"] for row in rows] == [trial.state for trial in view.trials]
    assert [row["hidden_sizes"] for row in rows] == ["32", "128,64", "32", "128,64", "32"]
    assert float(rows[1]["validation_accuracy"]) == float(rows[1]["validation_accuracy_of_seed_1"]) == 0.901
    assert (rows[3]["validation_accuracy"], rows[4]["note"]) == ("", "it <diverged>")
    assert float(rows[0]["learning_rate"]) == view.trials[0].params["learning_rate"]  # every digit


def test_a_table_starts_no_formula() -> None:
    assert to_csv(("name", "value"), [("=1+1", -1.5), ("a,b", None)]) == 'name,value\n\'=1+1,-1.5\n"a,b",\n'


@pytest.mark.parametrize(
    ("axis", "labels"),
    [
        (Axis("", 0, 10), ["0", "2", "4", "6", "8", "10"]),
        (Axis("", 96.93, 97.24), ["97", "97.1", "97.2"]),
        (Axis("", 0.0001, 1, is_log=True), ["0.0001", "0.001", "0.01", "0.1", "1"]),
        (Axis("", 20_000, 120_000), ["20,000", "40,000", "60,000", "80,000", "100,000", "120,000"]),
        (Axis("", 0, 2, is_whole=True), ["0", "1", "2"]),
        (Axis("", -0.0301, 0.0301), ["-0.02", "0", "0.02"]),
        (Axis.of_names("", ["32", "64"]), ["32", "64"]),
    ],
)
def test_axes_have_round_numbers(axis: Axis, labels: list[str]) -> None:
    assert [label for _, label in axis.ticks()] == labels


@pytest.mark.parametrize("values", [[], [0.5], [0.0, 0.0], [1.0, float("nan"), 3.0]])
def test_axes_have_room_for_any_values(values: list[float]) -> None:
    for axis in (Axis.around("", values), Axis.around("", values, is_log=True)):
        assert axis.low < axis.high
        assert axis.ticks()
        assert all(0 <= axis.share(value) <= 1 for value in values if value == value)


def test_colors_are_those_of_the_theme() -> None:
    page = to_html(study_report(study(1))).decode()
    colors = re.findall(r"\.series-\d \{ --series: (#\w+); \}", page)
    assert colors == [theme.BLUE, theme.VERMILION, theme.GREEN, theme.PINK, theme.ORANGE, theme.GRAY]
