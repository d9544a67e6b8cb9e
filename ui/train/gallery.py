"""The gallery of examples: runs that are worth watching, each a card that starts with one click."""

from __future__ import annotations

import streamlit as st

from model.config import TrainingConfig
from ui import state
from ui.state import run_names, widget_state
from ui.train import actions, controls, speed
from ui.train.examples import EXAMPLES, Example

OPEN = "gallery_open"  # the key of the popover
PAIR_SECONDS = 15.0  # about how long the runs of a pair take, so that they can be watched side by side


def show() -> None:
    """A button that opens the cards."""
    with st.container(key="gallery"):
        if "gallery" in controls.hidden():
            return
        folded = st.popover("Examples", key=OPEN, icon=":material/menu_book:", on_change="rerun", width="stretch")
        if folded.open:
            with folded, st.container(key="gallery_cards"):
                for example in EXAMPLES:
                    _card(example)


def _card(example: Example) -> None:
    with st.container(key=f"example_{example.name}", border=True):
        st.markdown(f"**:material/{example.icon}: {example.title}**")
        st.markdown(f"{example.watch} {example.why} {example.then}")
        st.button(
            "Start both" if example.is_pair else "Start",
            key=f"start_{example.name}",
            icon=":material/play_arrow:",
            on_click=start,
            args=(example,),
        )


def start(example: Example) -> None:
    """Set the controls to an example, and start its runs: a pair side by side."""
    first, last = example.configs[0], example.configs[-1]
    controls.set_widgets(last)
    if not example.is_pair:
        actions.start(last, last.data)
    else:
        for config, other in ((first, last), (last, first)):
            actions.start(
                config,
                config.data,
                title=", ".join(run_names.describe_difference(config, other)),
                pace=_pace(config),
                beside=config is last,
            )
    widget_state.put(OPEN, False)


def _pace(config: TrainingConfig) -> int | None:
    """The speed of a run of a pair, unless the visitor has chosen one for all runs."""
    if state.visitor().speed is not None:
        return None
    return speed.lasting(speed.num_steps(config, config.data), PAIR_SECONDS)
