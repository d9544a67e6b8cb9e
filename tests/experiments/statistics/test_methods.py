"""Each method against a worked example from the literature."""

import numpy as np
import pytest
from scipy import stats

from model.experiments.statistics.correction import holm
from model.experiments.statistics.curve_band import curve_band
from model.experiments.statistics.mcnemar import McNemar, mcnemar, mcnemar_p
from model.experiments.statistics.paired import paired_test, pairs_needed, smallest_p
from model.experiments.statistics.summary import bootstrap_interval, summarize

# Darwin 1876, heights of fifteen pairs of maize plants in eighths of an inch, as Fisher (1935) has them.
CROSSED = [188, 96, 168, 176, 153, 172, 177, 163, 146, 173, 186, 168, 177, 184, 96]
SELFED = [139, 163, 160, 160, 147, 149, 149, 122, 132, 144, 130, 144, 102, 124, 144]
# Efron and Tibshirani 1993, An Introduction to the Bootstrap: table 2.1, table 3.1 and table 14.1.
TREATED_MICE, OTHER_MICE = [94, 197, 16, 38, 99, 141, 23], [52, 104, 146, 10, 51, 30, 40, 27, 46]
LSAT = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594]
GPA = [3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96]
SPATIAL = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41]


def test_fishers_permutation_test_of_darwins_maize() -> None:
    """Fisher 1935, section 21: of 32,768 ways, 863 on either side are as far out: 5.267 %."""
    test = paired_test(CROSSED, SELFED)
    assert sum(test.differences) == 314
    assert test.is_exact
    assert round(test.p_value * 2**15) == 2 * 863
    assert paired_test(SELFED, CROSSED).p_value == test.p_value


def test_mean_and_standard_error_of_the_mice() -> None:
    """Efron and Tibshirani 1993, table 2.1."""
    treated, others = summarize(TREATED_MICE), summarize(OTHER_MICE)
    assert (treated.mean, treated.standard_error) == pytest.approx((86.86, 25.24), abs=0.005)
    assert (others.mean, others.standard_error) == pytest.approx((56.22, 14.14), abs=0.02)


def test_bca_interval_of_the_spatial_test_data() -> None:
    """Efron and Tibshirani 1993, table 14.2: the variance is 171.5, its 90 % interval 115.8 to 259.6 (2,000 draws)."""
    interval = bootstrap_interval(SPATIAL, np.var, level=0.9)
    assert np.var(SPATIAL) == pytest.approx(171.5, abs=0.05)
    assert interval == pytest.approx((115.8, 259.6), rel=0.02)


def test_bca_interval_of_the_law_schools() -> None:
    """Efron 1987, table 5: the correlation is 0.776, its 90 % interval about 0.43 to 0.92."""
    rows = np.column_stack([LSAT, GPA])

    def correlation(schools: np.ndarray, axis: int) -> np.ndarray:
        x, y = np.moveaxis(rows[schools.astype(int)], -1, 0)
        x, y = (values - values.mean(axis=axis, keepdims=True) for values in (x, y))
        return (x * y).sum(axis=axis) / np.sqrt((x**2).sum(axis=axis) * (y**2).sum(axis=axis))

    assert correlation(np.arange(15), 0) == pytest.approx(0.776, abs=0.001)
    assert bootstrap_interval(np.arange(15), correlation, level=0.9) == pytest.approx((0.43, 0.92), abs=0.02)


def test_mcnemars_test_of_two_classifiers() -> None:
    """Raschka 2018, Model evaluation, model selection and algorithm selection in machine learning, section 4.4."""
    assert mcnemar_p(11, 1) == pytest.approx(0.0063, abs=0.0001)
    assert mcnemar_p(25, 15) == pytest.approx(0.154, abs=0.001)
    assert mcnemar_p(15, 25) == mcnemar_p(25, 15)


def test_mcnemars_interval_of_the_approval_ratings() -> None:
    """Agresti 2002, Categorical data analysis, table 10.1: 0.55 after 0.59, the difference is 0.02 to 0.06."""
    test = McNemar(1600, 794, np.arange(150), np.arange(86), mcnemar_p(150, 86))
    assert test.accuracies == pytest.approx((0.590, 0.550))
    assert test.interval == pytest.approx((0.02, 0.06), abs=0.002)
    assert test.p_value < 0.0001


def test_holms_correction_of_fifteen_p_values() -> None:
    """The p values of Benjamini and Hochberg 1995, section 3.2: the first three stand, whoever guards the family."""
    values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719]
    values += [0.6528, 0.7590, 1.0]
    corrected = holm(values[::-1])[::-1]
    assert [p < 0.05 for p in corrected] == [True] * 3 + [False] * 12
    assert corrected[:4] == pytest.approx([0.0015, 0.0056, 0.0247, 0.114])


