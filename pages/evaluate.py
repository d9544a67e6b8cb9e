"""Evaluate: how well a network reads digits, which ones it confuses, and what its mistakes look like."""

from functools import partial

import streamlit as st

from ui import state
from ui.common import errors, layout
from ui.evaluate import view
from ui.evaluate.fairness import network_to_begin_with, warnings
from ui.evaluate.results import evaluate
from ui.pickers import datasets, networks

state.enter_page("evaluate")
page = layout.centered_page(layout.WIDE_PAGE_WIDTH)
page.title("Evaluate a network", anchor=False)

network_menu, dataset_menu = page.columns(2, gap="medium")
with dataset_menu:
    dataset = datasets.select_dataset()
with network_menu, errors.stop_on_error("The network or the data can't be opened"):
    begin_with = partial(network_to_begin_with, dataset) if dataset else None
    _, checkpoint = networks.select_network(begin_with)
if dataset is None:
    st.stop()

with page:
    with errors.stop_on_error("The data can't be opened"):
        results = evaluate(checkpoint, dataset)
    for warning in warnings(checkpoint, dataset, results.samples):
        st.warning(warning, icon=":material/info:")
    view.show_accuracy(results)
    view.show_confusion_matrix(results)
    left, right = st.columns(2, gap="medium")
    with left:
        view.show_scores_by_digit(results)
    with right:
        view.show_calibration(results)
    view.show_examples(results)
