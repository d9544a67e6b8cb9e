"""Break it and Stress without a browser: they show what a plain computation gives, and runs go on from there."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from model.data import Dataset
from model.jobs.protocol import Pause
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.robustness.layer_changes import CutLayer, ResetLayer, ShuffleLayer
from model.robustness.perturbation import Perturbation
from model.robustness.silencing import SilenceShare, SilenceUnits
from model.robustness.weight_changes import RoundWeights, WeightNoise
from model.training.checkpoint import WEIGHTS, Checkpoint, load
from tests.pages.test_experiments import SMALL, said, show
from tests.paths import ROOT
from tests.polling import wait_for
from tests.ui.screens import SECONDS, sound
from tests.ui.train.train_screen import end_runs, visitor
from ui.experiments import stress_measures
from ui.pickers import networks


@pytest.fixture
def screen(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.delenv("MNIST_DIR", raising=False)
    screen = AppTest.from_file(ROOT / "pages" / "navigation.py", default_timeout=SECONDS).switch_page("experiments.py")
    sound(screen.run())
    visitor(screen).network = "starter"
    yield screen
    end_runs(screen)


def accuracy(screen: AppTest) -> str:
    (metric,) = [metric for metric in screen.metric if metric.label == "Accuracy"]
    return str(metric.value)


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def test_accuracy_falls_to_what_the_perturbed_network_has(screen: AppTest, mnist_5k: Dataset) -> None:
    network = load(WEIGHTS / "starter.safetensors").network
    test = mnist_5k.test_images, mnist_5k.test_labels
    show(screen, "Break it")
    assert accuracy(screen) == percent(SilenceShare(0.3).applied(network).accuracy(*test))
    assert f"Before: {percent(network.accuracy(*test))}" in said(screen)
    assert "On 1,000 test images of mnist-5k" in said(screen).replace("\\", "")
    sound(screen.slider(key="perturb_share").set_value(80).run())
    sound(screen.radio(key="perturb_units").set_value("strongest first").run())
    assert accuracy(screen) == percent(SilenceShare(0.8, "strongest").applied(network).accuracy(*test))
    sound(screen.radio(key="perturb_units").set_value("chosen").run())
    sound(screen.text_input(key="perturb_chosen").set_value("1-3, 60").run())
    assert accuracy(screen) == percent(SilenceUnits(0, (0, 1, 2, 59)).applied(network).accuracy(*test))
    sound(screen.text_input(key="perturb_chosen").set_value("65").run())
    assert "layer 1 has the units 1 to 64; got 65" in said(screen).replace("\\", "")
    sound(screen.selectbox(key="perturb_kind").set_value("Quantization").run())
    sound(screen.slider(key="perturb_bits").set_value(2).run())
    assert accuracy(screen) == percent(RoundWeights(2).applied(network).accuracy(*test))
    assert "choose the network of one of your runs" in said(screen)


@pytest.mark.parametrize(
    ("kind", "perturbation"),
    [
        ("Weight noise", WeightNoise(0.5)),
        ("Cut a layer", CutLayer(0)),
        ("Shuffle a layer", ShuffleLayer(0)),
        ("Reset a layer", ResetLayer(0)),
    ],
    ids=str,
)
def test_each_perturbation_has_its_accuracy(
    screen: AppTest, mnist_5k: Dataset, kind: str, perturbation: Perturbation
) -> None:
    network = load(WEIGHTS / "starter.safetensors").network
    show(screen, "Break it")
    sound(screen.selectbox(key="perturb_kind").set_value(kind).run())
    expected, before = (
        each.accuracy(mnist_5k.test_images, mnist_5k.test_labels) for each in (perturbation.applied(network), network)
    )
    assert accuracy(screen) == percent(expected) != percent(before)


@pytest.mark.parametrize("hidden", [(), (5, 6, 5, 6, 5, 6)], ids=len)
def test_networks_of_every_shape(screen: AppTest, hidden: tuple[int, ...]) -> None:
    mlp = MLP((784, *hidden, 11), "tanh", batch_normalization=True).initialize("he", np.random.default_rng(0))
    visitor(screen).networks["mine"] = Checkpoint(DigitClassifier(mlp))
    visitor(screen).network = "mine"
    visitor(screen).network_chosen_on = "experiments"
    show(screen, "Break it")
    assert screen.selectbox(key="network").value == "mine"
    kinds = screen.selectbox(key="perturb_kind").options
    assert ("Unit ablation" in kinds) == bool(hidden)
    for kind in kinds:
        sound(screen.selectbox(key="perturb_kind").set_value(kind).run())
    show(screen, "Stress")
    assert screen.multiselect(key="stress_networks").value == ["mine", "starter"]


def test_a_run_trains_on_from_the_harm_beside_the_unperturbed_one(screen: AppTest) -> None:
    show(screen, "Races")
    visitor(screen).config, visitor(screen).speed = SMALL, 0
    sound(screen.run())
    screen.radio(key="race_bet").set_value("B").run()
    sound(screen.button(key="start_race").click().run())
    first, second = visitor(screen).jobs
    wait_for(lambda: not first.is_live and not second.is_live, "the end of two runs")
    sound(screen.run())
    (name,) = [visitor(screen).job_networks[first.number]]
    visitor(screen).network = name
    show(screen, "Break it")
    assert screen.selectbox(key="network").value == name
    sound(screen.slider(key="perturb_share").set_value(50).run())
    sound(screen.number_input(key="perturb_epochs").set_value(2).run())
    sound(screen.button(key="perturb_train").click().run())
    unperturbed, perturbed = visitor(screen).jobs[2:]
    assert (unperturbed.label, perturbed.label) == ("unperturbed from epoch 2", "perturbed from epoch 2")
    assert (unperturbed.perturbation, perturbed.perturbation) == (None, SilenceShare(0.5))
    assert unperturbed.initial_config == perturbed.initial_config == first.config.changed(epochs=4)
    wait_for(lambda: not unperturbed.is_live and not perturbed.is_live, "the end of both branches")
    sound(screen.run())
    assert {metric.label for metric in screen.metric} == {
        "Accuracy",
        "perturbed from epoch 2",
        "unperturbed from epoch 2",
    }
    assert perturbed.state().points[-1].epoch == unperturbed.state().points[-1].epoch == 4


def test_a_run_that_pauses_is_perturbed_where_it_pauses(screen: AppTest) -> None:
    show(screen, "Races")
    visitor(screen).config = SMALL.changed(epochs=1000)
    sound(screen.run())
    screen.radio(key="race_bet").set_value("B").run()
    sound(screen.button(key="start_race").click().run())
    job = visitor(screen).jobs[0]
    wait_for(lambda: any(point.step for point in job.state().points), "a step")
    job.send(Pause())
    wait_for(lambda: job.is_paused and job.state().snapshots[-1].step == job.state().points[-1].step, "its snapshot")
    show(screen, "Break it")
    visitor(screen).jobs[1].stop()  # its network comes into the menu, and does not take the place of the choice
    wait_for(lambda: not visitor(screen).jobs[1].is_live, "the end of the other run")
    (name,) = (name for name in screen.selectbox(key="network").options if name.endswith("(paused)"))
    sound(screen.selectbox(key="network").set_value(name).run())
    assert screen.selectbox(key="network").value == name
    sound(screen.toggle(key="perturb_beside").set_value(False).run())
    sound(screen.button(key="perturb_train").click().run())
    perturbed = visitor(screen).jobs[-1]
    assert (perturbed.parent_number, perturbed.perturbation) == (job.number, SilenceShare(0.3))
    assert job.is_paused
    sound(screen.button(key="perturb_stop").click().run())
    wait_for(lambda: not perturbed.is_live, "its end")


def test_stress_shows_where_each_network_fails_first(screen: AppTest) -> None:
    show(screen, "Stress")
    assert screen.multiselect(key="stress_networks").value == ["starter"]
    sound(screen.multiselect(key="stress_networks").set_value(["starter", "tanh-10", "tiny-25k", "deep-64"]).run())
    assert screen.segmented_control(key="stress_kind").options == [
        "Shift",
        "Rotation",
        "Scale",
        "Stroke width",
        "Noise",
        "Blur",
    ]
    for kind in ("Shift", "Noise", "Blur"):
        sound(screen.segmented_control(key="stress_kind").set_value(kind).run())
        (title,) = re.findall(r"First failures at [^*]*", said(screen))
        counts = re.findall(r"(starter|tanh-10|tiny-25k|deep-64): ([\d,]+) image", said(screen))
        assert title
        assert len(counts) == 4
        assert any(count != "0" for _, count in counts)
    sound(screen.multiselect(key="stress_networks").set_value([]).run())
    assert "Choose a network" in said(screen)


def test_a_large_network_is_measured_on_fewer_images(screen: AppTest) -> None:
    images = stress_measures.Images(np.zeros((2000, 784), np.uint8), np.zeros(2000), True, 10_000, "some")
    few = images.some([networks.load_shipped("champion").network], 15)
    assert 300 <= len(few.labels) < 1000
    assert few.identity != images.identity
    assert len(images.some([networks.load_shipped("starter").network], 72).labels) == 2000
    assert stress_measures.describe(few, "mnist") == f"{len(few.labels)} of the 10,000 test images of mnist"
