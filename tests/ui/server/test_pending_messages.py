"""Each message counts once, whatever becomes of the run that it asked for."""

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state.common import WidgetMetadata

from ui.server.pending_messages import MAX_PENDING, MAX_PENDING_BYTES, MessageKeepingSessionState, PendingMessages


class Tab:
    """A browser tab with a slider and two buttons; one has a callback, the other one is looked at by the page's run."""

    def __init__(self) -> None:
        ThreadState.initialize()  # what callbacks need
        self.state = MessageKeepingSessionState()
        self.called = 0
        self.seen: list[bool] = []
        self.run(self.message(epochs=20))

    @staticmethod
    def message(*clicked: str, epochs: float | None = None) -> WidgetStates:
        states = WidgetStates()
        if epochs is not None:
            states.widgets.add(id=identifier("epochs"), double_value=epochs)
        for button in clicked:
            states.widgets.add(id=identifier(button), trigger_value=True)
        return states

    def arrive(self, *clicked: str, epochs: float | None = None) -> WidgetStates:
        states = self.message(*clicked, epochs=epochs)
        self.state.pending.add(states)
        return states

    def run(self, states: WidgetStates | None, *, stopped: bool = False) -> None:
        """Run the page, or begin to."""
        self.state.on_script_will_rerun(states)
        if stopped:
            return
        slider = WidgetMetadata(identifier("epochs"), lambda value: value or 20.0, float, "double_value")
        self.state.register_widget(slider, "epochs")
        pause = WidgetMetadata(identifier("pause"), bool, bool, "trigger_value", callback=self._call)
        self.state.register_widget(pause, "pause")
        start = WidgetMetadata(identifier("start"), bool, bool, "trigger_value")
        if self.state.register_widget(start, "start").value:
            self.seen.append(True)
        self.state.on_script_finished(frozenset(map(identifier, ("epochs", "pause", "start"))))

    def _call(self) -> None:
        self.called += 1


def identifier(key: str) -> str:
    return f"$$ID-0123-{key}"


def test_the_last_message_carries_the_clicks_of_dropped_runs() -> None:
    tab = Tab()
    for dropped in (tab.arrive("start", epochs=20), tab.arrive("pause", epochs=30)):
        assert dropped.widgets
    tab.run(tab.arrive())  # as a click on the menu, which tells of no widget
    assert tab.state["epochs"] == 30
    assert (tab.called, len(tab.seen)) == (1, 1)


def test_a_message_that_a_run_has_taken_is_not_taken_again() -> None:
    tab = Tab()
    first, second = tab.arrive("pause", "start", epochs=30), tab.arrive("pause", epochs=40)
    tab.run(first)
    assert (tab.called, len(tab.seen), tab.state["epochs"]) == (1, 1, 30)
    tab.run(second)  # has the first, too, in case that its run was dropped
    assert (tab.called, len(tab.seen), tab.state["epochs"]) == (2, 1, 40)
    tab.run(first)  # too late: the run of the second was faster
    assert (tab.called, len(tab.seen), tab.state["epochs"]) == (2, 1, 40)


def test_a_click_is_seen_by_the_next_run_if_its_own_is_stopped_before() -> None:
    tab = Tab()
    tab.run(tab.arrive("start", "pause"), stopped=True)
    assert (tab.called, len(tab.seen)) == (1, 0)
    tab.run(tab.arrive(epochs=30))
    assert (tab.called, len(tab.seen)) == (1, 1)
    tab.run(tab.arrive(epochs=40))
    assert (tab.called, len(tab.seen)) == (1, 1)


def test_a_click_on_what_the_page_no_longer_has_is_forgotten() -> None:
    tab = Tab()
    tab.run(tab.arrive("start"), stopped=True)
    tab.state.on_script_will_rerun(tab.arrive())  # a run of another page
    tab.state.on_script_finished(frozenset())
    tab.run(tab.arrive())
    assert tab.seen == []


def test_a_run_that_no_message_asks_for_is_told_nothing() -> None:
    tab = Tab()
    tab.arrive("pause")
    tab.run(None)
    assert tab.called == 0
    tab.run(WidgetStates())
    assert tab.called == 0


def test_no_more_messages_are_kept_than_a_visitor_sends() -> None:
    pending = PendingMessages()
    for number in range(MAX_PENDING + 1):
        states = WidgetStates()
        states.widgets.add(id=str(number), trigger_value=True)
        pending.add(states)
    assert [widget.id for widget in pending.take(states).widgets] == list(map(str, range(1, MAX_PENDING + 1)))


def test_large_messages_are_kept_up_to_a_size_in_all_and_the_last_one_always() -> None:
    pending = PendingMessages()
    for number in range(5):
        states = WidgetStates()
        states.widgets.add(id=str(number), string_value="a" * (MAX_PENDING_BYTES * 2 // 5))
        pending.add(states)
    assert [widget.id for widget in pending.take(states).widgets] == ["3", "4"]
    states = WidgetStates()
    states.widgets.add(id="large", string_value="a" * MAX_PENDING_BYTES)
    pending.add(states)
    assert [widget.id for widget in pending.take(states).widgets] == ["large"]
