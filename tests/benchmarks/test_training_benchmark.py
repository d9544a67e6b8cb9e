"""The benchmarks compare like with like, and say what they found as it is. No library but the app's own is needed."""

import importlib.util
import json
import math
import subprocess
import sys

import numpy as np
import pytest

from benchmarks import figure, harness, measures, memory, readme, report, training
from benchmarks.adapters import ADAPTERS, BASE, FLOOR, products
from benchmarks.adapters import inkling as inkling_adapter
from benchmarks.subprocess_worker import SubprocessWorker
from benchmarks.workloads import WORKLOADS, Workload, chosen
from model import data
from model.cli import entry
from model.nn.mlp import MLP
from model.training import checkpoint
from tests.paths import ROOT
from tools.readme import replaced

# --------------------------------------------------------------------------------------------------- works


def test_the_works_are_six_networks_with_three_optimizers_each():
    networks = [("784-10-10", 32), ("784-64-64-10", 64), ("784-128-10", 64)]
    networks += [("784-512-256-10", 128), ("784-800-10", 128), ("784-512-256-10", 1000)]
    wanted = [(*network, optimizer) for network in networks for optimizer in ("sgd", "momentum", "adam")]
    assert [(workload.network, workload.batch_size, workload.optimizer) for workload in WORKLOADS] == wanted


def test_works_are_chosen_by_a_part_of_their_name():
    names = [workload.name for workload in WORKLOADS]
    assert chosen(names, "") == names
    assert chosen(names, "64-64.*ADAM") == ["784-64-64-10 batch 64 adam"]


def test_a_quick_run_has_every_optimizer_and_small_and_large_networks():
    assert {workload.optimizer for workload in training.QUICK_WORKLOADS} == {"sgd", "momentum", "adam"}
    assert {min(workload.hidden_sizes) for workload in training.QUICK_WORKLOADS} >= {10, 800}


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_the_floor_multiplies_as_much_as_a_step_and_no_more(workload):
    mlp = MLP(workload.sizes)
    step = products.products(workload, workload.batch_size)
    multiplied = sum(left.shape[0] * left.shape[1] * right.shape[1] for left, right, _ in step)
    # Each weight meets each image three times: forward, in its own gradient, and in the gradient of its input, which
    # the first layer's does without.
    first = mlp.layers[0].weights.size
    assert multiplied == (3 * mlp.num_weights - first) * workload.batch_size
    expected = []
    for index, layer in enumerate(mlp.layers):
        inputs, outputs = layer.weights.shape
        expected += [(workload.batch_size, outputs), (inputs, outputs)] + (
            [(workload.batch_size, inputs)] if index else []
        )
    assert sorted(out.shape for *_, out in step) == sorted(expected)
    assert all((left @ right).shape == out.shape for left, right, out in step)


# ------------------------------------------------------------------------------------------------ measuring


def test_each_takes_its_turn_in_every_round_and_another_begins():
    order = []
    measurements = {name: lambda name=name: order.append(name) or float(len(order)) for name in "abc"}
    taken = harness.interleave(measurements, rounds=4, pause=0)
    assert "".join(order) == "abc" + "bca" + "cab" + "abc"
    assert taken == {"a": [1, 6, 8, 10], "b": [2, 4, 9, 11], "c": [3, 5, 7, 12]}


def test_ratios_worked_by_hand():
    compared = harness.compare({BASE: [1.0, 2.0, 4.0], "other": [3.0, 2.0, 6.0]})
    assert compared["other"] == {"median": 3.0, "ratio": 1.5, "lowest": 1.0, "highest": 3.0}
    assert compared[BASE] == {"median": 2.0, "ratio": 1.0, "lowest": 1.0, "highest": 1.0}


def a_row(name="784-64-64-10 batch 64 adam", **ratios):
    network, _, batch, optimizer = name.split()
    results = {
        adapter: {"median": ratio, "ratio": ratio, "lowest": ratio, "highest": ratio, "threads": 1, "loss": 0.1}
        for adapter, ratio in {BASE: 1.0, **ratios}.items()
    }
    return {"name": name, "network": network, "batch_size": int(batch), "optimizer": optimizer, "results": results}


def test_geometric_means_worked_by_hand():
    means = harness.geometric_means([a_row(a=0.5, b=3.0), a_row(a=2.0, b=12.0), a_row(a=1.0)])
    assert means == {BASE: pytest.approx(1.0), "a": pytest.approx(1.0), "b": pytest.approx(6.0)}


class ManyThreads:
    """Stands in for a worker that takes this many seconds with this many threads; the first turn is slower than all."""

    def __init__(self, seconds):
        self.seconds, self.threads, self.is_cold = seconds, None, True

    def call(self, method, count):
        assert method == "use_threads"
        self.threads = count

    def measure_once(self):
        if self.is_cold:
            self.is_cold = False
            return 100.0
        return self.seconds[self.threads]


