"""What is said of the numbers is what they show, and no more."""

import numpy as np
import pytest

from model.experiments.statistics import paper, words
from model.experiments.statistics.mcnemar import McNemar, mcnemar_p
from model.experiments.statistics.measure import MEASURES, SECONDS_TO, VALIDATION_ACCURACY
from model.experiments.statistics.paired import PairedTest, paired_test
from model.experiments.statistics.summary import summarize

ADAM = [0.974, 0.975, 0.973, 0.976, 0.974, 0.9765, 0.972, 0.975, 0.974, 0.975]
SGD = [0.970, 0.969, 0.971, 0.970, 0.968, 0.972, 0.9705, 0.969, 0.971, 0.970]
NAMES = ("Adam", "SGD")


def of_counts(first: int, second: int) -> McNemar:
    return McNemar(1000, 960, np.arange(first), np.arange(second), mcnemar_p(first, second))


def test_a_difference_that_is_real() -> None:
    test = PairedTest((0.004,) * 10, 0.004, (0.001, 0.007), 0.02, True)
    expected = "With ten seeds each, Adam is better by 0.4 points (0.1 to 0.7); chance alone would do that in 2 of 100 "
    assert words.difference_sentence(NAMES, test, VALIDATION_ACCURACY) == expected + "cases."
    turned = PairedTest((-0.004,) * 10, -0.004, (-0.007, -0.001), 0.02, True)
    assert words.difference_sentence(NAMES[::-1], turned, VALIDATION_ACCURACY) == expected + "cases."


def test_a_difference_that_chance_makes() -> None:
    test = PairedTest((0.001,) * 10, 0.001, (-0.003, 0.005), 0.4, True)
    assert words.difference_sentence(NAMES, test, VALIDATION_ACCURACY) == (
        "With ten seeds each, Adam is ahead by 0.1 points (-0.3 to 0.5), but chance alone would do that in 40 of 100 "
        "cases: that shows no difference."
    )


def test_a_difference_that_is_one_of_many() -> None:
    test = PairedTest((0.004,) * 10, 0.004, (0.001, 0.007), 0.02, True)
    sentence = words.difference_sentence(NAMES, test, VALIDATION_ACCURACY, corrected=0.06, comparisons=3)
    assert "Adam is ahead of SGD by 0.4 points" in sentence
    assert "in 2 of 100 cases (6 of 100 cases, corrected for three comparisons): that shows no difference" in sentence


def test_less_time_is_better() -> None:
    test = paired_test([2.0, 2.1, 2.2, 2.0, 2.3, 2.1], [3.0, 3.2, 3.1, 3.3, 3.0, 3.1])
    sentence = words.difference_sentence(NAMES, test, SECONDS_TO)
    assert sentence.startswith("With six seeds each, Adam is faster by 1.0 s (")
    assert sentence.endswith("; chance alone would do that in 3 of 100 cases.")


def test_runs_that_are_the_same() -> None:
    same = words.difference_sentence(NAMES, paired_test(ADAM, ADAM), VALIDATION_ACCURACY)
    assert same == "With ten seeds each, Adam and SGD came to exactly the same."
    balanced = words.difference_sentence(NAMES, paired_test([1, 2], [2, 1]), VALIDATION_ACCURACY)
    assert balanced == "With two seeds each, Adam and SGD are equal on average."


@pytest.mark.parametrize(
    ("p_value", "said"),
    [
        (1.0, "100 of 100 cases"),
        (0.25, "25 of 100 cases"),
        (0.002, "2 of 1,000 cases"),
        (0.0003, "3 of 10,000 cases"),
        (0.00001, "fewer than 1 of 10,000 cases"),
    ],
)
def test_a_probability_is_a_number_of_cases(p_value: float, said: str) -> None:
    assert words.cases(p_value) == said


