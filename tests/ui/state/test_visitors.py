from ui.state.visitors import AWAY_SECONDS, TRAINING_SECONDS, VISITORS_LIMIT, Visitors


def test_what_a_visitor_left_is_kept_for_a_while_and_then_let_go():
    visitors = Visitors[str]()
    visitors.arrive("ann", "her networks")
    visitors.leave("ann", now=100)
    assert visitors.let_go(now=100 + AWAY_SECONDS) == []
    assert visitors.find("ann") == "her networks"
    assert visitors.let_go(now=101 + AWAY_SECONDS) == ["her networks"]
    assert visitors.find("ann") is None


def test_a_visitor_stays_as_long_as_one_tab_is_open():
    visitors = Visitors[str]()
    for _ in range(2):
        visitors.arrive("ann", "her networks")
    visitors.leave("ann", now=100)
    assert visitors.let_go(now=1e9) == []
    visitors.leave("ann", now=100)
    visitors.arrive("ann", "another's")  # a reload: what was there is not replaced
    assert visitors.let_go(now=1e9) == []
    assert visitors.find("ann") == "her networks"


def test_with_too_many_visitors_the_longest_gone_goes_first():
    visitors = Visitors[int]()
    for number in range(VISITORS_LIMIT + 2):
        visitors.arrive(str(number), number)
    assert visitors.let_go(now=0) == []  # none of them has left
    for number in (7, 3, 5):
        visitors.leave(str(number), now=number)
    assert visitors.let_go(now=10) == [3, 5]


def test_trainings_are_given_up_for_those_who_left_two_minutes_ago_and_have_no_tab_open():
    visitors = Visitors[str]()
    for name in ("ann", "ann", "bob", "eve"):
        visitors.arrive(name, f"{name}'s trainings")
    for name in ("ann", "bob", "eve"):
        visitors.leave(name, now=100)
    visitors.arrive("eve", "another's")  # a reload
    assert visitors.gone(now=100 + TRAINING_SECONDS) == []
    assert visitors.gone(now=101 + TRAINING_SECONDS) == ["bob's trainings"]
    assert visitors.find("bob") == "bob's trainings"  # what they learned is kept for longer
    visitors.leave("ann", now=200)
    assert visitors.gone(now=201 + TRAINING_SECONDS) == ["ann's trainings", "bob's trainings"]
