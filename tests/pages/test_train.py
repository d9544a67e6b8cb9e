"""The Train page: its controls are the config, and MNIST is fetched from it with a bar, or a reason why not."""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from model import data
from model.config import TrainingConfig
from model.presets import PRESETS
from tests.polling import wait_for_points
from tests.ui.screens import sound
from tests.ui.train.train_screen import end_runs, jobs, page, press


@pytest.fixture
def screen(shared_cache, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page as a new visitor finds it, where MNIST is not."""
    monkeypatch.delenv("MNIST_DIR", raising=False)
    screen = page()
    yield screen
    end_runs(screen)


def controls(screen: AppTest) -> dict[str, object]:
    """The values of all the controls, by key."""
    kinds = (screen.slider, screen.select_slider, screen.selectbox, screen.number_input, screen.toggle)
    return {widget.key: widget.value for kind in kinds for widget in kind if widget.key}


def test_every_setting_has_a_control_with_its_default_and_an_explanation(screen: AppTest) -> None:
    screen.selectbox(key="schedule").set_value("one_cycle").run()
    shown = controls(screen)
    screen.selectbox(key="schedule").set_value("step").run()
    shown |= controls(screen)
    screen.selectbox(key="teacher").set_value("champion").run()
    shown = controls(screen) | shown
    default = TrainingConfig()
    expected = {name: getattr(default, name) for name in TrainingConfig.model_fields if name not in SPECIAL}
    assert {name: shown[name] for name in expected} == expected
    assert (shown["hidden_layers"], shown["hidden_1"], shown["dataset"]) == (1, 128, "mnist-5k")
    for kind in (screen.slider, screen.select_slider, screen.selectbox, screen.number_input, screen.toggle):
        assert [widget.key for widget in kind if not widget.help] == []
    for name in ("activation", "optimizer", "schedule"):
        assert len(screen.selectbox(key=name).options) == len(TrainingConfig.options(name))


SPECIAL = ("data", "ink", "hidden_sizes", "schedule")  # ink names files: the command line alone takes it


def test_an_address_never_names_files_to_learn_from(shared_cache, tmp_path) -> None:
    (tmp_path / "mine.jsonl").write_text('{"label": "1", "strokes": [[[0, 0], [0, 9]]]}')
    screen = page(ink=str(tmp_path / "mine.jsonl"), epochs="3")
    assert "ink can't be given in an address" in screen.error[0].value.replace("\\", "")
    assert controls(screen)["epochs"] == 3  # the rest of the address holds
    sound(screen.number_input(key="seed").set_value(1).run())
    assert "ink" not in screen.query_params


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_gives_the_controls_its_values(screen: AppTest, name: str) -> None:
    sound(screen.selectbox(key="preset").set_value(name).run())
    shown, preset = controls(screen), PRESETS[name].config
    assert shown["preset"] == name
    assert tuple(shown[f"hidden_{layer + 1}"] for layer in range(shown["hidden_layers"])) == preset.hidden_sizes
    for field in ("activation", "optimizer", "learning_rate", "batch_size", "epochs", "initialization", "seed"):
        assert shown[field] == getattr(preset, field)
    sound(screen.number_input(key="epochs").set_value(7).run())
    assert controls(screen)["preset"] == "Custom"


def test_a_preset_is_trained_under_its_name(screen: AppTest) -> None:
    sound(screen.selectbox(key="preset").set_value("tanh-10").run())
    press(screen, "start")
    (job,) = jobs(screen)
    assert job.label == "tanh-10"
    assert job.config == PRESETS["tanh-10"].config.changed(data="mnist-5k", ink="")
    wait_for_points(job)


def test_mnist_is_offered_fetched_and_chosen(screen: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def prepare(name: str, progress: Callable[[int, int], None]) -> None:
        asked.append(name)
        progress(25, 100)
        monkeypatch.setattr(data, "is_present", lambda name: True)

    monkeypatch.setattr(data, "prepare", prepare)
    assert any("5,000 of MNIST" in caption.value for caption in screen.caption)
    sound(screen.button(key="fetch_mnist").click().run())
    assert asked == ["mnist"]
    assert screen.selectbox(key="dataset").value == "mnist"
    assert "fetch_mnist" not in [button.key for button in screen.button]


def test_mnist_that_cannot_be_fetched_is_explained_and_nothing_starts_without_it(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(name: str, progress: Callable[[int, int], None]) -> None:
        raise ValueError("expected one of 3 mirrors to send it; check the connection")

    monkeypatch.setattr(data, "prepare", prepare)
    sound(screen.selectbox(key="dataset").set_value("mnist").run())
    assert screen.button(key="start").disabled
    sound(screen.button(key="fetch_mnist").click().run())
    assert "check the connection" in screen.error[0].value.replace("\\", "")
    sound(screen.selectbox(key="dataset").set_value("mnist-5k").run())
    assert not screen.button(key="start").disabled


def test_an_incomplete_mnist_folder_is_explained(screen: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"")
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    sound(screen.run())
    assert "train-labels-idx1-ubyte" in screen.error[0].value.replace("\\", "")


@pytest.mark.parametrize("name", ["initial_std", "beta2"])
def test_no_control_reaches_a_value_that_its_setting_excludes(screen: AppTest, name: str) -> None:
    screen.selectbox(key="initialization").set_value("normal").run()
    control = screen.number_input(key=name)
    for value in (control.min, control.max):
        sound(screen.number_input(key=name).set_value(value).run())
        assert not screen.error


def test_an_incomplete_mnist_folder_does_not_block_a_preset(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"")
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    sound(screen.selectbox(key="preset").set_value("deep-64").run())
    assert controls(screen)["hidden_layers"] == 2
