"""Searches take turns: a limited number at a time, fair between visitors, and nothing of them is left in the end."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.studies import a_plan
from model.experiments.control import FILE
from model.experiments.search import Search
from model.experiments.search_process import LEFT
from model.experiments.supervisor import TOO_LONG, Supervisor
from tests.polling import wait_for

# A process that obeys as a search's does: it leaves when it is told to, or ends when its work is done.
PROCESS = f"""
import json, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
is_first = json.loads((folder / "request.json").read_text())["is_first"]
(folder / "began").touch()
while not (folder / "done").exists():
    if is_first or json.loads((folder / "{FILE}").read_text())["command"] != "run":
        sys.exit({LEFT})
    if (folder / "crash").exists():
        print("there was no room")
        sys.exit(1)
    time.sleep(0.02)
"""


def command(search: Search) -> list[str]:
    return [sys.executable, "-c", PROCESS, str(search.folder)]


def end_when_asked_to_pause(search: Search) -> list[str]:
    """A search whose last trial ends in the moment in which it is told to give way."""
    return [sys.executable, "-c", PROCESS.replace(f"sys.exit({LEFT})", "sys.exit(0)"), str(search.folder)]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Supervisor]]:
    made: list[Supervisor] = []

    def supervisor(limit: int = 1, **rest: Any) -> Supervisor:
        made.append(Supervisor(tmp_path / "experiments", limit, **{"command": command} | rest))
        return made[-1]

    yield supervisor
    for one in made:
        one.close()


def submit(supervisor: Supervisor, owner: str, **rest: bool) -> Search:
    return supervisor.submit(owner, a_plan(), Path("data"), **rest)


def told(search: Search) -> str:
    command: str = json.loads((search.folder / FILE).read_text())["command"]
    return command


def wait_until_begun(search: Search) -> None:
    wait_for((search.folder / "began").exists, "the search to begin")


def test_at_most_limit_searches_compute_at_a_time_and_the_next_one_is_of_whoever_has_none(make) -> None:
    supervisor = make()
    first, second, other = submit(supervisor, "Ada"), submit(supervisor, "Ada"), submit(supervisor, "Bob")
    assert (first.is_at_work, second.is_waiting, other.is_waiting) == (True, True, True)
    assert (supervisor.place(first), supervisor.place(other), supervisor.place(second)) == (None, 1, 2)
    wait_until_begun(first)
    (first.folder / "done").touch()
    wait_for(lambda: other.is_at_work, "the other visitor's turn")
    assert first.is_complete
    assert second.is_waiting
    (other.folder / "done").touch()
    wait_for(lambda: second.is_at_work, "the last one's turn")


def test_a_search_gives_way_to_somebody_elses_and_goes_on_later(make) -> None:
    supervisor = make(time_slice=0.0)
    first = submit(supervisor, "Ada")
    wait_until_begun(first)
    mine = submit(supervisor, "Ada")
    other = submit(supervisor, "Bob")
    wait_until_begun(other)
    assert first.seconds_before > 0
    other.discard()  # they would take turns forever
    for search in (first, mine):
        (search.folder / "done").touch()
    wait_for(lambda: first.is_complete and mine.is_complete, "the end of the first visitor's")
    assert (told(first), told(mine)) == ("run", "run")


def test_a_search_that_ends_when_it_is_to_give_way_is_complete(make) -> None:
    supervisor = make(time_slice=0.0, command=end_when_asked_to_pause)
    first = submit(supervisor, "Ada")
    wait_until_begun(first)
    submit(supervisor, "Bob")
    wait_for(lambda: first.is_complete and told(first) == "run", "the end of the search")
    assert not first.is_waiting


def test_a_search_is_paused_goes_on_and_gets_more_trials(make) -> None:
    search = submit(make(), "Ada")
    wait_until_begun(search)
    search.tell("pause")
    wait_for(lambda: not search.is_at_work, "the pause")
    assert not search.is_complete
    assert not search.is_waiting
    search.tell("run", 50)
    assert search.is_at_work
    assert json.loads((search.folder / FILE).read_text()) == {"command": "run", "trials": 50}
    (search.folder / "done").touch()
    wait_for(lambda: search.is_complete, "the end")
    (search.folder / "done").unlink()
    search.tell("run", 60)
    assert search.is_at_work


def test_the_first_trials_are_followed_by_a_pause(make) -> None:
    search = submit(make(), "Ada", is_first=True)
    wait_for(lambda: not search.is_at_work, "the end of the first trials")
    assert (search.command, search.is_complete, search.problem) == ("pause", False, "")
    search.tell("run")
    assert search.is_at_work


def test_a_search_whose_process_crashes_says_so_and_can_go_on(make) -> None:
    search = submit(make(), "Ada")
    wait_until_begun(search)
    (search.folder / "crash").touch()
    wait_for(lambda: search.problem, "the problem")
    assert "there was no room" in search.problem
    assert not search.is_waiting
    (search.folder / "crash").unlink()
    search.tell("run")
    assert search.is_at_work
    assert not search.problem


def test_a_search_that_can_not_be_started_says_so_keeps_nobody_back_and_can_go_on(make) -> None:
    supervisor = make(limit=1)
    first = submit(supervisor, "Ada")
    unlucky, other = submit(supervisor, "Bob"), submit(supervisor, "Cid")
    request = unlucky.folder / "request.json"
    request.mkdir()  # a file can't be written there
    wait_until_begun(first)
    (first.folder / "done").touch()
    wait_for(lambda: other.is_at_work, "the search behind it")
    assert "could not be started" in unlucky.problem
    assert not unlucky.is_waiting
    (other.folder / "done").touch()
    request.rmdir()
    unlucky.tell("run")
    wait_until_begun(unlucky)
    assert not unlucky.problem


def test_nothing_is_left_of_a_search_without_room_for_its_files(make, tmp_path: Path) -> None:
    supervisor = make()
    with pytest.raises(OSError, match="missing"):
        supervisor.submit("Ada", a_plan(), Path("data"), files={"missing/ink.jsonl": b""})
    assert not list((tmp_path / "experiments").iterdir())
    assert supervisor.place(submit(supervisor, "Ada")) is None


def test_nothing_is_left_of_a_search_that_is_discarded_nor_of_any_in_the_end(make, tmp_path: Path) -> None:
    supervisor = make(2)
    first, second = submit(supervisor, "Ada"), submit(supervisor, "Bob")
    process = first.process
    assert process
    first.discard()
    assert process.poll() is not None
    assert not first.folder.exists()
    process = second.process
    assert process
    supervisor.close()
    assert process.poll() is not None
    assert not (tmp_path / "experiments").exists()


def test_searches_that_are_switched_off_do_not_begin(make) -> None:
    with pytest.raises(ValueError, match="switched off"):
        submit(make(0), "Ada")


def test_a_search_computes_no_longer_than_it_may(make) -> None:
    supervisor = make(most_seconds=0)
    search, next_one = submit(supervisor, "Ada"), submit(supervisor, "Bob")
    wait_for(lambda: search.problem and not search.is_at_work, "the end of its time")
    assert search.problem == TOO_LONG.format(0)
    assert not search.may_go_on
    search.tell("run")
    assert not search.is_waiting
    wait_for(lambda: next_one.problem, "the other one's turn")


def test_searches_that_are_suspended_leave_their_studies_and_none_begins(make) -> None:
    supervisor = make()
    first, second = submit(supervisor, "Ada"), submit(supervisor, "Bob")
    wait_until_begun(first)
    supervisor.suspend()
    supervisor.wait_until_suspended(60)
    assert not first.is_at_work
    assert not first.problem
    assert (first.is_waiting, second.is_waiting) == (True, True)
    with pytest.raises(ValueError, match="switched off"):
        submit(supervisor, "Eve")
