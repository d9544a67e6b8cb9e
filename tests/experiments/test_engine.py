"""A study from its first trial to its last, with all that may go wrong on the way; one process, without a cluster."""

import json
import threading
from pathlib import Path

import pytest

from model.config import TrainingConfig
from model.data import Dataset
from model.experiments.control import Control
from model.experiments.engine import StudyEngine
from model.experiments.material import Material, keep
from model.experiments.plan import ExperimentPlan
from model.experiments.stores.storage import open_store
from model.experiments.stores.store import Store
from model.experiments.study_reader import StudyReader
from model.experiments.study_view import StudyView
from model.experiments.trial_run import TrialTask
from model.training import checkpoint
from tests.experiments.inline_cluster import SMALL, Disconnected, Ended, InlineCluster, Lost, small_plan

Scores = dict[int, tuple[object, object]]


@pytest.fixture(autouse=True)
def _data(mnist_5k: Dataset, shared_cache: Path) -> None:
    keep(Material.of(mnist_5k))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path, "study")


def work(plan: ExperimentPlan, store: Store, dataset: Dataset, cluster: InlineCluster | None = None) -> StudyView:
    StudyEngine(plan, store, cluster or InlineCluster(), dataset, scheduler_seconds=0).run()
    return StudyReader(store).read()


def scores(view: StudyView) -> Scores:
    """What was tried and what came of it, by the trials' numbers; each number is there once."""
    assert [trial.number for trial in view.trials] == list(range(len(view.trials)))
    return {trial.number: (trial.params, trial.values) for trial in view.trials}