@pytest.mark.parametrize(("seconds", "best"), [({1: 1.0, 4: 2.0}, 1), ({1: 2.0, 4: 1.0}, 4)])
def test_the_faster_number_of_threads_is_kept(monkeypatch, seconds, best):
    monkeypatch.setattr(harness, "thread_counts", lambda: (1, 4))
    worker = ManyThreads(seconds)
    assert harness.choose_threads(worker, worker.measure_once) == best
    assert worker.threads == best


@pytest.mark.parametrize("loss", [math.nan, math.inf, math.log(10)])
def test_times_of_what_does_not_learn_are_refused(loss):
    with pytest.raises(ValueError, match="scikit-learn must learn"):
        harness.check_learning("scikit-learn", WORKLOADS[0], loss)
    harness.check_learning(FLOOR, WORKLOADS[0], loss)


def test_an_accuracy_is_reached_where_the_curve_first_has_it():
    curve = [(1.0, 0.90), (2.0, 0.97), (3.0, 0.96), (4.0, 0.98)]
    assert [measures.seconds_to(curve, target) for target in (0.97, 0.975, 0.98)] == [2.0, 4.0, 4.0]
    assert measures.epochs_to(curve, 0.98) == 1.0  # four quarters
    with pytest.raises(ValueError, match=r"98\.00%"):
        measures.seconds_to(curve, 0.99)


def test_peak_memory_is_the_commands_own():
    def peak(code):
        return memory.peak([sys.executable, "-c", code])

    grown = peak("x = b'x' * 200_000_000") - peak("pass")
    assert 180e6 < grown < 220e6
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        peak("1 / 0")


# ---------------------------------------------------------------------------------------------- libraries


def test_a_peer_passes_on_results_and_complaints(monkeypatch):
    monkeypatch.chdir(ROOT)
    with SubprocessWorker("collections:deque") as worker:
        worker.call("append", (1, "two"))
        assert worker.call("count", (1, "two")) == 1
        with pytest.raises(ValueError, match="not in deque"):
            worker.call("remove", 5)
        assert worker.call("pop") == (1, "two")
        with pytest.raises(RuntimeError, match=r"IndexError: pop from an empty deque"):
            worker.call("pop")


