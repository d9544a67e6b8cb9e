from ui.state.visitors import FORGET_SECONDS, MAX_VISITORS, RUN_SECONDS, Visitors


def test_what_a_visitor_left_is_kept_for_a_while_and_then_forgotten():
    visitors = Visitors[str]()
    visitors.connect("ann", "her networks")
    visitors.disconnect("ann", now=100)
    assert visitors.evict(now=100 + FORGET_SECONDS) == []
    assert visitors.find("ann") == "her networks"
    assert visitors.evict(now=101 + FORGET_SECONDS) == ["her networks"]
    assert visitors.find("ann") is None


def test_a_visitor_stays_as_long_as_one_tab_is_open():
    visitors = Visitors[str]()
    for _ in range(2):
        visitors.connect("ann", "her networks")
    visitors.disconnect("ann", now=100)
    assert visitors.evict(now=1e9) == []
    visitors.disconnect("ann", now=100)
    visitors.connect("ann", "another's")  # a reload: what was there is not replaced
    assert visitors.evict(now=1e9) == []
    assert visitors.find("ann") == "her networks"


def test_with_too_many_visitors_the_longest_gone_goes_first():
    visitors = Visitors[int]()
    for number in range(MAX_VISITORS + 2):
        visitors.connect(str(number), number)
    assert visitors.evict(now=0) == []  # none of them has left
    for number in (7, 3, 5):
        visitors.disconnect(str(number), now=number)
    assert visitors.evict(now=10) == [3, 5]


def test_runs_are_given_up_for_those_who_left_two_minutes_ago_and_have_no_tab_open():
    visitors = Visitors[str]()
    for name in ("ann", "ann", "bob", "eve"):
        visitors.connect(name, f"{name}'s runs")
    for name in ("ann", "bob", "eve"):
        visitors.disconnect(name, now=100)
    visitors.connect("eve", "another's")  # a reload
    assert visitors.gone(now=100 + RUN_SECONDS) == []
    assert visitors.gone(now=101 + RUN_SECONDS) == ["bob's runs"]
    assert visitors.find("bob") == "bob's runs"  # what they learned is kept for longer
    visitors.disconnect("ann", now=200)
    assert visitors.gone(now=201 + RUN_SECONDS) == ["ann's runs", "bob's runs"]


def test_a_visitor_is_found_by_what_they_have():
    visitors = Visitors[str]()
    for name in ("ann", "bob"):
        visitors.connect(name, f"{name}'s networks")
    assert visitors.search(lambda data: data.startswith("bob")) == "bob's networks"
    assert visitors.search(lambda data: data.startswith("eve")) is None
