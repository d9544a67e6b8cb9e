"""Every term of the Train page is explained, and the numbers in its formula are those that the network uses."""

import numpy as np
import pytest

from model import network, optimizers
from model.config import TrainingConfig, options
from model.schedules import SCHEDULES
from ui import terms

FIELDS = TrainingConfig.model_fields
ALL = (*FIELDS, *terms.TERMS)


def test_no_term_is_a_setting_too() -> None:
    assert not set(FIELDS) & set(terms.TERMS)
    assert set(terms.FORMULAS) == set(FIELDS)


@pytest.mark.parametrize("term", ALL)
def test_a_term_has_a_plain_sentence_and_a_formula_that_is_well_formed(term: str) -> None:
    sentence, formula = (FIELDS[term].description, terms.FORMULAS[term]) if term in FIELDS else terms.TERMS[term]
    assert terms.explain(term).startswith(sentence)
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
    [term for term in ALL if term not in ("data", "ink", "training_size", "validation_size", "seed", "queue", "run")],
)
def test_what_is_computed_has_a_formula(term: str) -> None:
    assert "$" in terms.explain(term).split("\n\n", 1)[1]


def test_an_unknown_term_is_named() -> None:
    with pytest.raises(ValueError, match=r"term must be one of .*dropout.*; got 'magic'"):
        terms.explain("magic")


@pytest.mark.parametrize(
    ("field", "functions"),
    [
        ("activation", network.ACTIVATIONS),
        ("initialization", network.INITIALIZATIONS),
        ("optimizer", optimizers.OPTIMIZERS),
        ("schedule", SCHEDULES),
    ],
)
def test_every_choice_has_its_line(field: str, functions: dict) -> None:
    assert list(terms.CHOICES[field]) == list(options(field))
    assert set(terms.CHOICES[field]) == set(functions)
    for name in functions:
        assert f"- {terms.NAMES.get(name, name)}: " in terms.explain(field)


def test_the_formulas_numbers_are_the_networks() -> None:
    assert f"{network.LEAK:g}\\, z" in terms.CHOICES["activation"]["leaky_relu"]
    z = np.array([[-3.0, 0.7]])
    bent = np.empty_like(z)
    network.ACTIVATIONS["gelu"].function(z, bent)
    np.testing.assert_allclose(bent, z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))))
    assert "0.044715" in terms.CHOICES["activation"]["gelu"]

    assert f"10^{{{np.log10(optimizers.EPSILON):.0f}}}" in terms.FORMULAS["optimizer"]
    assert f"10^{{{np.log10(network.NORMALIZATION_EPSILON):.0f}}}" in terms.FORMULAS["batch_normalization"]

    config = TrainingConfig(schedule="one_cycle")
    first, last = (SCHEDULES["one_cycle"](config, done) for done in (0, 1))
    assert f"from ${first:g}" in terms.CHOICES["schedule"]["one_cycle"]
    assert f"down to ${last:g}" in terms.CHOICES["schedule"]["one_cycle"]
    rise = SCHEDULES["one_cycle"](config, 0.1)
    assert rise == pytest.approx(0.04 + 0.96 * 0.1 / config.warmup)
    assert "0.04 + 0.96" in terms.FORMULAS["warmup"]
