"""Settings trained with several seeds, computed in this process."""

from collections import deque
from pathlib import Path

import pytest

from model.config import TrainingConfig
from model.data import Dataset
from model.experiments.clusters.cluster import Disconnected, Ended, Lost, Reported
from model.experiments.material import Material, keep
from model.experiments.seeds.contender import Contender
from model.experiments.seeds.kept_runs import KeptRuns
from model.experiments.seeds.seed_runs import SeedRun, SettingRuns
from model.experiments.seeds.seed_trials import SeedTrials
from model.experiments.statistics.measure import TEST_ACCURACY, VALIDATION_ACCURACY
from model.experiments.stores.storage import open_store
from model.experiments.trial_run import TrialOutcome, TrialTask, run_trial
from model.inference.evaluation import evaluate
from model.training import train
from tests.toy_data import patterns

QUICK = TrainingConfig(hidden_sizes=(4,), epochs=2, batch_size=20, learning_rate=0.01, seed=7)
QUICK_SGD = QUICK.changed(optimizer="sgd")
BOTH = [Contender("Adam", QUICK), Contender("SGD", QUICK_SGD)]


class HereCluster:
    """Computes each trial where it is asked for the next event."""

    size, is_local = 1, True

    def __init__(self, *, loses: int | None = None, ends_after: int | None = None) -> None:
        self.waiting: deque[TrialTask] = deque()
        self.loses, self.ends_after, self.computed = loses, ends_after, 0

    def share(self, material: Material) -> None:
        keep(material)

    def submit(self, task: TrialTask) -> None:
        self.waiting.append(task)

    def stop(self, key: str) -> None:
        raise AssertionError(key)

    def reconnect(self) -> bool:
        return False

    def next_event(self, seconds: float) -> Ended | Lost | Disconnected | Reported | None:
        if self.computed == self.ends_after:
            return Disconnected("the scheduler is gone")
        task = self.waiting.popleft()
        self.computed += 1
        if self.computed - 1 == self.loses:
            return Lost(task.key, "its processes ended")
        return Ended(task.key, run_trial(task, lambda run, point: None, lambda: False))


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return patterns(200, 50)


def test_each_run_is_that_of_its_settings_and_seed(dataset: Dataset) -> None:
    trials = SeedTrials(BOTH, 2, looks_at_test_set=True)
    ended: list[int] = []
    settings = trials.compute(HereCluster(), dataset, ended.append)
    assert ended == [1, 2, 3, 4]
    assert [[run.seed for run in each.runs] for each in settings] == [[7, 8], [7, 8]]
    *_, alone = train(QUICK_SGD.changed(seed=8), dataset)
    run = settings[1].runs[1]
    assert run.values == {
        "validation_accuracy": alone.validation_accuracy,
        "test_accuracy": evaluate(alone.network, dataset.test_images, dataset.test_labels).accuracy,
    }
    assert run.curve[-1].validation_accuracy == alone.validation_accuracy
    assert trials.measures == [TEST_ACCURACY, VALIDATION_ACCURACY]


def test_the_test_part_is_left_alone_unless_it_is_asked_for(dataset: Dataset) -> None:
    trials = SeedTrials(BOTH[:1], 1)
    (setting,) = trials.compute(HereCluster(), dataset)
    assert setting.runs[0].values.keys() == {"validation_accuracy"}
    assert trials.measures == [VALIDATION_ACCURACY]


def test_time_to_an_accuracy_is_measured_and_what_is_not_reached_says_so(dataset: Dataset) -> None:
    reached = SeedTrials(BOTH[:1], 1, "seconds_to", 0.05).compute(HereCluster(), dataset)[0].runs[0]
    assert 0 < reached.values["seconds_to"] <= reached.seconds
    missed = SeedTrials([Contender("one step", QUICK.changed(epochs=1, learning_rate=1e-6))], 1, "seconds_to", 1.0)
    run = missed.compute(HereCluster(), dataset)[0].runs[0]
    assert "seconds_to" not in run.values
    assert run.note == "did not reach 100 %"
    assert [measure.name for measure in missed.measures] == ["seconds_to", "validation_accuracy"]


