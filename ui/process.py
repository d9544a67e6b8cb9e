"""One process serves all visitors, on the same cores on which networks are being trained.

So an answer is to cost as little of it as it can: what a process does by itself, for others than ours, is turned off.
"""

from __future__ import annotations

import streamlit as st
from threadpoolctl import threadpool_limits


@st.cache_resource(show_spinner=False)
def tune() -> None:
    """Make this process a good neighbour; to be called on every run, and done once."""
    # To read one image takes a millisecond or two. A second thread would hardly make it faster, but would go on waiting
    # for more at full speed, and take ten times as much from the trainings.
    threadpool_limits(limits=1, user_api="blas")
