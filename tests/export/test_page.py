"""An exported page is small and closed, and says what the network's file says. A browser opens it in tests/e2e."""

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from model.config import TrainingConfig
from model.export import description
from model.export.page import page
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import checkpoint
from model.training.checkpoint import Checkpoint
from ui.common import theme


def untrained(*hidden: int, **scores: float | int | str | None) -> Checkpoint:
    network = DigitClassifier(MLP((784, *hidden, 10)).initialize("he", np.random.default_rng(0)))
    return Checkpoint(network, TrainingConfig(hidden_sizes=hidden, optimizer="momentum", dropout=0.2), scores)


def test_the_pages_are_as_small_as_promised() -> None:
    assert len(page(checkpoint.load(checkpoint.DEFAULT_WEIGHTS), "handwriting")) <= 5_000_000
    assert len(page(untrained(64, 64), "small")) <= 500_000


def test_the_page_runs_its_own_script_and_style_alone() -> None:
    text = page(untrained(8), "mine").decode()
    policy = unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[0])
    for element, directive in (("script", "script-src"), ("style", "style-src")):
        (content,) = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        checksum = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{checksum}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", text)
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|WebSocket)\b(?!Network)", text.partition("$network = ")[0])


def test_the_page_is_the_same_each_time_and_escapes_names() -> None:
    trained = untrained(8)
    pages = {page(trained, "<b>&") for _ in range(4)}
    assert len(pages) == 1
    assert "<strong>&lt;b&gt;&amp;</strong>" in pages.pop().decode()


def test_the_page_says_what_is_known_of_the_network() -> None:
    trained = untrained(16, 8, test_accuracy=0.9712, tested_on="/home/me/my digits.csv", epochs=7, seconds=75.0)
    assert description.facts(trained) == {
        "Network": "784-16-8-10, ReLU",
        "Parameters": f"{784 * 16 + 16 + 16 * 8 + 8 + 8 * 10 + 10:,}",
        'Reject class ("not a digit")': "no",
        "Test accuracy": "97.12 %",
        "Data": "mnist-5k",
        "Dropout": "0.2",
        "Optimizer": "momentum",
        "Learning rate": "0.001",
        "Batch size": "64",
        "Epochs": "10",
        "Augmentation": "none",
        "Epochs trained": "7",
        "Training time": "1 min 15 s",
    }
    text = page(trained, "mine").decode()
    assert "It classifies 97.12 % of the test images of my digits.csv correctly." in text
    assert "/home/me" not in text
    bare = Checkpoint(trained.network)
    assert description.score(bare) is None
    assert list(description.facts(bare)) == ["Network", "Parameters", 'Reject class ("not a digit")']
    assert "mine" in page(bare, "mine").decode()


def test_the_page_names_the_networks_that_one_learned_from_without_their_folders() -> None:
    trained = untrained(8)
    assert trained.config
    config = trained.config.changed(teacher="champion,/home/me/mine.npz", start_from="/home/me/first.safetensors")
    facts = description.facts(replace(trained, config=config))
    assert {"champion, mine.npz", "first.safetensors"} <= set(facts.values())


def test_the_page_has_the_colors_of_the_theme() -> None:
    def properties(css: str) -> dict[str, str]:
        return dict(re.findall(r"(--[\w-]+): ((?:#|light-dark)[^;]*);", css))

    text, of_the_theme = page(untrained(4), "mine").decode(), properties(theme.css_properties())
    own = properties(text)
    assert own
    assert own == {name: of_the_theme[name] for name in own}


def test_a_network_that_no_browser_takes_gets_no_page() -> None:
    with pytest.raises(ValueError, match="at most 32 MB of parameters; got 33 MB"):
        page(untrained(4096, 1200), "large")
