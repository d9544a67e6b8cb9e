"""What explains an answer, in Chromium: held against the figures of `model`, over recorded ink."""

import base64
import itertools
import re
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from model.browser import wire
from model.inference.classification import Classification, classify_images
from model.ink import Drawing, read_ink, render
from model.nn.activations import ACTIVATIONS
from model.nn.batch_norm import BATCH_NORM_EPSILON
from model.nn.classifier import DigitClassifier
from model.nn.losses import cross_entropy, softmax
from model.nn.mlp import MLP, as_inputs
from model.nn.optimizers import SGD
from model.nn.workspace import Workspace
from model.training import checkpoint
from tests.e2e.networks import made
from tests.paths import INK
from tools.browser_reader import BrowserReader

pytestmark = pytest.mark.computes

DRAWINGS = list(read_ink(INK))
NETWORKS = [
    made([24] * layers, activation, normalized, outputs, seed)
    for seed, (layers, activation, normalized, outputs) in enumerate(
        [
            (0, "relu", False, 10),
            (0, "relu", False, 11),
            (4, "relu", True, 11),
            *zip(
                itertools.cycle((1, 2, 3)), ACTIVATIONS, itertools.cycle((False, True)), itertools.cycle((11, 10, 11))
            ),
            *zip(itertools.cycle((3, 1, 2)), ACTIVATIONS, itertools.cycle((True, False)), itertools.cycle((10, 11))),
        ]
    )
]


class Explainer:
    """The modules in a page of their own. Typed arrays come back as lists."""

    def __init__(self, page: Page) -> None:
        self.page = BrowserReader(page).page

    def take(self, network: DigitClassifier, drawing: Drawing) -> None:
        """Have `network`, `strokes`, `pen` and `image` in the browser from now on; the image is the app's."""
        self.page.evaluate(
            """([content, strokes, pen, image]) => {
                const bytes = Uint8Array.from(atob(content), (byte) => byte.charCodeAt(0))
                Object.assign(window, { strokes, pen, network: reader.parseNetwork(bytes.buffer) })
                window.image = Uint8Array.from(image)
            }""",
            [
                base64.b64encode(wire.to_wire(network)).decode(),
                [stroke.tolist() for stroke in drawing.strokes],
                drawing.pen,
                render(drawing).reshape(-1).tolist(),
            ],
        )

    def find(self, script: str, argument: object = None) -> Any:
        """Return what a script makes of them: the body of a function of `given`, with the modules in `reader`."""
        return self.page.evaluate(
            f"""(given) => {{
                const plain = (value) => {{
                    if (ArrayBuffer.isView(value) || Array.isArray(value)) return Array.from(value, plain)
                    if (!value || typeof value !== "object") return value
                    const shown = Object.entries(value).filter(([name]) => name !== "network")
                    return Object.fromEntries(shown.map(([name, part]) => [name, plain(part)]))
                }}
                return plain((() => {{ {script} }})())
            }}""",
            argument,
        )


def classified(network: DigitClassifier, drawing: Drawing) -> Classification:
    return classify_images(network, [render(drawing)])[0]


@pytest.fixture
def explainer(page: Page) -> Explainer:
    return Explainer(page)


def folded(network: DigitClassifier) -> MLP:
    """Return an MLP without batch normalization that computes the same as this one in inference, in float64."""
    mlp = network.mlp.copy(np.float64)
    twin = MLP(mlp.sizes, mlp.activation, dtype=np.float64)
    for index, (layer, plain) in enumerate(zip(mlp.layers, twin.layers, strict=True)):
        plain.weights[:], plain.biases[:] = layer.weights, layer.biases
        if layer.gamma is not None:
            mean, variance = mlp.running_statistics_of(index)
            scale = layer.gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
            plain.weights[:] *= scale
            plain.biases[:] -= mean * scale
    return twin


def gradients_of_logits(mlp: MLP, image: np.ndarray, coefficients: np.ndarray) -> list[np.ndarray]:
    """Return d/dz of each layer for a weighted sum of the logits, by the backward pass of `model`."""
    workspace = Workspace(mlp, 1)
    mlp.forward(image, workspace)
    logits = workspace.pre_activations[-1]
    probabilities = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    mlp.backward(image, probabilities - coefficients, workspace)  # it begins with probabilities - targets
    return [layer.biases.copy() for layer in workspace.gradients]


