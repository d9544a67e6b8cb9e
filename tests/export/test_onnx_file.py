"""An ONNX file gives the probabilities of `DigitClassifier.predict`, by ONNX's own reference implementation."""

import sys

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from model.export.onnx_file import onnx_file
from model.nn.activations import ACTIVATIONS
from tests.export.test_archive import pixels, trained

KINDS = [
    *(
        {"activation": activation, "background": True, "temperature": 1.7, "reject_bias": -0.8}
        for activation in ACTIVATIONS
    ),
    {"activation": "relu", "normalized": True, "background": True, "reject_bias": 1.5},
    {"activation": "gelu", "normalized": True, "temperature": 0.6},
    {"hidden": ()},
    {"hidden": (12, 11, 10, 9, 8, 7), "activation": "tanh"},
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_it_computes_what_the_network_computes(kind: dict[str, object]) -> None:
    made, images = trained(**kind), pixels()
    evaluator = ReferenceEvaluator(onnx.load_model_from_string(onnx_file(made, "mine")))
    found = evaluator.run(None, {"images": images.astype(np.float32) / 255})
    probabilities, is_digit = made.network.predict(images)
    assert len(set(probabilities.argmax(axis=1))) > 1
    np.testing.assert_allclose(found[0], probabilities, atol=1e-5)
    assert evaluator.output_names == (["probabilities"] if is_digit is None else ["probabilities", "is_digit"])
    if is_digit is not None:
        assert 0.1 < (is_digit < 0.5).mean() < 0.9
        np.testing.assert_allclose(found[1], is_digit, atol=1e-5)


def test_it_says_what_it_takes_and_how_it_was_trained() -> None:
    made = trained(background=True)
    content = onnx_file(made, "mine")
    read = onnx.load_model_from_string(content)
    onnx.checker.check_model(read, full_check=True)
    metadata = {entry.key: entry.value for entry in read.metadata_props}
    assert made.config
    assert metadata["name"] == "mine"
    assert metadata["Test accuracy"] == "97.12 %"
    assert metadata["config"] == made.config.model_dump_json()
    assert metadata["accept_at_least"].startswith("0.5:")
    assert "0 is paper and 1 is ink" in metadata["preprocessing"]
    assert content == onnx_file(made, "mine")


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ValueError, match="pip install onnx"):
        onnx_file(trained(), "mine")