def test_holms_correction_never_turns_the_order_round() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.5]) == [1.0, 1.0]
    assert holm([]) == []
    assert holm([0.02]) == [0.02]


@pytest.mark.parametrize(("pairs", "smallest"), [(1, 1.0), (2, 1 / 2), (3, 1 / 4), (5, 1 / 16), (6, 1 / 32)])
def test_few_pairs_can_show_nothing(pairs: int, smallest: float) -> None:
    """However far apart the two are."""
    test = paired_test([1.0 + seed / 100 for seed in range(pairs)], [0.0] * pairs)
    assert test.p_value == test.smallest_p == smallest == smallest_p(pairs)


def test_how_many_pairs_a_comparison_needs() -> None:
    assert pairs_needed() == 6  # 1/32 < 0.05 <= 1/16
    assert pairs_needed(3) == 7
    assert smallest_p(7) * 3 < 0.05 <= smallest_p(6) * 3


def test_many_pairs_are_turned_at_random() -> None:
    rng = np.random.default_rng(4)
    first = rng.normal(0.4, 1, 30)
    test = paired_test(first.tolist(), [0.0] * 30)
    assert not test.is_exact
    assert test == paired_test(first.tolist(), [0.0] * 30)
    assert test.p_value == pytest.approx(stats.ttest_1samp(first, 0).pvalue, abs=0.01)


def test_equal_runs_have_no_difference() -> None:
    test = paired_test([0.9, 0.8, 0.7], [0.9, 0.8, 0.7])
    assert (test.mean, test.interval, test.p_value) == (0.0, (0.0, 0.0), 1.0)


def test_one_run_has_no_spread() -> None:
    one = summarize([0.5])
    assert (one.mean, one.deviation, one.interval, one.standard_error) == (0.5, None, None, None)
    same = summarize([0.5, 0.5])
    assert (same.deviation, same.interval) == (0.0, (0.5, 0.5))
    assert same.to_json()["values"] == [0.5, 0.5]


@pytest.mark.parametrize("values", [[], [0.5, float("nan")], [float("inf")]])
def test_what_is_no_number_is_not_summarized(values: list[float]) -> None:
    with pytest.raises(ValueError, match="a summary needs one finite number or more"):
        summarize(values)


def test_runs_without_a_partner_are_not_compared() -> None:
    with pytest.raises(ValueError, match="each run needs its partner: got 2 and 1"):
        paired_test([0.5, 0.6], [0.5])


def test_mcnemar_names_the_images_that_one_network_reads_alone() -> None:
    labels = np.array([0, 1, 2, 3, 4, 5])
    test = mcnemar(labels, np.array([0, 1, 2, 3, 9, 9]), np.array([0, 9, 9, 9, 4, 8]))
    assert (test.first_alone.tolist(), test.second_alone.tolist()) == ([1, 2, 3], [4])
    assert (test.both_right, test.to_json()["both_wrong"]) == (1, 1)
    assert test.p_value == pytest.approx(10 / 16)
    assert test.difference == pytest.approx(2 / 6)
    low, high = test.interval
    assert low < 0 < test.difference < high


def test_mcnemar_of_a_network_with_itself() -> None:
    test = mcnemar(np.array([1, 2]), np.array([1, 1]), np.array([1, 1]))
    assert (test.p_value, test.difference, test.interval) == (1.0, 0.0, (0.0, 0.0))


@pytest.mark.parametrize(("images", "answers"), [(0, 0), (2, 1)])
def test_mcnemar_needs_two_answers_for_each_image(images: int, answers: int) -> None:
    with pytest.raises(ValueError, match="each image needs two answers"):
        mcnemar(np.zeros(images), np.zeros(answers), np.zeros(answers))


def test_curves_are_averaged_where_all_of_them_are() -> None:
    band = curve_band([[(1, 0.5), (2, 0.7), (3, 0.9)], [(1, 0.7), (2, 0.9)], [(0, 0.1), (1, 0.6), (2, 0.8), (3, None)]])
    assert band.x == (1, 2)
    assert band.mean == pytest.approx((0.6, 0.8))
    assert band.deviation == pytest.approx((0.1, 0.1))
    assert (band.lowest, band.highest) == ((0.5, 0.7), (0.7, 0.9))
    assert band.lower == pytest.approx((0.5, 0.7))
    assert band.upper == pytest.approx((0.7, 0.9))
    assert band.to_json()["n"] == 3


def test_the_band_of_one_curve_is_the_curve() -> None:
    band = curve_band([[(1, 0.5), (2, 0.7)]])
    assert band.lower == band.mean == band.upper == (0.5, 0.7)
    assert curve_band([]).x == ()
