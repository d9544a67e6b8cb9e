"""What the browser may fetch: modules and shipped networks for all, a visitor's own for the visitor alone."""

import json

import numpy as np
import pytest
import safetensors.numpy
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from model.browser import wire
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import checkpoint
from model.training.checkpoint import Checkpoint
from tests.asgi import ask
from tests.ui.screens import SECONDS
from ui.browser import modules, networks
from ui.browser.routes import routes
from ui.state.session import VISITOR_KEY
from ui.state.visitor_state import VisitorState

APP = Starlette(routes=routes())


def get(address: str, known: str = "") -> tuple[int, dict[str, str], bytes]:
    """Ask the routes for an address, with the ETag that is known; returns the status, the headers and the body."""
    return ask(APP, f"/{address}", {"If-None-Match": known})


def script() -> None:
    import streamlit as st

    from ui import state
    from ui.browser import networks as browser_networks
    from ui.pickers import networks as menu

    state.begin()
    for name in [*menu.menu_names(), "forgotten"]:
        st.text(f"{name} {browser_networks.address(name)}")


def visit(**own: DigitClassifier) -> tuple[AppTest, dict[str, str]]:
    """Visit with networks of one's own; returns the addresses of all networks in the menus."""
    screen = AppTest.from_function(script, default_timeout=SECONDS).run()
    screen.session_state[VISITOR_KEY].networks = {name: Checkpoint(network) for name, network in own.items()}
    screen.run()
    assert not screen.exception
    return screen, dict(text.value.rsplit(" ", 1) for text in screen.text)


def random_network(*hidden: int, seed: int = 0) -> DigitClassifier:
    return DigitClassifier(MLP((784, *hidden, 11)).initialize("he", np.random.default_rng(seed)))


def test_a_module_is_kept_by_browsers_for_good_and_its_address_follows_its_content() -> None:
    address = modules.address()
    status, headers, body = get(address)
    assert (status, body) == (200, modules.MODULES["index.js"])
    assert headers["content-type"].startswith("text/javascript")
    assert "immutable" in headers["cache-control"]
    imported = {line.split('"')[1].removeprefix("./") for line in body.decode().splitlines() if " from " in line}
    assert imported < modules.MODULES.keys()
    assert get(modules.address("explain/index.js"))[2] == modules.MODULES["explain/index.js"]
    assert get(address.replace(modules.VERSION, "0" * 16))[0] == 404


@pytest.mark.parametrize("name", ["wire.py", "__init__.py", "..%2Fstyle.css", "../../../app.py", "index", ""])
def test_nothing_but_modules_comes_from_their_address(name: str) -> None:
    assert get(f"browser/modules/{modules.VERSION}/{name}")[0] == 404


def test_a_network_that_comes_with_inkling_goes_to_all_rounded_and_small() -> None:
    _, addresses = visit()
    status, headers, body = get(addresses["handwriting"])
    assert status == 200
    assert headers["cache-control"].startswith("public")
    assert "immutable" in headers["cache-control"]
    assert len(body) <= 4_000_000
    tensors = safetensors.numpy.load(body)
    original = checkpoint.load(checkpoint.DEFAULT_WEIGHTS).network
    for index, layer in enumerate(original.mlp.layers):
        steps = tensors[f"layers.{index}.steps"]
        np.testing.assert_allclose(tensors[f"layers.{index}.weights"] * steps, layer.weights, atol=0.51 * steps.max())
        np.testing.assert_array_equal(tensors[f"layers.{index}.biases"], layer.biases)
    header = json.loads(body[8 : 8 + int.from_bytes(body[:8], "little")])
    assert float(header["__metadata__"]["temperature"]) == original.temperature
    assert float(header["__metadata__"]["caution"]) == original.reject_bias


def test_ones_own_network_has_an_address_that_nobody_else_can_guess() -> None:
    mine = random_network(8)
    screen, addresses = visit(mine=mine)
    owner = screen.session_state[VISITOR_KEY]
    *_, token, file = addresses["mine"].split("/")
    assert token == owner.token != VisitorState("another").token
    assert len(token) >= 32
    for forged in (file, f"{VisitorState('another').token}/{file}", f"{token[:-1]}/{file}", f"{token}\xff/{file}"):
        status, headers, _ = get(f"browser/networks/{forged}")
        assert (status, headers["cache-control"]) == (404, "no-store"), forged


def test_a_visitor_gets_their_own_networks_alone() -> None:
    mine, others = random_network(8), random_network(8, seed=1)
    owner, other = VisitorState("owner", networks={"mine": Checkpoint(mine)}), VisitorState("other")
    body = networks.own(owner, networks.checksum(mine))
    assert body is not None
    np.testing.assert_array_equal(safetensors.numpy.load(body)["layers.0.weights"], mine.mlp.layers[0].weights)
    assert networks.own(owner, networks.checksum(others)) is None
    assert networks.own(other, networks.checksum(mine)) is None
    assert networks.own(None, networks.checksum(mine)) is None


@pytest.mark.parametrize("name", ["app.py", "../weights/handwriting", "handwriting", "/etc/passwd", "a" * 9000])
def test_no_file_is_named_by_an_address(name: str) -> None:
    assert get(f"browser/networks/{name}.safetensors")[0] == 404


def test_a_network_over_32_megabytes_stays_with_the_app_and_one_that_is_gone_has_no_address() -> None:
    large = random_network(4096, 1200)
    assert large.mlp.parameters.nbytes > wire.MAX_BYTES
    screen, addresses = visit(large=large)
    assert addresses["large"] == addresses["forgotten"] == "None"
    assert networks.own(screen.session_state[VISITOR_KEY], networks.checksum(large)) is None


def test_a_network_that_rounding_would_change_is_sent_as_it_is() -> None:
    network = random_network(300, 300)
    assert network.mlp.parameters.nbytes > wire.SMALL_BYTES
    assert safetensors.numpy.load(wire.to_wire(network))["layers.0.weights"].dtype == np.int16
    network.mlp.layers[0].weights[0] = 1e4  # a pixel that is never inked makes the steps of all others coarse
    assert safetensors.numpy.load(wire.to_wire(network))["layers.0.weights"].dtype == np.float32
