"""Search: trials of many settings, chosen by what earlier ones have come to; it goes on while one is elsewhere."""

from __future__ import annotations

import streamlit as st

from model.common import disk
from model.experiments.control import Command
from model.experiments.search import Search
from ui import state
from ui.common import errors
from ui.experiments import opened_trial, plan_form, searches, study_charts, study_files
from ui.experiments.plan_form import PlannedSearch
from ui.pickers import datasets
from ui.state import runtime, widget_state
from ui.train import varying

SWITCHED_OFF = (
    "Searches are switched off here, as whoever runs this server decides with INKLING_EXPERIMENTS. On a machine of "
    "your own they are on; there, `python -m model sweep` searches in a terminal, too."
)


def show() -> None:
    """The selected search, and the plan of the next one."""
    if not searches.is_possible():
        st.info(SWITCHED_OFF, icon=":material/info:")
        return
    here = state.visitor()
    if here.search and len(here.searches) > 1:
        _choose(here.searches)
    if here.search:
        st.fragment(_search)(here.search.name)
        with st.expander("Another search", expanded=varying.is_on(), key="next_search"):
            _plan()
    else:
        st.markdown(
            "A hyperparameter search trains many networks, each with other settings, and chooses the next ones by the "
            "results so far. It goes on while you are on other pages."
        )
        _plan()


def _choose(known: list[Search]) -> None:
    names = {search.name: search for search in reversed(known)}
    selected = state.visitor().search
    widget_state.put("search", selected.name if selected else next(iter(names)))

    def select() -> None:
        state.visitor().search = names[widget_state.get("search", next(iter(names)))]

    st.selectbox("Search", list(names), key="search", format_func=lambda name: title(names[name]), on_change=select)


def title(search: Search) -> str:
    """What a search is called: its number, and what varies."""
    varied = ", ".join(search.plan.space.dimensions).replace("_", " ")
    return f"{search.plan.name.capitalize()}: {varied}"


# -- The next one -------------------------------------------------------------------------------------------


def _plan() -> None:
    base = state.visitor().config
    if base.data not in state.visitor().datasets and not datasets.is_available(base.data):
        errors.show_error(f"{base.data} is not here yet: choose it on Train, or another data set.")
        return
    st.caption(
        f"Switch on what varies. All else is as it stands on Train: {'-'.join(map(str, base.sizes))}, {base.epochs} "
        f"epochs of {errors.escape_markdown(base.data)}, seed {base.seed}."
    )
    buttons = st.container(key="search_start")
    try:
        plan: PlannedSearch | None = plan_form.choose(base, _next_name())
    except ValueError as error:
        plan = None
        with buttons:
            errors.show_error(str(error))
    with buttons, st.container(horizontal=True, gap="small"):
        st.button(
            "Start",
            key="start_search",
            type="primary",
            icon=":material/play_arrow:",
            disabled=plan is None,
            on_click=_begin,
            args=(plan,),
        )
        st.button(
            "Try the first trials",
            key="first_trials",
            icon=":material/timer:",
            disabled=plan is None,
            help="As many as are computed at a time. Then it pauses, and says how long all of them take.",
            on_click=_begin,
            args=(plan, True),
        )


def _next_name() -> str:
    numbers = [int(search.plan.name.split()[-1]) for search in state.visitor().searches]
    return f"search {max(numbers, default=0) + 1}"


def _begin(planned: PlannedSearch, is_first: bool = False) -> None:
    try:
        searches.begin(planned.plan, is_first=is_first, files=planned.files)
        widget_state.put(varying.KEY, False)  # what varies is chosen
    except ValueError as error:
        errors.show_error(str(error))
    except OSError as error:
        errors.show_error(disk.describe(runtime.pool().folder, error))


# -- The selected one ---------------------------------------------------------------------------------------


def _search(name: str) -> None:
    """What is redrawn when the search's phase changes, or when somebody uses it."""
    search = next((one for one in state.visitor().searches if one.name == name), None)
    if search is None:
        st.rerun()
    view = searches.view(search)
    processes = runtime.pool().size
    with st.container(key="search_buttons", horizontal=True, gap="small", vertical_alignment="center"):
        _buttons(search)
        study_files.show(search)
    with st.container(key="search_line"):
        if search.command == "pause" and not search.is_at_work and not search.is_complete:
            st.caption(plan_form.describe_estimate(view, processes))
    study_charts.show(
        searches.address(state.visitor(), search),
        searches.signature(search, view),
        state.tab().search_looks,
        lambda number: opened_trial.take(search, number),
    )
    opened_trial.show(search)


def _buttons(search: Search) -> None:
    is_live = search.command == "run" and not search.is_complete and not search.problem
    st.button(
        "Pause" if is_live else "Go on",
        key="pause_search",
        type="primary",
        icon=":material/pause:" if is_live else ":material/resume:",
        disabled=search.is_complete or not (is_live or search.may_go_on),
        help="The trials that are being computed come to their end." if is_live else None,
        on_click=_tell,
        args=(search, "pause" if is_live else "run"),
    )
    st.button(
        "Stop",
        key="stop_search",
        icon=":material/stop:",
        disabled=not search.is_at_work,
        help="At once. It can go on later; the trials that are being computed then begin again.",
        on_click=_tell,
        args=(search, "stop"),
    )
    with st.popover("Add trials", icon=":material/add:", key="more_trials", disabled=not search.may_go_on):
        more = st.number_input("How many", 1, plan_form.MAX_TRIALS, 10, key="more")
        st.button("Add", key="add_trials", on_click=_tell, args=(search, "run", int(more)))
    st.button(
        "Delete", key="delete_search", icon=":material/delete:", type="tertiary", on_click=_delete, args=(search,)
    )


def _tell(search: Search, command: Command, more: int = 0) -> None:
    try:
        search.tell(command, search.trials + more)
    except OSError as error:
        errors.show_error(disk.describe(runtime.pool().folder, error))
    state.tab().search_looks += 1


def _delete(search: Search) -> None:
    searches.delete(search)
