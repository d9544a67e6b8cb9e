"""The sections of the Evaluate page, each drawn into the container that is current."""

from __future__ import annotations

from typing import Any

import streamlit as st
from numpy.typing import NDArray

from ui import state
from ui.charts import confusion_matrix, digit_images, plotly_touch, projector, reliability_diagram
from ui.common import formatting
from ui.evaluate import clickable, examples, image_dialog, scores
from ui.evaluate.results import Results
from ui.state import presentation

Array = NDArray[Any]


def _header(title: str, explanation: str) -> None:
    st.header(title, anchor=False, help=explanation)


def show_accuracy(results: Results) -> None:
    """The headline: the accuracy, its confidence interval, and on how many images it was measured."""
    right, count = len(results.evaluation.correct()), results.count
    sampled = "" if results.samples.rows is None else "Only a sample is classified, spread evenly, to save time. "
    with st.container(key="scores", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.metric(
            "Accuracy",
            formatting.percent(results.evaluation.accuracy, scores.decimals(count)),
            help="The share of all images that are classified correctly.",
            width="content",
        )
        st.caption(
            f"{right:,} of {scores.describe_samples(results.samples, results.dataset)} are classified correctly.  \n"
            f"{sampled}95 % confidence interval {scores.margin(right, count)}."
        )


@st.fragment
def show_confusion_matrix(results: Results) -> None:
    """The confusion matrix, and beside it the images of the cell that was clicked."""
    confusion, cells = results.evaluation.confusion, state.tab().confusion_cells
    # Each network and data set has its own selection.
    shown = f"{results.checkpoint.network.checksum()} {results.dataset}"
    label, digit = cells.get(shown) or confusion_matrix.largest_mistake(confusion) or (0, 0)

    def choose(choice: str) -> None:
        if cell := confusion_matrix.cell_of(choice):
            cells[shown] = cell

    with st.container(key="confusion"):
        _header(
            "Confusion matrix",
            "Which digits are confused: a row for each actual digit, a column for each prediction. Choose a cell "
            "to see its images.",
        )
        matrix, images = st.columns(2, gap="medium")
        with matrix:
            html = confusion_matrix.confusion_matrix(confusion, (label, digit), clickable=True)
            clickable.show(html, key="matrix", on_choice=choose)
        with images.container(key="cell"):
            indices = results.evaluation.cell(label, digit)
            limited = f", the {examples.MAX_SHOWN} most confident ones" if len(indices) > examples.MAX_SHOWN else ""
            st.markdown(f"**{label} predicted as {digit}**: {formatting.image_count(len(indices))}{limited}")
            _show_gallery(results, "cell_images", indices[: examples.MAX_SHOWN], indices)
    image_dialog.open_chosen(results)


def _next_sample() -> None:
    state.visitor().sample_seed += 1


@st.fragment
def show_examples(results: Results) -> None:
    """Samples of the mistakes and of the right answers."""
    seed = state.visitor().sample_seed
    _header(
        "Examples",
        "Under each image: the actual digit, the prediction if it differs, its confidence, and the image no.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Another sample", key="another_sample", icon=":material/shuffle:", on_click=_next_sample)
        confident_first = st.toggle(
            "Most confident mistakes first",
            key="confident_first",
            persist_state="session",
            help="Shows the mistakes with the highest confidence instead of a random sample.",
        )
    wrong, right = st.columns(2, gap="medium")
    with wrong.container(key="mistakes"):
        st.markdown(f"**Misclassified**: {formatting.image_count(len(results.evaluation.misclassified()))}")
        chosen = examples.mistakes(results, seed, most_confident_first=confident_first)
        _show_gallery(results, "mistake_images", chosen)
    with right.container(key="correct_examples"):
        st.markdown(f"**Correct**: {formatting.image_count(len(results.evaluation.correct()))}")
        _show_gallery(results, "correct_images", examples.correct(results, seed))
    _show_number(results)
    image_dialog.open_chosen(results)


def _show_gallery(results: Results, key: str, indices: Array, among: Array | None = None) -> None:
    """Show images; each opens large, and leads to its neighbors among these or others."""
    html = digit_images.gallery([examples.captioned(results, index) for index in indices])
    steps = (indices if among is None else among).tolist()

    def choose(choice: str) -> None:
        if choice.isascii() and choice.isdecimal():
            image_dialog.choose(int(choice), steps)

    clickable.show(html, key=key, on_choice=choose)


def _show_number(results: Results) -> None:
    """Open any image by its number."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="any_image"):
        number = st.number_input(
            f"Image no., 1 to {results.samples.total:,}",
            1,
            results.samples.total,
            key="sample_index",
            persist_state="session",
            width=200,
            help="Images are counted from 1, in the order of their file.",
        )
        if st.button("Inspect", key="inspect", icon=":material/zoom_in:"):
            image_dialog.choose(results.samples.nearest(number), range(results.count))


def show_scores_by_digit(results: Results) -> None:
    """Precision, recall and F1 of each digit."""
    with st.container(key="by_digit"):
        _header(
            "Scores by digit",
            "Precision: of the images predicted as a 7, the share that show a 7. Recall: of the images that show "
            "a 7, the share predicted as a 7. F1: the harmonic mean of both. The lines are 95 % confidence intervals.",
        )
        st.html(scores.by_digit(results.evaluation))


def show_calibration(results: Results) -> None:
    """The reliability diagram, and the expected calibration error."""
    with st.container(key="reliability"):
        _header(
            "Calibration",
            "Is the network as confident as it should be? Of the predictions with 80 % confidence, about 80 % "
            "should be correct: then the dots lie on the dotted line. The gray lines are 95 % confidence intervals, "
            "the numbers above count images.",
        )
        plotly_touch.let_browser_handle_touch()
        figure = reliability_diagram.reliability_diagram(
            results.evaluation.reliability,
            height=presentation.height(reliability_diagram.HEIGHT),
            text_size=projector.SMALLEST_TEXT if presentation.is_on() else reliability_diagram.TEXT_SIZE,
        )
        st.plotly_chart(figure, key="certainty", config={"displayModeBar": False})
        st.caption(scores.calibration(results.evaluation.reliability))
