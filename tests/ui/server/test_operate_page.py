"""The page for operators names what there is: limits with their defaults, figures, and events of the log."""

import re

from model.common.settings import Settings, default
from tests.paths import ROOT
from ui.server import metrics
from ui.server.replica import PROBLEMS

PAGE = (ROOT / "docs" / "how-to" / "operate.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]


def shown(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def test_each_limit_stands_there_with_both_defaults() -> None:
    limits = {row[1].strip("`"): row[2:4] for row in ROWS if row[1].startswith("`INKLING_")}
    for name, (laptop, public) in limits.items():
        streamlit_has_it = name == "INKLING_UPLOAD_MB" and laptop == "200"
        assert laptop == shown(default(name, public=False)) or streamlit_has_it
        assert public == shown(default(name, public=True))
    variables = [str(field.validation_alias) for field in Settings.model_fields.values()]
    assert {name for name in variables if default(name, public=True) != default(name, public=False)} <= limits.keys()
    assert set(re.findall(r"\bINKLING_\w+", PAGE)) <= set(variables)


def test_each_figure_stands_there() -> None:
    lines = [line.split() for line in metrics.text().decode().splitlines() if line.startswith("# TYPE inkling_")]
    figures = {name for _, _, name, _ in lines} - {"inkling_info"}
    assert {name for name in figures if not name.endswith("_created")} == {
        row[0].strip("`") for row in ROWS if row[0].startswith("`inkling_")
    }


def test_each_event_of_the_log_stands_there() -> None:
    sources = [path.read_text(encoding="utf-8") for folder in ("ui", "model") for path in (ROOT / folder).rglob("*.py")]
    events = {event for source in sources for event in re.findall(r'"event": "(\w+)"', source)}
    events |= {f"proxy_{kind}" for kind in PROBLEMS}
    documented = {row[0].strip("`") for row in ROWS if re.fullmatch(r"`[a-z_]+`", row[0]) and "_total" not in row[0]}
    assert events <= documented
