"""What a run has come to is said in words that nobody's file can change."""

from ui.train.run_view import describe_result


def test_the_name_of_a_file_is_shown_as_it_is_and_not_read_as_markdown():
    said = describe_result(0.5, "![x](//example.org/a.png)", "none of which it has seen", "my *net* [a](b)")
    assert said.startswith("**Test accuracy 50")
    assert r"\!\[x\]\(\/\/example\.org\/a\.png\)" in said
    assert r"my \*net\* \[a\]\(b\)" in said