@pytest.fixture(scope="session")
def undisturbed(mnist_5k: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Scores:
    """The scores of `small_plan`, computed one trial at a time."""
    store = open_store(tmp_path_factory.mktemp("undisturbed"), "study")
    return scores(work(small_plan(), store, mnist_5k, InlineCluster(1)))


def test_a_study_ends_with_all_its_trials_and_the_chosen_one_tested(store: Store, mnist_5k: Dataset) -> None:
    view = work(small_plan(trials=8, seeds=2), store, mnist_5k)
    assert (view.state, view.ended, view.target, view.workers) == ("finished", 8, 8, 0)
    for trial in view.trials:
        assert trial.state == "finished"
        assert [curve[-1].validation_accuracy for curve in trial.curves] == [one[0] for one in trial.seed_values]
        assert [point.epoch for point in trial.curves[1]] == [0, 1, 2]
        assert trial.values == (sum(one[0] for one in trial.seed_values) / 2,)
        assert trial.config
        assert trial.config.learning_rate == trial.params["learning_rate"]
    kept = {trial.number for trial in view.trials if trial.weights}
    better = sorted((trial.values for trial in view.trials), reverse=True)[:5]
    assert {trial.values for trial in view.trials if trial.number in kept} == set(better)
    best = view.best
    assert best
    assert best.weights
    network = checkpoint.load(best.weights).network
    assert best.test_accuracy == network.accuracy(mnist_5k.test_images, mnist_5k.test_labels)
    assert [trial.number for trial in view.trials if trial.test_accuracy is not None] == [best.number]
    assert json.loads((store.folder / "plan.json").read_text())["trials"] == 8
    assert not list((store.folder / "engines").iterdir())


def test_a_trial_is_the_same_in_whichever_order_trials_end(
    store: Store, mnist_5k: Dataset, undisturbed: Scores
) -> None:
    assert scores(work(small_plan(), store, mnist_5k, InlineCluster(4, newest_first=True))) == undisturbed


@pytest.mark.parametrize(("sampler", "first"), [("tpe", 11), ("cma-es", 3)])
def test_samplers_that_learn_go_on_from_what_they_know(
    store: Store, mnist_5k: Dataset, sampler: str, first: int
) -> None:
    vary = "learning_rate=log:1e-4..0.1,dropout=0..0.5,optimizer=[sgd;adam]"
    work(small_plan(vary, sampler=sampler, trials=first), store, mnist_5k)
    view = work(small_plan(vary, sampler=sampler, trials=first + 2), store, mnist_5k)
    assert [trial.state for trial in view.trials] == ["finished"] * (first + 2)
    assert len({tuple(trial.params.values()) for trial in view.trials}) == first + 2


def test_a_grid_tries_each_of_its_points_once(store: Store, mnist_5k: Dataset) -> None:
    plan = small_plan("hidden_sizes=[8;16],activation=[relu;tanh;gelu]", sampler="grid", trials=50)
    view = work(plan, store, mnist_5k, InlineCluster(3))
    tried = [tuple(trial.params.values()) for trial in view.trials]
    assert sorted(tried) == sorted(tuple(point.values()) for point in plan.space.grid())


def test_a_study_that_was_interrupted_goes_on_with_the_same_scores(
    store: Store, mnist_5k: Dataset, undisturbed: Scores
) -> None:
    def interrupt(count: int, task: TrialTask) -> None:
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(small_plan(), store, mnist_5k, InlineCluster(before=interrupt))
    view = StudyReader(store).read()
    assert (view.state, view.ended) == ("interrupted", 3)
    assert [trial.state for trial in view.trials] == ["finished"] * 3 + ["waiting"] * 2
    view = work(small_plan(), store, mnist_5k)
    assert scores(view) == undisturbed
    assert [trial.attempts for trial in view.trials] == [1, 1, 1, 2, 2, 1]
    assert view.state == "finished"


def test_who_is_asked_to_end_lets_the_running_trials_end(store: Store, mnist_5k: Dataset) -> None:
    cluster = InlineCluster(2)
    StudyEngine(small_plan(), store, cluster, mnist_5k, is_asked_to_end=lambda: bool(cluster.computed)).run()
    view = StudyReader(store).read()
    assert [trial.state for trial in view.trials] == ["finished"] * 2
    assert (view.state, view.best.test_accuracy if view.best else 0) == ("interrupted", None)


def test_more_trials_are_added_to_a_study(store: Store, mnist_5k: Dataset, undisturbed: Scores) -> None:
    assert scores(work(small_plan(trials=4), store, mnist_5k)).items() <= undisturbed.items()
    assert scores(work(small_plan(), store, mnist_5k)) == undisturbed


def test_a_trial_whose_workers_end_is_lost_and_says_so(store: Store, mnist_5k: Dataset, undisturbed: Scores) -> None:
    cluster = InlineCluster(before=lambda count, task: Lost(task.key, "4 processes ended") if count == 2 else None)
    view = work(small_plan(), store, mnist_5k, cluster)
    assert (view.trials[2].state, view.trials[2].note, view.trials[2].values) == ("lost", "4 processes ended", None)
    assert {number: found for number, found in scores(view).items() if number != 2}.items() <= undisturbed.items()


def test_an_outcome_that_comes_twice_counts_once(store: Store, mnist_5k: Dataset, undisturbed: Scores) -> None:
    def repeat(count: int, task: TrialTask) -> None:
        if cluster.outcomes:
            cluster.events.append(Ended(cluster.computed[-1].key, cluster.outcomes[-1]))

    cluster = InlineCluster(before=repeat)
    view = work(small_plan(), store, mnist_5k, cluster)
    assert scores(view) == undisturbed
    assert (store.folder / "log.txt").read_text().count(": finished") == 6


def test_a_worker_that_begins_a_trial_again_is_a_second_attempt(store: Store, mnist_5k: Dataset) -> None:
    from model.experiments.clusters.cluster import Reported
    from model.experiments.curve import CurvePoint

    def begin_twice(count: int, task: TrialTask) -> None:
        if count == 1:
            cluster.events.append(Reported(task.key, [(0, CurvePoint(0, 0, 0.0, None, 0.1))]))

    cluster = InlineCluster(1, before=begin_twice)
    view = work(small_plan(trials=2), store, mnist_5k, cluster)
    assert [trial.attempts for trial in view.trials] == [1, 2]
    assert [point.epoch for point in view.trials[1].curves[0]] == [0, 1, 2]


def test_a_scheduler_that_comes_back_gets_its_trials_again(
    store: Store, mnist_5k: Dataset, undisturbed: Scores
) -> None:
    cluster = InlineCluster(before=lambda count, task: Disconnected("the scheduler is gone") if count == 2 else None)
    cluster.reconnections.extendleft([True])
    view = work(small_plan(), store, mnist_5k, cluster)
    assert scores(view) == undisturbed
    assert [trial.attempts for trial in view.trials] == [1, 1, 2, 2, 1, 1]


def test_a_scheduler_that_stays_away_ends_the_command_and_not_the_study(
    store: Store, mnist_5k: Dataset, undisturbed: Scores
) -> None:
    cluster = InlineCluster(before=lambda count, task: Disconnected("the scheduler is gone") if count == 2 else None)
    cluster.reconnections.clear()
    cluster.reconnections.append(False)
    with pytest.raises(ValueError, match="the scheduler is gone; the same command goes on when it is back"):
        work(small_plan(), store, mnist_5k, cluster)
    assert StudyReader(store).read().state == "interrupted"
    assert scores(work(small_plan(), store, mnist_5k)) == undisturbed


def test_trials_that_can_not_be_say_why_and_the_study_goes_on(store: Store, mnist_5k: Dataset) -> None:
    plan = small_plan("batch_size=[10;1000],hidden_sizes=[8]", sampler="grid")
    failed, finished = sorted(work(plan, store, mnist_5k).trials, key=lambda trial: trial.state)
    assert (failed.state, finished.state) == ("failed", "finished")
    assert failed.note.startswith("batch_size must be at most 150, the images left to learn from; got 1,000")


def test_a_trial_that_diverges_has_failed_and_says_so(store: Store, mnist_5k: Dataset) -> None:
    plan = small_plan("learning_rate=[0.1;10],batch_normalization=[false]", sampler="grid")
    base = SMALL.changed(optimizer="sgd", activation="leaky_relu", hidden_sizes="64,64,64", epochs=9)
    view = work(plan.model_copy(update={"base": base}), store, mnist_5k)
    diverged = [trial for trial in view.trials if trial.state == "failed"]
    assert diverged
    assert all("learning rate" in trial.note and trial.values is None for trial in diverged)


def test_a_pruned_trial_ends_early_without_a_value(store: Store, mnist_5k: Dataset) -> None:
    plan = small_plan("learning_rate=[1e-5;0.01],dropout=0..0.1", pruner="median", trials=14)
    plan = plan.model_copy(update={"base": SMALL.changed(epochs=6)})
    view = work(plan, store, mnist_5k, InlineCluster(1))
    pruned = [trial for trial in view.trials if trial.state == "pruned"]
    assert pruned
    assert any(trial.params["learning_rate"] == 1e-5 for trial in pruned)
    assert all(trial.values is None and 1 < len(trial.curves[0]) < 7 for trial in pruned)


def test_two_objectives_make_a_front_whose_networks_are_kept(store: Store, mnist_5k: Dataset) -> None:
    plan = small_plan(
        "hidden_sizes=[;2;4;8;16;32],learning_rate=[0.01]",
        objectives=("validation_accuracy", "parameters_to"),
        until=0.2,
        sampler="grid",
    )
    view = work(plan, store, mnist_5k)
    front = view.pareto_front
    assert len(front) >= 2
    assert all(trial.values and trial.values[1] == trial.parameters for trial in front)
    assert {trial.number for trial in view.trials if trial.weights} == {trial.number for trial in front}


def test_an_accuracy_that_is_not_reached_is_no_value(store: Store, mnist_5k: Dataset) -> None:
    plan = small_plan("learning_rate=[1e-5;0.01]", objectives=("seconds_to",), until=0.4, sampler="grid", trials=2)
    plan = plan.model_copy(update={"base": SMALL.changed(epochs=30)})
    by_rate = {trial.params["learning_rate"]: trial for trial in work(plan, store, mnist_5k).trials}
    assert by_rate[1e-5].values == (None,)
    reached = by_rate[0.01]
    assert reached.values
    assert reached.values[0] == pytest.approx(reached.seconds, rel=1e-3)
    assert len(reached.curves[0]) < 31  # it ends when it has got there


def test_two_engines_share_a_study(tmp_path: Path, mnist_5k: Dataset, undisturbed: Scores) -> None:
    meeting = threading.Barrier(2, timeout=60)

    def meet(count: int, task: TrialTask) -> None:
        if count == 0:
            meeting.wait()  # so that both have trials

    clusters = [InlineCluster(1, before=meet) for _ in range(2)]
    stores = [open_store(tmp_path, "shared") for _ in range(2)]
    threads = [
        threading.Thread(target=work, args=(small_plan(), place, mnist_5k, cluster))
        for place, cluster in zip(stores, clusters, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    view = StudyReader(tmp_path, "shared").read()
    assert scores(view) == undisturbed
    assert [trial.attempts for trial in view.trials] == [1] * 6
    # The chosen network is made once more where the engine that is done first does not have it.
    keys = [task.key for cluster in clusters for task in cluster.computed]
    assert sum(not key.endswith("-test") for key in keys) == 6


def test_a_study_is_paused_goes_on_and_gets_more_trials_by_a_file(store: Store, mnist_5k: Dataset) -> None:
    seen = []

    def observe(progress: object) -> None:
        view = StudyReader(store).read()
        if view.state not in seen:
            seen.append(view.state)
        if view.ended == 2 and "paused" not in seen:
            Control("pause").write(store.folder)
        elif view.state == "paused" and not any(trial.state == "running" for trial in view.trials):
            Control("run", trials=5).write(store.folder)

    StudyEngine(small_plan(trials=3), store, InlineCluster(1), mnist_5k, observe).run()
    view = StudyReader(store).read()
    assert seen[:2] == ["running", "paused"]
    assert (view.state, view.ended, view.target) == ("finished", 5, 5)


def test_a_study_is_stopped_by_a_file_and_goes_on_later(store: Store, mnist_5k: Dataset, undisturbed: Scores) -> None:
    cluster = InlineCluster(2)
    cluster.on_point = lambda task, point: Control("stop").write(store.folder) if len(cluster.computed) == 3 else None
    view = work(small_plan(), store, mnist_5k, cluster)
    assert (view.state, view.ended) == ("stopped", 2)
    assert [trial.state for trial in view.trials[2:]] == ["waiting"] * 2
    Control("run").write(store.folder)
    assert scores(work(small_plan(), store, mnist_5k)) == undisturbed


def test_a_study_of_another_plan_or_version_is_refused(store: Store, mnist_5k: Dataset) -> None:
    work(small_plan(trials=1), store, mnist_5k)
    other = small_plan("learning_rate=log:1e-4..0.2")
    with pytest.raises(ValueError, match=r"the study study is of another plan \(another search space\)"):
        work(other, store, mnist_5k)
    longer = small_plan().model_copy(update={"base": TrainingConfig(epochs=3)})
    with pytest.raises(ValueError, match=r"of another plan \(.+ was .+, and is .+\)"):
        work(longer, store, mnist_5k)
    store.study().set_user_attr("digest", "of another version")
    with pytest.raises(ValueError, match="was not begun by this version of Inkling"):
        StudyReader(store)


def test_a_line_that_a_killed_process_has_torn_does_no_harm(
    tmp_path: Path, mnist_5k: Dataset, undisturbed: Scores
) -> None:
    work(small_plan(trials=2), open_store(tmp_path, "study"), mnist_5k)
    with (tmp_path / "study" / "journal.log").open("ab") as journal:
        journal.write(b'{"op_code":4,"worker')
    assert scores(work(small_plan(), open_store(tmp_path, "study"), mnist_5k)) == undisturbed


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        ("sqlite:///study.db", "storage must be a folder, a journal file"),
        ("postgresql://somebody:secret@127.0.0.1:1/none", r"the storage \S+somebody:\*\*\*@127.0.0.1:1/none can't be"),
    ],
)
def test_a_storage_that_can_not_be_reached_is_one_line(storage: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        open_store(storage, "study", tmp_path)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_journal_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal.log").write_text("no JSON\n" * 3)
    with pytest.raises(ValueError, match="no journal of a study"):
        open_store(tmp_path / "journal.log", "study")
    with pytest.raises(ValueError, match="there is no study called none"):
        StudyReader(tmp_path, "none")
    assert not (tmp_path / "none").exists()
