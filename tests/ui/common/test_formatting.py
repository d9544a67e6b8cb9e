"""Percentages round to 0 and to 100 only where nothing or everything is meant."""

from ui.common import formatting


def test_only_a_whole_is_100_percent_and_only_nothing_is_0_percent() -> None:
    shares = [0, 1e-9, 0.0004, 0.0006, 0.5, 0.9994, 0.9999, 1]
    expected = ["0.0 %", "< 0.1 %", "< 0.1 %", "0.1 %", "50.0 %", "99.9 %", "> 99.9 %", "100.0 %"]
    assert [formatting.percent(share) for share in shares] == expected
    assert formatting.percent(0.99999, 2) == "> 99.99 %"
    assert formatting.percent(float("nan")) == "–"


def test_one_image_is_singular() -> None:
    assert [formatting.image_count(count) for count in (0, 1, 1234)] == ["0 images", "1 image", "1,234 images"]
