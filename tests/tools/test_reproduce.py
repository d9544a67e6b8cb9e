"""What the published networks reach is kept beside earlier results, and docs/results.md shows it."""

import json
from dataclasses import asdict

import pytest

from model.presets import PRESETS
from tests.tiny_presets import FIGURES, QUICK, TINY
from tools.reproduce import DOCUMENT, Record, markdown, reproduce_and_keep


@pytest.fixture
def record(monkeypatch, tmp_path, shared_cache):
    """A record apart from the project's own, and two tiny presets among the others."""
    monkeypatch.setitem(PRESETS, "tiny", TINY)
    monkeypatch.setitem(PRESETS, "quick", QUICK)
    (tmp_path / "results.md").write_text("Before\n<!-- published -->\n<!-- /published -->\nafter\n")
    return Record(tmp_path / "published.json", tmp_path / "results.md")


def test_new_results_leave_the_rows_of_other_presets(record):
    reproduce_and_keep(("tiny",), record)
    first = json.loads(record.file.read_text())
    reproduce_and_keep(("quick",), record)
    both = json.loads(record.file.read_text())
    assert list(both) == ["tiny", "quick"]
    assert both["tiny"] == first["tiny"]
    text = record.document.read_text()
    assert text.startswith("Before\n<!-- published -->\n|")
    assert text.endswith("<!-- /published -->\nafter\n")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(FIGURES) + 1
    assert rows[2].startswith("| `tiny` | ")
    assert rows[-1].startswith("| `quick` | ")
    assert {row.count("|") for row in rows} == {8}
    assert "`tiny`, `quick`: trained on " in text


def test_the_table_is_written_without_training(record):
    reproduce_and_keep(("quick",), record)
    shown = record.document.read_text()
    record.document.write_text("<!-- published -->\n<!-- /published -->\n")
    reproduce_and_keep((), record, train=False)
    assert record.document.read_text().strip() in shown


@pytest.mark.parametrize(
    ("spoiled", "complaint"),
    [
        ("file", "published.json: expected the results that this command keeps"),
        ("document", "the text must have <!-- published -->"),
    ],
)
def test_a_record_that_cannot_be_kept_is_refused_before_any_training(record, spoiled, complaint):
    getattr(record, spoiled).write_text("[spoiled")
    with pytest.raises(ValueError, match=complaint):
        reproduce_and_keep(("tiny",), record)


def test_the_document_shows_what_is_kept():
    assert f"\n{markdown(Record().read()).strip()}\n" in DOCUMENT.read_text()


def test_what_is_kept_was_held_against_the_figures_that_the_presets_have():
    results = Record().read()
    assert results
    for name, result in results.items():
        names = asdict(PRESETS[name].figures[0])
        held = [{key: row[key] for key in names} for row in result["figures"]]
        assert held == [asdict(figure) for figure in PRESETS[name].figures], name