def test_all_numbers_on_the_way_are_those_of_model_and_add_up(explainer: Explainer) -> None:
    for network, drawing in zip(NETWORKS, itertools.cycle(DRAWINGS[::7]), strict=False):
        mlp, image = folded(network), as_inputs(render(drawing).reshape(1, -1), np.float64)
        rng = np.random.default_rng(len(mlp.sizes))
        coefficients = rng.normal(0, 1, mlp.sizes[-1])
        layer = len(mlp.layers) - 1
        explainer.take(network, drawing)
        found = explainer.find(
            """
                const trace = reader.traceForward(network, image)
                const layers = trace.layers.map((_, layer) => layer)
                return {
                    trace,
                    gradients: reader.backpropagate(trace, given),
                    pixels: reader.inputGradient(network, trace, given),
                    sums: layers.map((layer) => reader.unitSum(trace, layer, 7, 5)),
                    weights: layers.map((layer) => reader.unitWeights(trace, layer, 7)),
                    outgoing: reader.outgoingProducts(trace, 0, 3, 4),
                    connections: layers.map((layer) => reader.strongestConnections(trace, layer, 20, given)),
                }
            """,
            coefficients.tolist(),
        )

        workspace = Workspace(mlp, 1)
        mlp.forward(image, workspace)
        expected = [values[0] for values in workspace.pre_activations]
        inputs = [image[0], *(values[0] for values in workspace.activations)]
        assert len(found["trace"]["layers"]) == len(mlp.layers)
        for index, traced in enumerate(found["trace"]["layers"]):
            np.testing.assert_allclose(traced["inputs"], inputs[index], atol=1e-5)
            np.testing.assert_allclose(traced["preActivations"], expected[index], atol=1e-5)
        np.testing.assert_allclose(found["trace"]["logits"], expected[-1], atol=1e-5)
        prediction = network.predict(image.astype(np.float32))
        np.testing.assert_allclose(found["trace"]["probabilities"], prediction.probabilities[0], atol=1e-5)
        assert (found["trace"]["isDigit"] is None) == (prediction.is_digit is None)

        deltas = gradients_of_logits(mlp, image, coefficients)
        for gradient, delta in zip(found["gradients"], deltas, strict=True):
            np.testing.assert_allclose(gradient["preActivations"], delta, atol=1e-5)
        np.testing.assert_allclose(found["pixels"], mlp.layers[0].weights @ deltas[0], atol=1e-5)

        for index, unit in enumerate(found["sums"]):
            weights = mlp.layers[index].weights[:, 7]
            np.testing.assert_allclose(found["weights"][index], weights, atol=1e-5)
            products = inputs[index] * weights
            named = [product["index"] for product in unit["products"]]
            assert named == np.argsort(-np.abs(products), kind="stable")[:5].tolist()
            assert unit["restCount"] == np.count_nonzero(products) - 5
            for product in unit["products"]:
                assert product["product"] == product["weight"] * product["input"]
            total = unit["bias"] + sum(product["product"] for product in unit["products"]) + unit["rest"]
            assert total == pytest.approx(unit["preActivation"], abs=1e-9)
            assert unit["activation"] == found["trace"]["layers"][index]["activations"][7]

            flow = inputs[index][:, None] * mlp.layers[index].weights * deltas[index]
            strongest = np.sort(np.abs(flow), axis=None)[::-1][:20]
            contributions = [connection["contribution"] for connection in found["connections"][index]]
            assert len(contributions) == min(20, np.count_nonzero(flow))
            np.testing.assert_allclose(np.abs(contributions), strongest[: len(contributions)], atol=1e-5)
            for connection in found["connections"][index]:
                assert flow[connection["input"], connection["unit"]] == pytest.approx(
                    connection["contribution"], abs=1e-5
                )

        assert len(found["outgoing"]) == (4 if layer else 0)
        for product in found["outgoing"]:
            expected_product = inputs[1][3] * mlp.layers[1].weights[3, product["index"]]
            assert product["product"] == pytest.approx(expected_product, abs=1e-5)


