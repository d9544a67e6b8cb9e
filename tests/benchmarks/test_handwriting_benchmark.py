"""The command keeps what its runs found, shows it, and goes on after an interruption."""

import json
import math
import subprocess
import sys

import pytest

from benchmarks import ablation, handwriting, kept_results, leave_one_out, readme, tables, writer_groups
from benchmarks.shapes import KINDS
from model import data
from model.cli import entry
from model.config import TrainingConfig
from model.ink import Drawing
from model.presets import preset
from tests.benchmarks.toy_ink import NAMES, a_result
from tests.paths import ROOT
from tests.toy_data import patterns


@pytest.fixture
def benchmark(monkeypatch, capsys, tmp_path, source, shared_cache):
    """Runs the command with the toy ink; runs come to made-up figures, and what is kept lies apart."""
    monkeypatch.setattr(kept_results, "KEPT", tmp_path / "handwriting.json")
    monkeypatch.setattr(readme, "README", tmp_path / "README.md")
    places = "".join(f"<!-- handwriting-{name} -->\n<!-- /handwriting-{name} -->\n" for name in kept_results.PARTS)
    readme.README.write_text(f"Before\n{places}after\n")

    class Benchmark:
        def __init__(self):
            self.kept, self.done = kept_results.KEPT, []
            self.accuracy, self.stops_after = 0.9, math.inf

        def in_parallel(self, tasks, jobs):
            for _, run in tasks:
                if len(self.done) >= self.stops_after:
                    raise KeyboardInterrupt
                self.done.append(str(run))
                if run.part == "ablation":
                    accuracy = dict.fromkeys(run.left_out, self.accuracy)
                    readings = dict.fromkeys(run.readings[1:], accuracy)
                    yield run, {"step": run.name.split()[0], "accuracy": accuracy, "readings": readings, "seconds": 1.0}
                else:
                    yield run, a_result(self.accuracy, untaught=list(run.untaught))

        def __call__(self, *words):
            """The exit code, the lines of stdout and those of stderr."""
            self.done.clear()
            ink = () if "--digits" in words else ("--digits", source.digits, "--letters", source.letters)
            monkeypatch.setattr(sys, "argv", ["handwriting", "--epochs", "2", *ink, *words])
            code = 0
            try:
                entry.run(handwriting.handwriting)
            except SystemExit as end:
                code = end.code
            printed = capsys.readouterr()
            return code, printed.out.splitlines(), printed.err.splitlines()

    made = Benchmark()
    monkeypatch.setattr(handwriting, "in_parallel", made.in_parallel)
    monkeypatch.setattr(data, "load", lambda name: patterns(10))
    return made


def test_the_last_line_is_one_json_object_of_the_presets_training(benchmark):
    code, lines, _ = benchmark("--json", "--seed", "3", "--training-size", "5000", "--ablation-epochs", "4")
    found = json.loads(lines[-1])
    assert code == 0
    wanted = preset("handwriting").config.changed(seed=3, training_size=5000, epochs=2, average_last=0)
    assert wanted.background
    assert TrainingConfig.of(found["collections"]["settings"]["config"]) == wanted
    assert TrainingConfig.of(found["ablation"]["settings"]["config"]) == wanted.changed(epochs=4, background=False)
    assert list(found["collections"]["runs"]) == NAMES
    assert found["collections"]["summary"]["accuracy"] == pytest.approx(0.9)
    assert len(found["ablation"]["runs"]) == 15
    assert not benchmark.kept.exists()


def test_a_shorter_training_averages_the_same_share_of_its_epochs():
    whole = preset("handwriting").config.changed(epochs=40, average_last=5)
    assert handwriting.shortened(whole, 16) == whole.changed(epochs=16, average_last=2)
    assert handwriting.shortened(whole, 40) == whole


def test_what_is_written_stands_in_the_readme(benchmark):
    assert benchmark("--write")[0] == 0
    text = readme.README.read_text()
    assert "| `aaa` | 10 | 90.0 % | 2.0 % | 98.0 % | 1.0 % | 0.7500 | 50.0 % | 25.0 % |" in text
    assert "| mean of 3 | 30 | 90.0 % | 2.0 % | 98.0 % | 1.0 % | 0.7500 | 50.0 % | 25.0 % |" in text
    assert "| heart | 0.7500 | 50.0 % | 25.0 % |" in text
    assert "5,000 training images of mnist that were set aside, the networks classify 98.76 % correctly" in text
    assert f"| {ablation.STEPS[-1].words} | 90.0 % | +0.0 |" in text
    assert "Collections left out together: `aaa`; `bbb`; `ccc`." in text
    assert text.startswith("Before\n")
    assert text.endswith("after\n")
    readme.README.write_text(text.replace("90.0 %", "12.3 %"))
    assert benchmark("--from", str(benchmark.kept), "--write")[0] == 0
    assert readme.README.read_text() == text
    assert benchmark.done == []


