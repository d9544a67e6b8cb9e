"""The queue's policy, without processes: jobs are named by their owner and a number."""

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.jobs.fair_queue import FairQueue, Running, select_preemption


@dataclass(frozen=True)
class Waiting:
    owner: str
    number: int


def queue_of(owners):
    queue = FairQueue()
    for number, owner in enumerate(owners):
        queue.push(Waiting(owner, number))
    return queue


def order(owners, holders=""):
    return "".join(job.owner for job in queue_of(owners).ordered(holders))


@pytest.mark.parametrize(
    ("waiting", "holders", "expected"),
    [
        ("AABABC", "", "ABCABA"),
        ("AABABC", "DE", "ABCABA"),
        ("AAB", "A", "BAA"),
        ("AB", "AAB", "BA"),
        ("AAA", "", "AAA"),
        ("", "AB", ""),
    ],
)
def test_whoever_holds_the_fewest_is_next_and_else_who_came_first(waiting, holders, expected):
    assert order(waiting, holders) == expected


def test_an_owners_jobs_keep_their_order():
    ordered = queue_of("ABABA").ordered("B")
    assert [job.number for job in ordered if job.owner == "A"] == [0, 2, 4]


def test_a_job_that_is_pushed_to_the_front_is_next():
    queue = queue_of("AB")
    again = Waiting("C", 9)
    queue.push_front(again)
    assert queue.pop("") is again
    assert again not in queue
    assert len(queue) == 2


def test_a_job_is_removed_if_it_is_there():
    queue = queue_of("AB")
    first, _ = queue.ordered("")
    queue.remove(first)
    queue.remove(first)
    assert queue.owners == {"B"}


@given(st.text("ABCD", max_size=12), st.text("ABCD", max_size=6))
def test_nobody_is_served_while_somebody_who_waits_holds_fewer(waiting, holders):
    queue, holding = queue_of(waiting), list(holders)
    while len(queue):
        fewest = min(holding.count(owner) for owner in queue.owners)
        job = queue.pop(holding)
        assert holding.count(job.owner) == fewest
        holding.append(job.owner)


def running(text):
    """Jobs by their owner: p after it if it has paused, x if its time slice has expired, k if it can't give way."""
    jobs = re.findall("([A-Z])([a-z]*)", text)
    return [Running(owner, "p" in marks, "x" in marks, can_give_way="k" not in marks) for owner, marks in jobs]


@pytest.mark.parametrize(
    ("jobs", "waiting", "expected"),
    [
        ("AxBx", "", None),  # nobody waits
        ("AB", "C", None),  # all have as many, and time left
        ("ABp", "C", 1),  # a paused one needs no worker
        ("ApBp", "A", 0),
        ("AA", "B", 0),  # two more than somebody who waits
        ("AAB", "B", None),  # one more only
        ("AAB", "C", 0),
        ("ABx", "C", 1),
        ("AxBx", "C", 0),  # the longest first
        ("AxB", "A", 0),  # for the same owner's next job
        ("AxBB", "B", None),  # who waits has more already
        ("ApkBp", "C", 1),  # another one instead of one that can't
        ("AkAB", "C", 1),  # which counts as one of its owner's all the same
        ("Axk", "B", None),
        ("AxBB", "C", 1),  # two more than C come before a time slice
    ],
)
def test_who_gives_a_worker_back(jobs, waiting, expected):
    assert select_preemption(running(jobs), set(waiting)) == expected


@given(st.text("ABC", min_size=1, max_size=6), st.sets(st.sampled_from("ABC"), min_size=1))
def test_preemption_without_time_slices_comes_to_rest(holders, waiting):
    """Workers move to whoever waits and has fewest until nobody holds two more than somebody who waits."""
    holding = list(holders)
    for _ in range(20):
        chosen = select_preemption([Running(owner) for owner in holding], waiting)
        if chosen is None:
            break
        holding.pop(chosen)
        holding.append(min(sorted(waiting), key=holding.count))
    assert select_preemption([Running(owner) for owner in holding], waiting) is None
    assert max(holding.count(owner) for owner in holding) - min(holding.count(owner) for owner in waiting) < 2


def next_by_definition(waiting, holders):
    """The order as the policy words it: the first of those whose owner holds the fewest, again and again."""
    holding, left, ordered = Counter(holders), list(waiting), []
    while left:
        job = min(left, key=lambda job: holding[job.owner])
        left.remove(job)
        holding[job.owner] += 1
        ordered.append(job)
    return ordered


@given(st.text("ABCD", max_size=30), st.text("ABCDE", max_size=6))
def test_the_order_is_that_of_one_more_worker_after_the_other(waiting, holders):
    queue = queue_of(waiting)
    jobs = [Waiting(owner, number) for number, owner in enumerate(waiting)]
    assert queue.ordered(holders) == next_by_definition(jobs, holders)


def test_a_position_follows_every_change():
    queue = queue_of("AAB")
    last = Waiting("A", 1)
    assert [queue.position(last, ""), queue.position(last, "B"), queue.position(last, "")] == [3, 2, 3]
    queue.remove(Waiting("B", 2))
    assert queue.position(last, "") == 2
    queue.push_front(Waiting("C", 9))
    assert queue.position(last, "") == 3
    queue.pop("")
    assert queue.position(last, "") == 2
    queue.clear()
    assert queue.position(last, "") == 0