def test_evidence_leaves_nothing_unexplained(explainer: Explainer) -> None:
    methods = set()
    for network, drawing in zip(NETWORKS, itertools.cycle(DRAWINGS[::4]), strict=False):
        explainer.take(network, drawing)
        image = as_inputs(render(drawing).reshape(1, -1), np.float64)
        logits = folded(network).logits(image)[0]
        for wanted, other in ((7, 1), (3, None), (len(logits) - 1, 0)):
            found = explainer.find("return reader.evidence(network, image, ...given)", [wanted, other])
            expected = logits[wanted] - (0 if other is None else logits[other])
            assert found["difference"] == pytest.approx(expected, abs=1e-4)
            assert sum(found["pixels"]) + sum(found["biases"]) == pytest.approx(expected, abs=1e-4)
            assert not np.any(np.array(found["pixels"])[image[0] == 0])
            assert len(found["biases"]) == len(network.mlp.layers)
            methods.add((network.mlp.activation, found["method"]))
    assert {method for activation, method in methods if "relu" in activation} == {"gradient times input"}
    assert len({activation for activation, method in methods if method == "layer-wise relevance"}) == 3


def test_occlusion_leaves_each_part_out_and_all_other_ink_in_place(explainer: Explainer) -> None:
    network = made([24], "relu", False, 11, 5)
    mlp = network.mlp
    several = max(DRAWINGS, key=lambda drawing: len(drawing.strokes))
    single = next(drawing for drawing in DRAWINGS if len(drawing.strokes) == 1)
    assert len(several.strokes) > 1
    for drawing, count in ((several, len(several.strokes)), (single, 6)):
        explainer.take(network, drawing)
        found = explainer.find(
            """
                const options = { pen, wanted: 4, other: 9, count: 6 }
                return reader.strokeOcclusion(network, strokes, options).map((part) => {
                    const others = strokes.filter((_, index) => index !== part.stroke)
                    return { ...part, image: reader.rasterize(others, pen, strokes) }
                })
            """
        )
        assert len(found) == count
        assert [part["from"] for part in found if part["stroke"] == 0] == [
            pytest.approx(part["to"] - 1 / (count if drawing is single else 1)) for part in found if part["stroke"] == 0
        ]
        whole = render(drawing).reshape(-1)
        for part in found if drawing is several else []:
            occluded = np.array(part["image"], np.uint8)
            assert (occluded <= whole.astype(int) + 2).all()  # nothing moved: ink only goes
            before, after = mlp.logits(np.stack([whole, occluded]))
            assert part["effect"] == pytest.approx((before - after)[4] - (before - after)[9], abs=0.02)
            assert part["reading"]["digit"] == after[:10].argmax()


def test_the_last_moment_is_the_whole_drawing_and_the_answer_stays_from_the_settled_one(explainer: Explainer) -> None:
    network = made([24], "relu", False, 11, 8)
    settled = set()
    for drawing in DRAWINGS[::3]:
        explainer.take(network, drawing)
        found = explainer.find(
            """
                const found = reader.readAlong(network, strokes, { pen, count: 25 })
                const along = reader.probabilitiesAlong(network, found.moments)
                return { ...found, along, likely: reader.staysFrom(along.map((each) => each[given]), 0.5) }
            """,
            3,
        )
        moments, whole = found["moments"], classified(network, drawing)
        assert found["along"] == [moment["reading"]["probabilities"] for moment in moments]
        likely = [each[3] >= 0.5 for each in found["along"]]
        assert found["likely"] == next((index for index in range(25) if all(likely[index:])), None)
        assert [moment["share"] for moment in moments] == pytest.approx(np.linspace(0, 1, 25))
        assert moments[-1]["strokes"] == [stroke.tolist() for stroke in drawing.strokes]
        np.testing.assert_allclose(moments[-1]["reading"]["probabilities"], whole.probabilities, atol=1e-3)
        assert moments[0]["strokes"] == [[drawing.strokes[0][0].tolist()]]
        lengths = [sum(length_of(np.array(stroke)) for stroke in moment["strokes"]) for moment in moments]
        np.testing.assert_allclose(lengths, np.linspace(0, lengths[-1], 25), atol=1e-6)
        for moment in moments[::6]:
            until = Drawing(tuple(np.array(stroke) for stroke in moment["strokes"]), pen=drawing.pen)
            expected = classified(network, until)
            np.testing.assert_allclose(moment["reading"]["probabilities"], expected.probabilities, atol=2e-3)
        answers = [moment["answer"] for moment in moments]
        stays = [all(answer == answers[-1] for answer in answers[index:]) for index in range(25)]
        assert found["settled"] == stays.index(True)
        settled.add(found["settled"])
    assert len(settled) > 1
    assert explainer.find("return reader.readAlong(network, [])") == {"moments": [], "settled": None}