def test_runs_that_come_to_nothing_say_why(dataset: Dataset) -> None:
    lost, other = SeedTrials(BOTH, 1).compute(HereCluster(loses=0), dataset)
    assert (lost.runs[0].values, lost.runs[0].note) == ({}, "its processes ended")
    assert other.runs[0].values
    outcomes = [TrialOutcome("diverged", note="the loss is no number"), TrialOutcome("stopped")]
    trials = SeedTrials(BOTH, 1)
    runs = [trials.run_of(7, outcome, dataset) for outcome in outcomes]
    settings = trials.collect(dict(zip(trials.keys, runs, strict=True)))
    assert [each.runs[0].note for each in settings] == ["the loss is no number", "stopped"]
    assert [each.failed(VALIDATION_ACCURACY) for each in settings] == [1, 1]


def test_an_interruption_leaves_whole_pairs(dataset: Dataset) -> None:
    cluster = HereCluster()
    settings = SeedTrials(BOTH, 3).compute(cluster, dataset, should_stop=lambda: cluster.computed == 4)
    assert [[run.seed for run in each.runs] for each in settings] == [[7, 8], [7, 8]]


def test_a_scheduler_that_is_gone_is_told(dataset: Dataset) -> None:
    with pytest.raises(ValueError, match="the scheduler is gone"):
        SeedTrials(BOTH, 2).compute(HereCluster(ends_after=1), dataset)


def test_runs_that_have_ended_are_kept_and_more_are_added(dataset: Dataset, tmp_path: Path) -> None:
    def compute(seeds: int, cluster: HereCluster, name: str = "both", most: int = 99) -> list[SettingRuns]:
        trials = SeedTrials(BOTH, seeds, looks_at_test_set=True)
        kept = KeptRuns(open_store(tmp_path, name), trials.description(dataset))
        return trials.compute(cluster, dataset, should_stop=lambda: cluster.computed == most, kept=kept)

    undisturbed = compute(3, HereCluster(), "undisturbed")
    with pytest.raises(ValueError, match="the scheduler is gone; the same command goes on"):
        compute(2, HereCluster(loses=1, ends_after=3))
    second, third = HereCluster(), HereCluster()
    compute(2, second)
    assert second.computed == 2  # the one that was lost, and the one that was not begun
    settings = compute(3, third)
    assert third.computed == 2
    for setting, calm in zip(settings, undisturbed, strict=True):
        assert [run.values for run in setting.runs] == [run.values for run in calm.runs]
        for run, other in zip(setting.runs, calm.runs, strict=True):
            assert [point.validation_accuracy for point in run.curve] == [
                point.validation_accuracy for point in other.curve
            ]
    store = open_store(tmp_path, "both")
    with pytest.raises(ValueError, match="the study both is of other settings: give this one another name"):
        KeptRuns(store, SeedTrials(BOTH, 2).description(dataset))
    with pytest.raises(ValueError, match="the study both is one of seeds or compare"):
        store.plan()


def test_two_commands_at_one_study_keep_each_run_once(tmp_path: Path) -> None:
    first, second = (KeptRuns(open_store(tmp_path, "shared"), {"settings": []}) for _ in range(2))
    first.add("a", SeedRun(7, {"validation_accuracy": 0.5}), 0.5)
    second.add("a", SeedRun(7, {"validation_accuracy": 0.25}), 0.25)
    second.add("b", SeedRun(8, note="diverged"), None)
    assert first.known() == {"a": SeedRun(7, {"validation_accuracy": 0.5}), "b": SeedRun(8, note="diverged")}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"seeds": 0}, "--seeds must be 1 to 1,000; got 0"),
        ({"seeds": 1001}, "--seeds must be 1 to 1,000; got 1001"),
        ({"objective": "seconds_to"}, "seconds_to needs an accuracy to reach, such as --until 98%"),
        ({"objective": "ink_accuracy"}, "ink_accuracy needs ink files to judge by"),
        ({"contenders": [Contender("all", QUICK.changed(validation_size=0))]}, "all has no validation images"),
    ],
)
def test_what_can_not_be_measured_says_why(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SeedTrials(**{"contenders": BOTH, "seeds": 2} | values)


def test_a_test_part_that_is_not_there_is_told() -> None:
    with pytest.raises(ValueError, match="patterns has no test part to look at"):
        SeedTrials(BOTH, 1, looks_at_test_set=True).materials(patterns(200))