def test_a_part_of_an_earlier_run_takes_the_place_of_that_part_alone(benchmark, tmp_path):
    benchmark("--write")
    benchmark.accuracy = 0.5
    _, lines, _ = benchmark("--json", "--part", "ablation")
    (tmp_path / "earlier.json").write_text(lines[-1])
    assert benchmark("--from", str(tmp_path / "earlier.json"), "--write")[0] == 0
    found = json.loads(benchmark.kept.read_text())
    assert found["ablation"]["summary"]["steps"]["none"] == 0.5
    assert found["collections"]["summary"]["accuracy"] == pytest.approx(0.9)


def test_it_says_which_collections_were_left_out_together(benchmark):
    _, lines, _ = benchmark("--groups", "2", "--part", "collections")
    assert any("Left out together, to train fewer networks: aaa, ccc" in line for line in lines)


def test_no_quick_run_is_kept(benchmark, tmp_path):
    _, lines, _ = benchmark("--json", "--quick")
    (tmp_path / "quick.json").write_text(lines[-1])
    code, _, complaints = benchmark("--from", str(tmp_path / "quick.json"), "--write")
    assert code == 2
    assert "these are of a quick one" in complaints[0]
    assert not benchmark.kept.exists()


def test_runs_are_merged_into_those_kept_before(benchmark):
    benchmark("--write")
    benchmark.accuracy = 0.5
    assert benchmark("--write", "--only", "bbb")[0] == 0
    assert benchmark.done == ["collections bbb"]
    found = json.loads(benchmark.kept.read_text())
    assert {name: each["accuracy"] for name, each in found["collections"]["runs"].items()} == {
        "aaa": 0.9,
        "bbb": 0.5,
        "ccc": 0.9,
    }
    assert len(found["ablation"]["runs"]) == 15
    assert "| `bbb` | 10 | 50.0 %" in readme.README.read_text()


def test_an_interrupted_benchmark_goes_on(benchmark):
    benchmark.stops_after = 2
    assert benchmark("--write")[0] == 130
    assert list(json.loads(benchmark.kept.read_text())["collections"]["runs"]) == NAMES[:2]
    assert "Not measured yet." in readme.README.read_text()
    benchmark.stops_after = math.inf
    assert benchmark("--write", "--resume", "--part", "collections")[0] == 0
    assert benchmark.done == ["collections ccc"]
    assert list(json.loads(benchmark.kept.read_text())["collections"]["runs"]) == NAMES


def test_runs_of_other_settings_never_stand_side_by_side(benchmark):
    benchmark("--write", "--part", "collections")
    for words in (["--only", "bbb"], ["--resume"]):
        code, _, lines = benchmark("--write", "--seed", "1", *words)
        assert code == 2
        assert len(lines) == 1
        assert "other there: seed 0, now 1" in lines[0]
    assert benchmark("--write", "--seed", "1", "--part", "collections")[0] == 0
    found = json.loads(benchmark.kept.read_text())["collections"]
    assert found["settings"]["config"]["seed"] == 1
    assert list(found["runs"]) == NAMES


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--only", "aaa,zzz"], "--only must be some of aaa, bbb, ccc; got zzz"),
        (["--only", "aaa", "--part", "ablation"], "--only names collections"),
        (["--quick", "--write"], "leave out --write"),
        (["--epochs", "0"], "epochs must be"),
        (["--part", "everything"], "everything"),
        (["--from", "nowhere.json"], "nowhere.json"),
        (["--from", str(ROOT / "Makefile")], "JSON of earlier runs"),
        (["--digits", "nowhere.jsonl"], "nowhere.jsonl is not there"),
        (["--digits", writer_groups.DIGITS], "set $INK_DIR to a folder with digits-dev.jsonl.gz"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(benchmark, monkeypatch, words, complaint):
    monkeypatch.delenv("INK_DIR", raising=False)
    code, _, lines = benchmark(*words)
    assert code == 2
    assert len(lines) == 1
    assert complaint in lines[0]
    assert benchmark.done == []


def test_ink_must_say_whose_it_is(benchmark, tmp_path):
    (tmp_path / "mine.jsonl").write_text(Drawing(([[0, 0], [1, 1]],), "7").to_json())
    code, _, lines = benchmark("--digits", str(tmp_path / "mine.jsonl"), "--letters", str(tmp_path / "mine.jsonl"))
    assert code == 2
    assert "must name its writer" in lines[0]


def test_the_readme_has_a_place_for_the_results():
    assert "Not measured yet." in kept_results.readme_with({})


@pytest.mark.timeout(600)
def test_a_quick_run_from_end_to_end(shared_cache, source):
    words = ["--quick", "--only", "aaa,ccc", "--json", "--digits", source.digits, "--letters", source.letters]
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.handwriting", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout.splitlines()[-1])["collections"]
    assert found["quick"]
    assert list(found["runs"]) == ["aaa", "ccc"]
    for result in found["runs"].values():
        assert result["digits"] == 20
        assert set(result["kinds"]) == {leave_one_out.LETTERS, leave_one_out.UNTAUGHT_LETTERS, *KINDS}
        assert all(0 <= scores["auroc"] <= 1 for scores in result["kinds"].values())
    assert tables.markdown("collections", found).startswith(tables.QUICK)
