import itertools

import pytest

from model.config import TrainingConfig
from model.experiments.engine import material_of
from model.experiments.feasibility import check_plan, samples
from model.experiments.plan import ExperimentPlan
from model.experiments.space import Choices, Range, SearchSpace
from tests.toy_data import patterns

TEXT = "learning_rate=log:0.0001..1,hidden_sizes=[32;64;128,64;],batch_size=16..256:16,batch_normalization=[true;false]"


def test_a_space_is_read_from_a_text_and_written_as_one() -> None:
    space = SearchSpace.parse(TEXT)
    assert space.dimensions == {
        "learning_rate": Range(low=1e-4, high=1, log=True),
        "hidden_sizes": Choices(values=("32", "64", "128,64", "")),
        "batch_size": Range(low=16, high=256, integer=True, step=16),
        "batch_normalization": Choices(values=(True, False)),
    }
    assert str(space) == TEXT
    assert SearchSpace.parse(str(space)) == SearchSpace.from_json(space.to_json()) == space


def test_a_table_gives_the_same_space_as_a_text() -> None:
    table = {
        "learning-rate": "log:1e-4..1",
        "hidden_sizes": [32, [64], [128, 64], ""],
        "batch_size": {"low": 16, "high": 256, "step": 16},
        "batch_normalization": [True, False],
    }
    assert SearchSpace.from_toml(table) == SearchSpace.parse(TEXT)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing varies"),
        ("lr=0..1", "lr is not a setting; the settings are data, "),
        ("dropout", "each setting that varies needs =values"),
        ("dropout=0..0.5,dropout=[0]", "dropout is given twice"),
        ("dropout=half", "dropout needs a range such as"),
        ("dropout=[0;", "a list of values begins with"),
        ("dropout=0..2", "dropout must be at least 0 and at most 0.9; got 2"),
        ("dropout=0.5..0.1", "dropout needs a range from a smaller to a larger number; got 0.5..0.1"),
        ("dropout=0..0.5:0.6", "dropout needs a step above 0 that fits"),
        ("dropout=[0.1;0.10]", "dropout has a value twice"),
        ("learning_rate=log:0..1", "learning_rate needs a range above 0 for log"),
        ("learning_rate=log:0.1..1:0.1", "learning_rate can have log or a step"),
        ("epochs=1..2.5", "epochs needs whole numbers"),
        ("hidden_sizes=8..64", "hidden_sizes needs a list of values"),
        ("hidden_sizes=[64;0]", "hidden_sizes must be whole numbers from 1 to 4096 each; got '0' in layer 1"),
        ("optimizer=[adam;adamm]", "optimizer must be one of sgd, "),
        ("seed=[1;2]", "seed can't vary"),
    ],
)
def test_a_space_that_can_not_be_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        SearchSpace.parse(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        (
            "batch_size=[300;400],dropout=0..0.5",
            r"batch_size must be at most \d+, the images left",
        ),
        (
            "start_from=[champion],hidden_sizes=[8;16,8]",
            "start_from must be a network of the same layers, 784-8-10",
        ),
    ],
)
def test_settings_that_contradict_one_another_in_every_trial_are_refused(vary: str, message: str) -> None:
    plan = ExperimentPlan.of({"space": SearchSpace.parse(vary)})
    with pytest.raises(ValueError, match=f"no trial of this plan can be computed: {message}") as caught:
        check_plan(plan, material_of(plan, patterns(200)))
    assert "\n" not in str(caught.value)


def test_one_value_that_can_be_is_enough_and_its_network_must_be_there() -> None:
    plan = ExperimentPlan.of({"space": SearchSpace.parse("batch_size=[300;400;500;20],dropout=0..0.5")})
    check_plan(plan, material_of(plan, patterns(200)))
    plan = ExperimentPlan.of({"space": SearchSpace.parse("teacher=[champion;nowhere.npz]")})
    with pytest.raises(ValueError, match=r"nowhere.npz: there is no such file"):
        material_of(plan, patterns(200))


def test_a_grid_has_every_combination_once() -> None:
    space = SearchSpace.parse("batch_size=16..64:16,learning_rate=log:0.001..0.1,optimizer=[sgd;adam]")
    points = list(space.grid())
    assert len(points) == len({tuple(point.values()) for point in points}) == space.grid_size == 4 * 10 * 2
    assert [point["batch_size"] for point in points[::20]] == [16, 32, 48, 64]
    rates = [point["learning_rate"] for point in points[:20:2]]
    assert rates[0] == 0.001
    assert rates[-1] == 0.1
    assert rates[1] / rates[0] == pytest.approx(rates[9] / rates[8])


def test_a_plan_of_other_values_is_another_plan_and_more_trials_are_not() -> None:
    plan = ExperimentPlan(space=SearchSpace.parse("dropout=0..0.5"), trials=3)
    assert plan.digest == plan.model_copy(update={"trials": 9, "name": "longer"}).digest
    assert ExperimentPlan.model_validate_json(plan.model_dump_json()) == plan
    others = {"space": SearchSpace.parse("dropout=0..0.4"), "seeds": 2, "base": TrainingConfig(epochs=3)}
    assert len({plan.model_copy(update={name: value}).digest for name, value in others.items()} | {plan.digest}) == 4


def test_the_runs_of_a_trial_have_seeds_of_their_own_and_all_trials_the_same() -> None:
    plan = ExperimentPlan(space=SearchSpace.parse("hidden_sizes=[8;16,8]"), base=TrainingConfig(seed=5), seeds=2)
    configs = [plan.config({"hidden_sizes": sizes}, run) for sizes in ("8", "16,8") for run in (0, 1)]
    assert [(config.hidden_sizes, config.seed) for config in configs] == [
        ((8,), 5),
        ((8,), 6),
        ((16, 8), 5),
        ((16, 8), 6),
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "../etc"}, "name must be of"),
        ({"trials": 0}, "trials: Input should be greater than or equal to 1; got '0'"),
        ({"objectives": ("speed",)}, "objectives must be 'validation_accuracy', "),
        ({"objectives": ()}, "objective must be one or two of"),
        ({"objectives": ("seconds_to",)}, "seconds_to needs an accuracy to reach"),
        ({"objectives": ("ink_accuracy",)}, "ink_accuracy needs ink files"),
        ({"base": TrainingConfig(validation_size=0)}, "an experiment compares by a validation split"),
        ({"objectives": ("validation_accuracy", "seconds_to"), "until": 0.9, "sampler": "cma-es"}, "sampler must be"),
        ({"objectives": ("validation_accuracy", "seconds_to"), "until": 0.9, "pruner": "median"}, "pruner must be"),
    ],
)
def test_a_plan_that_can_not_be_is_refused_in_one_line(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        ExperimentPlan.of({"space": SearchSpace.parse("dropout=0..0.5")} | values)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("step", ["1e-9", "1e-320"])
def test_steps_are_counted_without_listing_them(step: str) -> None:
    space = SearchSpace.parse(f"learning_rate=0.001..1:{step}")
    assert space.grid_size > 10**8
    assert space.dimensions["learning_rate"].value(1) == 0.001 + float(step)
    assert len(list(itertools.islice(samples(space), 100))) == 100
    with pytest.raises(ValueError, match="a grid may have at most 100,000 points"):
        ExperimentPlan.of({"name": "a", "base": TrainingConfig(), "space": space, "sampler": "grid"})
