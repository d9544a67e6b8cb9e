"""Every term of the Train page is explained, and the numbers in its formula are those that the network uses."""

import re

import numpy as np
import pytest

from model.config import TrainingConfig
from model.nn import activations, batch_norm, initializers, optimizers
from model.nn.schedules import SCHEDULES
from tests.paths import ROOT
from ui.common import glossary

FIELDS = TrainingConfig.model_fields
ALL = (*FIELDS, *glossary.TERMS)


def test_no_term_is_a_setting_too() -> None:
    assert not set(FIELDS) & set(glossary.TERMS)


@pytest.mark.parametrize("term", glossary.TERMS)
def test_a_page_explains_the_term(term: str) -> None:
    pages = [path for folder in ("pages", "ui") for path in (ROOT / folder).rglob("*.py") if path.name != "glossary.py"]
    explained = rf"explain\([\"']{term}[\"']\)|, \"{term}\"(\)|$)|\"{term}\": \("  # by itself, or in a row of several
    assert any(re.search(explained, path.read_text(encoding="utf-8"), re.MULTILINE) for path in pages)


@pytest.mark.parametrize("term", ALL)
def test_a_term_has_a_plain_sentence_and_a_formula_that_is_well_formed(term: str) -> None:
    sentence = TrainingConfig.help(term) if term in FIELDS else glossary.TERMS[term].sentence
    formula = glossary.explain(term).removeprefix(sentence)
    assert glossary.explain(term).startswith(sentence)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "$" not in sentence.replace("$INK_DIR", "")  # plain words
    assert formula.count("$") % 2 == 0
    for mathematics in formula.split("$")[1::2]:
        assert mathematics == mathematics.strip() != ""  # else Markdown takes the dollar for money
        for opening, closing in ("{}", "()", "[]", (r"\left", r"\right"), (r"\lfloor", r"\rfloor")):
            assert mathematics.replace(r"\leftarrow", "").count(opening) == mathematics.count(closing), mathematics
        depths = np.cumsum([(sign == "{") - (sign == "}") for sign in mathematics])
        assert depths.min() >= 0


@pytest.mark.parametrize(
    "term",
    [term for term in ALL if term not in ("data", "ink", "training_size", "validation_size", "seed", "run")],
)
def test_what_is_computed_has_a_formula(term: str) -> None:
    assert "$" in glossary.explain(term).split("\n\n", 1)[1]


def test_an_unknown_term_is_named() -> None:
    with pytest.raises(ValueError, match=r"term must be one of .*dropout.*; got 'magic'"):
        glossary.explain("magic")


@pytest.mark.parametrize(
    ("field", "functions"),
    [
        ("activation", activations.ACTIVATIONS),
        ("initialization", initializers.INITIALIZERS),
        ("optimizer", optimizers.OPTIMIZERS),
        ("schedule", SCHEDULES),
    ],
)
def test_every_choice_has_its_line(field: str, functions: dict) -> None:
    assert set(TrainingConfig.setting(field).choices) == set(functions)
    for name in functions:
        assert f"- {glossary.NAMES.get(name, name)}: " in glossary.explain(field)


def choice(field: str, option: str) -> str:
    return TrainingConfig.setting(field).choices[option].formula


def test_the_formulas_numbers_are_the_networks() -> None:
    assert f"{activations.LEAKY_RELU_SLOPE:g}\\, z" in choice("activation", "leaky_relu")
    z = np.array([[-3.0, 0.7]])
    bent = np.empty_like(z)
    activations.ACTIVATIONS["gelu"].function(z, bent)
    np.testing.assert_allclose(bent, z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))))
    assert "0.044715" in choice("activation", "gelu")

    assert f"10^{{{np.log10(optimizers.EPSILON):.0f}}}" in TrainingConfig.setting("optimizer").formula
    assert (
        f"10^{{{np.log10(batch_norm.BATCH_NORM_EPSILON):.0f}}}" in TrainingConfig.setting("batch_normalization").formula
    )

    config = TrainingConfig(schedule="one_cycle")
    first, last = (SCHEDULES["one_cycle"](config, done) for done in (0, 1))
    assert f"from ${first:g}" in choice("schedule", "one_cycle")
    assert f"down to ${last:g}" in choice("schedule", "one_cycle")
    rise = SCHEDULES["one_cycle"](config, 0.1)
    assert rise == pytest.approx(0.04 + 0.96 * 0.1 / config.warmup)
    assert "0.04 + 0.96" in TrainingConfig.setting("warmup").formula
