"""Share: a link that opens the same page, for other devices too, and a page of which they see a part."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from model.config import TrainingConfig
from tests.ui.screens import sound
from tests.ui.train.train_screen import page
from ui.train import share, url_state
from ui.train.network_address import Reach, is_local, reach

PAGE = "http://localhost:8501/train"
CONFIG = TrainingConfig(hidden_sizes=(64, 32), learning_rate=0.5, optimizer="sgd")


def test_a_link_holds_the_settings_and_what_others_see() -> None:
    address = share.link(PAGE, CONFIG, {"show": "learning_rate,batch_size"})
    assert address.startswith(f"{PAGE}?")
    given = dict(parse_qsl(urlsplit(address).query))
    assert given.pop("show") == "learning_rate,batch_size"
    assert url_state.parse(given) == (CONFIG, [])
    assert share.link(PAGE, TrainingConfig(), {}) == PAGE


def test_everything_that_can_be_shown_has_a_label() -> None:
    labels = [share.label(name) for name in url_state.HIDEABLE]
    assert len(set(labels)) == len(labels)
    assert {"Learning rate", "Data", "Hidden layers", "Diagnosis"} <= set(labels)
    assert not set(labels) & set(url_state.HIDEABLE)


def test_the_settings_are_told_in_a_line() -> None:
    assert share.settings_line(CONFIG) == "hidden layers 64-32, optimizer sgd, learning rate 0.5"
    assert share.settings_line(TrainingConfig()) == "Default settings"


def test_a_code_is_an_image_in_the_page_and_its_size_grows_with_the_link() -> None:
    short, long = (share.qr_code(share.link(PAGE, config, {})) for config in (TrainingConfig(), CONFIG))
    assert short.startswith("data:image/svg+xml")
    assert len(long) > len(short)
    everything = share.link(PAGE, CONFIG, {"show": ",".join(url_state.HIDEABLE)})
    assert share.qr_code(everything)


@pytest.mark.parametrize(
    ("url", "listens_on", "own", "expected"),
    [
        (f"{PAGE}?seed=3", None, "192.168.1.20", "http://192.168.1.20:8501/train?seed=3"),
        ("http://127.0.0.1:8501/train", "0.0.0.0", "10.0.0.7", "http://10.0.0.7:8501/train"),
        ("http://[::1]:8501/train", "::", "10.0.0.7", "http://10.0.0.7:8501/train"),
        ("http://localhost/train", None, "10.0.0.7", "http://10.0.0.7/train"),
        ("https://school.example/inkling/train", "127.0.0.1", "10.0.0.7", "https://school.example/inkling/train"),
        ("http://192.168.1.20:8501/train", None, None, "http://192.168.1.20:8501/train"),
    ],
)
def test_other_devices_get_an_address_that_they_can_open(url: str, listens_on: str, own: str, expected: str) -> None:
    assert reach(url, listens_on=listens_on, own_address=own) == Reach(expected)


@pytest.mark.parametrize(
    ("listens_on", "own", "problem"),
    [("127.0.0.1", "10.0.0.7", "on this machine alone"), ("localhost", None, "0.0.0.0"), (None, None, "no address")],
)
def test_the_reason_why_other_devices_cannot_connect_is_given(
    listens_on: str | None, own: str | None, problem: str
) -> None:
    answer = reach(PAGE, listens_on=listens_on, own_address=own)
    assert answer.url == PAGE
    assert problem in answer.problem


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.53", True),
        ("::1", True),
        ("app.localhost", True),
        ("10.0.0.7", False),
        ("", False),
    ],
)
def test_a_local_host_is_this_machine_alone(host: str, local: bool) -> None:
    assert is_local(host) is local


def test_shared_parts_are_chosen_by_label_and_the_own_page_keeps_all(shared_cache: Path) -> None:
    screen = page()
    screen.session_state["share_open"] = True
    screen.run()
    sound(screen.multiselect(key="share_parts").select("learning_rate").run())
    assert "show" not in screen.query_params
    assert screen.number_input(key="epochs")
    hidden = page(show="learning_rate")
    hidden.session_state["share_open"] = True
    sound(hidden.run())
    assert "share_parts" not in [menu.key for menu in hidden.multiselect]