@pytest.fixture(scope="module")
def some_images(mnist_5k, tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks") / "images"
    data.save(training.sized(mnist_5k, 2000), folder)
    return folder


def losses(name, folder):
    """The mean losses of three epochs with each optimizer."""
    with SubprocessWorker(ADAPTERS[name].home) as worker:
        found = []
        for optimizer in ("sgd", "momentum", "adam"):
            worker.call("prepare", Workload((32,), 64, optimizer), folder)
            found += [worker.call("timed_epoch")[1] for _ in range(3)]
        return found


@pytest.fixture(scope="module")
def losses_of_inkling(some_images):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return losses(BASE, some_images)


@pytest.mark.parametrize("name", [name for name, entry in ADAPTERS.items() if entry.learns and name != BASE])
def test_all_learn_alike(name, some_images, losses_of_inkling, monkeypatch):
    pytest.importorskip(ADAPTERS[name].library)
    monkeypatch.chdir(ROOT)
    assert losses(name, some_images) == pytest.approx(losses_of_inkling, rel=0.15)


def test_one_image_is_read_as_by_the_network_itself(some_images):
    reader = inkling_adapter.Reader()
    reader.prepare(checkpoint.DEFAULT_WEIGHTS, some_images)
    images = np.load(some_images / "test_images.npy")[:7]
    expected = checkpoint.load(checkpoint.DEFAULT_WEIGHTS).network.predict_proba(images)
    np.testing.assert_allclose(reader.read(7), expected, atol=1e-5)


def test_more_images_than_there_are_come_several_times(mnist_5k):
    once = len(mnist_5k.images)
    twice = training.sized(mnist_5k, 2 * once)
    assert len(twice.labels) == 2 * once
    np.testing.assert_array_equal(twice.images[once:], mnist_5k.images)
    np.testing.assert_array_equal(twice.labels[once:], mnist_5k.labels)


# ------------------------------------------------------------------------------------------------- reports


RESULTS = {
    "date": "2026-01-31",
    "machine": {"processor": "A processor, 2 cores", "system": "A system", "Python": "3.11.7"},
    "data": "mnist",
    "images": 60000,
    "quick": False,
    "repeats": 5,
    "rows": [
        a_row("784-10-10 batch 32 sgd", PyTorch=4.0, **{"scikit-learn": 12.34, FLOOR: 0.25}),
        a_row("784-10-10 batch 32 adam", PyTorch=0.996, **{"scikit-learn": 3.0, FLOOR: 0.25}),
        a_row("784-800-10 batch 128 adam", PyTorch=0.5, **{"scikit-learn": 1.0, FLOOR: 0.25}),
    ],
    "geometric_means": {BASE: 1.0, "PyTorch": 1.26, "scikit-learn": 3.33, FLOOR: 0.25},
}


def test_the_table_shows_each_row_and_sets_off_what_is_faster():
    assert list(report.table_lines(RESULTS)) == [
        "| network, batch | optimizer | PyTorch | scikit-learn | bare products |",
        "|---|---|---:|---:|---:|",
        "| 784-10-10, 32 | sgd | 4.00 | 12.3 | 0.25 |",
        "|  | adam | 1.00 | 3.00 | 0.25 |",
        "| 784-800-10, 128 | adam | **0.50** | 1.00 | 0.25 |",
        "| geometric mean | | 1.26 | 3.33 | 0.25 |",
    ]


def test_sentences_take_the_better_of_pytorchs_ways():
    def compared(**ratios):
        return {name.replace("_", " "): {"ratio": ratio} for name, ratio in ratios.items()}

    seconds = {"0.97": compared(Inkling=1.0, PyTorch=2.0, PyTorch_fused=1.25)}
    (sentence,) = report.sentences({"accuracy": {"seconds": seconds, "seeds": 3, "work": "a workload"}})
    assert "97 % of MNIST's test images right, PyTorch fused trains 1.25 times as long" in sentence
    assert list(report.sentences(RESULTS)) == []


def test_the_figure_has_a_trace_for_each_library():
    drawn = figure.figure(RESULTS)
    traces = {trace.name: trace for trace in drawn.data}
    assert set(traces) == {BASE, "PyTorch", "scikit-learn", FLOOR}
    assert set(traces[BASE].x) == {1}
    assert list(traces["PyTorch"].x) == [4.0, 0.996, 0.5]
    assert list(traces["PyTorch"].y) == list(traces[FLOOR].y) == sorted(set(traces[FLOOR].y))
    assert set(figure.STYLES) | {BASE} == set(ADAPTERS)


def test_the_readme_has_a_place_for_the_results():
    assert replaced(readme.README.read_text(), "training", "found") != readme.README.read_text()


# ------------------------------------------------------------------------------------------------- command


def run(monkeypatch, capsys, *words):
    """The exit code and the lines on stderr of a command that ends at once."""
    monkeypatch.setattr(sys, "argv", ["training", *words])
    with pytest.raises(SystemExit) as ended:
        entry.run(training.training)
    return ended.value.code, capsys.readouterr().err.splitlines()


def test_a_missing_library_is_one_line_that_says_how_to_get_it(monkeypatch, capsys):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else there(name))
    code, lines = run(monkeypatch, capsys, "--quick")
    assert code == 2
    assert len(lines) == 1
    assert "torch is not installed" in lines[0]
    assert "make bench" in lines[0]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--libraries", "Inkling,Theano"], "got Theano"),
        (["--libraries", "Inkling", "--only", "convolution"], "got 'convolution'"),
        (["--libraries", "Inkling", "--only", "("], "regular expression"),
        (["--libraries", "Inkling", "--data", "nowhere.csv", "--only", "sgd"], "got nowhere.csv"),
        (["--write", "--quick"], "--write needs a whole run"),
        (["--from", "nowhere.json"], "nowhere.json"),
        (["--from", str(ROOT / "Makefile")], "JSON of an earlier run"),
        (["--repeats", "0"], "1<=x<=40"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(monkeypatch, capsys, words, complaint):
    code, lines = run(monkeypatch, capsys, *words)
    assert code == 2
    assert len(lines) == 1
    assert complaint in lines[0]


def test_a_run_from_end_to_end(shared_cache):
    words = ["--quick", "--only", "784-10-10.*sgd", "--libraries", "scikit-learn,bare products", "--json"]
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.training", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    results = json.loads(ended.stdout.splitlines()[-1])
    (row,) = results["rows"]
    assert row["name"] == "784-10-10 batch 32 sgd"
    assert set(row["results"]) == {BASE, "scikit-learn", FLOOR}
    assert row["results"][BASE]["ratio"] == 1
    for name, result in row["results"].items():
        assert result["lowest"] <= result["ratio"] <= result["highest"]
        assert result["loss"] is None if name == FLOOR else 0 < result["loss"] < math.log(10)
        assert results["geometric_means"][name] == pytest.approx(result["ratio"])
    assert results["machine"]["NumPy"].startswith(np.__version__)
