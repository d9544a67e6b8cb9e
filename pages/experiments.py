"""Experiments: many runs to search for better settings, and races of two."""

from ui import state
from ui.common import layout
from ui.experiments import tabs

state.enter_page("experiments")
page = layout.centered_page(layout.WIDE_PAGE_WIDTH)
page.title("Experiments", anchor=False)
with page:
    tabs.show()