def test_what_one_setting_comes_to() -> None:
    sentence = words.seeds_sentence("Adam", summarize(ADAM), VALIDATION_ACCURACY)
    assert sentence.startswith(
        "With ten seeds, Adam comes to 97.44 % validation accuracy on average (97.36 % to 97.52 %); "
    )
    assert sentence.endswith("; single runs came to 97.20 % up to 97.65 %.")
    one = words.seeds_sentence("Adam", summarize([0.9]), VALIDATION_ACCURACY)
    assert one == "With one seed, Adam came to 90.00 % validation accuracy: one run does not say how far others lie."
    same = words.seeds_sentence("Adam", summarize([0.9] * 3), VALIDATION_ACCURACY)
    assert same == "With three seeds, Adam always came to 90.00 % validation accuracy."


def test_too_few_seeds_are_told() -> None:
    (nothing, narrow) = words.cautions(3, comparisons=1)
    assert nothing == (
        "Three seeds can't show a difference: even if the same setting wins every time, chance does that in 1 of 4 "
        "cases. It takes six seeds or more."
    )
    assert narrow.startswith("Three seeds are few: the intervals are rather too narrow.")
    assert "in three comparisons: even" in words.cautions(6, comparisons=3)[0]
    assert words.cautions(12, comparisons=3) == []
    assert words.cautions(12, failed=2) == ["2 runs came to nothing and are not counted here."]
    assert words.cautions(1) == []


def test_networks_that_differ() -> None:
    assert words.mcnemar_sentence(NAMES, of_counts(11, 1)) == (
        "Of 1,000 images, Adam reads 11 that SGD misreads, and SGD 1 that Adam misreads: Adam is better by "
        "1.0 points (0.3 to 1.2), and chance alone would split them so unevenly in 6 of 1,000 cases."
    )
    backwards = words.mcnemar_sentence(NAMES[::-1], of_counts(1, 11))
    assert backwards == words.mcnemar_sentence(NAMES, of_counts(11, 1))
    assert words.mcnemar_sentence(NAMES, of_counts(25, 15)).endswith("in 15 of 100 cases. That shows no difference.")


def test_networks_that_do_not_differ() -> None:
    assert (
        words.mcnemar_sentence(NAMES, of_counts(0, 0)) == "Adam and SGD are right about the same of the 1,000 images."
    )
    assert words.mcnemar_sentence(NAMES, of_counts(4, 4)).endswith("misreads: they are equally accurate.")


def test_lines_for_a_paper() -> None:
    adam, sgd = summarize(ADAM), summarize(SGD)
    assert paper.seeds_line("Adam", adam, VALIDATION_ACCURACY).startswith(
        "Adam: validation accuracy 97.44 ± 0.13 % (mean ± SD, n = 10 seeds; 95% BCa bootstrap CI [97.3"
    )
    line = paper.difference_line(
        NAMES, (adam, sgd), paired_test(ADAM, SGD), VALIDATION_ACCURACY, corrected=0.0058594, comparisons=3
    )
    assert line.startswith(
        "Adam 97.44 ± 0.13 % vs. SGD 97.00 ± 0.12 % validation accuracy (mean ± SD, n = 10 paired seeds); difference "
        "0.44 percentage points, 95% BCa bootstrap CI [0.3"
    )
    assert line.endswith(
        "; exact paired permutation test, two-sided, p = 0.002; Holm-corrected for 3 comparisons, p = 0.0059."
    )
    assert paper.mcnemar_line(NAMES, of_counts(11, 1)) == (
        "Adam 97.10 % vs. SGD 96.10 % accuracy on n = 1,000 images; 11 vs. 1 read by one alone; difference 1.00 "
        "percentage points, 95% exact conditional CI [0.28, 1.19]; McNemar's exact test, two-sided, p = 0.0063."
    )


def test_measures_write_their_values() -> None:
    written = {name: measure.write(0.9742 if measure.unit == "%" else 2500.0) for name, measure in MEASURES.items()}
    assert written == {
        "validation_accuracy": "97.42 %",
        "test_accuracy": "97.42 %",
        "ink_accuracy": "97.42 %",
        "seconds_to": "41 min 40 s",
        "parameters_to": "2,500 parameters",
    }
    assert VALIDATION_ACCURACY.number(-0.000001, 2) == "0.00"
    assert [VALIDATION_ACCURACY.decimals(width) for width in (0.2, 0.006, 0.0006, 0.0)] == [1, 1, 2, 3]