def length_of(stroke: np.ndarray) -> float:
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())


def test_a_step_of_learning_is_models(explainer: Explainer) -> None:
    rate, label, smoothing, unit = 0.05, 3, 0.1, 7
    for network, drawing in zip(NETWORKS, itertools.cycle(DRAWINGS[::5]), strict=False):
        explainer.take(network, drawing)
        layers = range(len(network.mlp.layers))
        found = explainer.find(
            """
                const [label, learningRate, smoothing, layers] = given
                const step = reader.learningStep(network, image, label, { learningRate, smoothing })
                return { step, units: layers.map((layer) => reader.unitStep(step, layer, 7, 1000)) }
            """,
            [label, rate, smoothing, list(layers)],
        )
        step = found["step"]
        image, labels = as_inputs(render(drawing).reshape(1, -1), np.float64), np.array([label])
        before = network.mlp.copy(np.float64)
        gradient = inference_gradient(network, image, labels, smoothing)
        after = before.copy()
        SGD(after.parameters.size).step(after.parameters, gradient.copy(), rate)
        np.testing.assert_allclose(step["probabilities"], softmax(before.logits(image))[0], atol=1e-5)
        np.testing.assert_allclose(step["probabilitiesAfter"], softmax(after.logits(image))[0], atol=1e-4)
        assert step["loss"] == pytest.approx(cross_entropy(before.logits(image), labels, smoothing), abs=1e-5)
        assert step["lossAfter"] == pytest.approx(cross_entropy(after.logits(image), labels, smoothing), abs=1e-4)
        rows = zip(found["units"], before.layers, before.views(gradient), after.layers, strict=True)
        for layer, (shown, old, slope, new) in enumerate(rows):
            assert shown["preActivation"] == pytest.approx(slope.biases[unit], abs=1e-5)
            assert_step(shown["bias"], old.biases[unit], slope.biases[unit], new.biases[unit])
            named = [weight["index"] for weight in shown["weights"]]
            assert sorted(named) == list(range(len(old.weights)))
            slopes = np.abs(slope.weights[named, unit])
            assert (np.diff(slopes) <= 1e-5).all()
            for weight in shown["weights"][:40]:
                index = weight["index"]
                assert_step(weight, old.weights[index, unit], slope.weights[index, unit], new.weights[index, unit])
            assert shown["gradientNorm"] == pytest.approx(np.linalg.norm(slope.weights[:, unit]), abs=1e-5)
            assert (shown["gamma"] is None) == (old.gamma is None)
            if old.gamma is not None:
                assert_step(shown["gamma"], old.gamma[unit], slope.gamma[unit], new.gamma[unit])
            changed = shown["preActivationAfter"] - shown["preActivationBefore"]
            traced = [step[name]["layers"][layer]["preActivations"][unit] for name in ("traceAfter", "trace")]
            assert changed == traced[0] - traced[1]


def inference_gradient(network: DigitClassifier, image: np.ndarray, labels: np.ndarray, smoothing: float) -> np.ndarray:
    """Return the loss's gradient by all parameters, by the backward pass of `model` on the folded network."""
    mlp, plain = network.mlp.copy(np.float64), folded(network)
    workspace = Workspace(plain, 1)
    plain.loss_and_gradient(image, labels, workspace, smoothing=smoothing)
    gradient = np.zeros_like(mlp.parameters)
    x = image
    for index, (part, layer) in enumerate(zip(mlp.views(gradient), mlp.layers, strict=True)):
        part.weights[:], part.biases[:] = workspace.gradients[index].weights, workspace.gradients[index].biases
        if layer.gamma is not None:
            mean, variance = mlp.running_statistics_of(index)
            deviation = np.sqrt(variance + BATCH_NORM_EPSILON)
            part.weights[:] *= layer.gamma / deviation
            part.gamma[:] = part.biases * (x @ layer.weights - mean)[0] / deviation
        x = workspace.activations[index] if index < len(workspace.activations) else x
    return gradient


