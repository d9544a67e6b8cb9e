"""Claims about a run's threads: no more than there are free cores, given up for others, noted, and repeated."""

import pytest

from model.config import TrainingConfig
from model.training import train
from model.training.threads import ThreadControl, ThreadPlan
from tests.toy_data import patterns


class Cores:
    """Tells at each look how many cores are free."""

    def __init__(self, *free):
        self.left = list(free)

    def free(self):
        return self.left.pop(0) if self.left else None


def control(most, *free, plan=None):
    """A control that looks at every report; what it sets is in `set`."""
    seconds = iter(range(1000))
    applied = []
    made = ThreadControl(
        most, plan, watch=Cores(*free), clock=lambda: next(seconds), sleep=lambda _: None, apply=applied.append
    )
    return made, applied


@pytest.mark.parametrize(("free", "threads"), [(2.0, 2), (1.7, 2), (1.5, 1), (1.0, 1), (0.0, 1), (None, 2), (8.0, 2)])
def test_a_run_begins_on_the_free_cores(free, threads):
    made, applied = control(2, free)
    assert (made.threads, applied, str(made.used)) == (threads, [threads], str(threads))


def test_threads_are_given_up_once_two_looks_find_too_few_cores_and_never_taken_again():
    made, applied = control(4, 4, 2.5, 4, 2.5, 2.5, 1.0, 4, 4)
    for step in range(10, 100, 10):
        made.observe(step)
    assert applied == [4, 2]
    assert str(made.used) == "4,2@40"


def test_one_thread_needs_no_looks():
    made, _ = control(1, 0.0)
    for step in range(5):
        made.observe(step)
    assert str(made.used) == "1"


def test_a_plan_is_followed_whatever_is_free():
    plan = ThreadPlan.of("2,1@30")
    made, applied = control(4, 0.0, 0.0, 0.0, plan=plan)
    for step in range(0, 60, 10):
        made.observe(step)
    assert applied == [2, 1]
    assert made.used == plan
    assert ThreadPlan.of(str(plan)) == plan


@pytest.mark.parametrize("text", ["", "0", "-1", "two", "2,1", "2@5", "1,2@", "2;1@4"])
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(ValueError, match="threads must be a number from 1 on, or a plan such as 2,1@340"):
        ThreadPlan.of(text)


def test_a_run_notes_its_threads_and_repeats_them():
    config = TrainingConfig(hidden_sizes=(300,), epochs=2, batch_size=50, validation_size=0)
    data = patterns(400)
    *_, first = train(config, data, threads="2,1@10", report_every=2)
    assert first.threads == "2,1@10"
    *_, again = train(config, data, threads=first.threads, report_every=2)
    assert again.network.checksum() == first.network.checksum()
    *_, single = train(config, data, threads=1)
    assert single.threads == "1"