def assert_step(shown: dict[str, float], old: float, gradient: float, new: float) -> None:
    assert [shown["before"], shown["gradient"], shown["after"]] == pytest.approx([old, gradient, new], abs=1e-5)
    assert shown["update"] == pytest.approx(shown["after"] - shown["before"], abs=1e-6)


def length(drawing: Drawing) -> float:
    return sum(float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in drawing.strokes)


def test_counterfactuals_are_small_changes_that_model_reads_as_they_say(explainer: Explainer) -> None:
    network = checkpoint.load(checkpoint.WEIGHTS / "starter.safetensors").network
    search = "return reader.findCounterfactual(network, strokes, { pen, milliseconds: 1e6, wanted: given })"
    changes = []
    words: defaultdict[str, list[float]] = defaultdict(list)  # the shares of the ink that are gone
    for drawing in DRAWINGS[::2]:
        explainer.take(network, drawing)
        for wanted in (None, 1, 9):
            found = explainer.find(search, wanted)
            before, change = classified(network, drawing), found["change"]
            assert found["before"]["digit"] == before.digit
            if before.digit == wanted:
                assert (found["sentence"], change) == (f"It is read as a {wanted} already.", None)
                continue
            assert found["isComplete"]
            if change is None:
                goal = "another digit" if wanted is None else f"a {wanted}"
                assert found["sentence"] == f"No small change of the strokes makes it {goal}."
                continue
            for each in [change, *found["others"]]:
                drawn = Drawing(tuple(np.array(stroke, np.float64) for stroke in each["strokes"]), pen=drawing.pen)
                after = classified(network, drawn)
                assert after.digit == each["reading"]["digit"]
                assert after.digit == wanted if wanted is not None else after.digit != before.digit
                if each["clause"].endswith("shorter"):
                    words[" ".join(each["clause"].split()[-3:-1])].append(1 - length(drawn) / length(drawing))
            digit = change["reading"]["digit"]
            article = "an" if digit == 8 else "a"
            assert found["sentence"] == f"If {change['clause']}, it would be read as {article} {digit}."
            sizes = [each["size"] for each in [change, *found["others"]]]
            assert sizes == sorted(sizes)
            assert sizes[0] < 0.15
            changes.append(change)
    assert len(changes) > 4
    assert len({change["kind"] for change in changes}) > 1
    assert max(words["were much"]) > 0.4
    assert max(words["a little"], default=0) < 0.13

    # Ones whose flags are so long that the network for drawings reads a 7, whichever these are for the one shipped.
    network = checkpoint.load(checkpoint.WEIGHTS / "handwriting.safetensors").network
    sentences = []
    for run in range(60, 150, 10):
        flagged = Drawing((line((150 - run, 45 + run // 4), (150, 45), (150, 235)),), pen=12)
        if classified(network, flagged).digit == 7:
            explainer.take(network, flagged)
            sentences.append(explainer.find(search, 1)["sentence"])
    shorter = re.compile(r"If the flag were (a little |much )?shorter, it would be read as a 1\.")
    assert all(each.endswith("it would be read as a 1.") for each in sentences), sentences
    assert sum(bool(shorter.fullmatch(each)) for each in sentences) > 2, sentences


def test_the_search_for_a_counterfactual_stops_when_its_time_is_over_and_has_nothing_for_blank_paper(
    explainer: Explainer,
) -> None:
    explainer.take(made([24], "relu", False, 10, 5), DRAWINGS[0])
    whole, short, none, blank = explainer.find(
        """
            const within = (milliseconds) => {
                let time = 0
                return reader.findCounterfactual(network, strokes, { pen, milliseconds, now: () => time++ })
            }
            return [within(1e6), within(9), within(0), reader.findCounterfactual(network, [])]
        """
    )
    assert whole["isComplete"]
    assert not short["isComplete"]
    assert short["reads"] < whole["reads"]
    assert (none["isComplete"], none["reads"], none["change"]) == (False, 1, None)
    assert (blank["sentence"], blank["change"]) == ("Nothing is drawn yet.", None)


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, np.float64)
