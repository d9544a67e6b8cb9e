"""The sections of the Evaluate page, each drawn into the container that is current."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from ui import state
from ui.charts import digit_images, evaluation_charts, plotly_touch
from ui.common import formatting
from ui.evaluate import examples, scores
from ui.evaluate.results import Results

NO_TOOLBAR = {"displayModeBar": False}  # Plotly charts to look at and to click on
METRIC_WIDTH, SUMMARY_WIDTH, ENLARGED_WIDTH = 170, 340, 160  # pixels


def show_scores(results: Results) -> None:
    """The metrics, and on how many images they were measured."""
    right, count = len(results.evaluation.correct()), results.count
    with st.container(key="scores", horizontal=True, vertical_alignment="center"):
        for title, value, meaning in scores.metrics(results.evaluation):
            text = formatting.percent(value, scores.decimals(count))
            st.metric(title, text, help=meaning, border=True, width=METRIC_WIDTH)
        st.container(width=SUMMARY_WIDTH).caption(
            f"{right:,} of {scores.describe_samples(results.samples, results.dataset)} are classified "
            f"correctly. 95 % confidence interval of the accuracy: {scores.margin(right, count)}."
        )


def show_confusion_matrix(results: Results) -> None:
    """The confusion matrix, and the images of the cell that was clicked."""
    confusion = results.evaluation.confusion
    with st.container(key="confusion"):
        st.subheader(
            "Confusion matrix",
            anchor=False,
            help="Which digits are confused: a row for each actual digit, a column for each prediction. Click a cell "
            "to see its images.",
        )
        matrix, images = st.columns(2, gap="large")
        default = evaluation_charts.largest_mistake(confusion)
        text_color = st.get_option(f"theme.{st.context.theme.type or 'light'}.textColor")
        clicked = matrix.plotly_chart(
            evaluation_charts.confusion_matrix_chart(confusion, default, text_color),
            # Each network and data set has its own selection.
            key=f"confusion_{results.checkpoint.network.checksum()}_{results.dataset}",
            on_select="rerun",
            selection_mode="points",
            config=NO_TOOLBAR,
        )
        plotly_touch.let_browser_handle_touch()
        points = clicked.selection.point_indices
        label, digit = (evaluation_charts.cell_at(points[0]) if points else None) or default or (0, 0)
        with images.container(key="cell"):
            _show_cell(results, label, digit)


def _show_cell(results: Results, label: int, digit: int) -> None:
    indices = results.evaluation.cell(label, digit)
    limited = f", the {examples.MAX_SHOWN} most confident ones" if len(indices) > examples.MAX_SHOWN else ""
    st.markdown(f"**{label} predicted as {digit}**: {formatting.image_count(len(indices))}{limited}")
    _show_gallery(results, indices[: examples.MAX_SHOWN])


def _next_sample() -> None:
    state.visitor().sample_seed += 1


def show_examples(results: Results) -> None:
    """Samples of the mistakes and of the right answers."""
    seed = state.visitor().sample_seed
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(
            "Examples",
            anchor=False,
            width="content",
            help="Under each image: the actual digit, the prediction if it differs, its confidence, and the image no.",
        )
        st.button(
            "Another sample",
            key="another_sample",
            icon=":material/shuffle:",
            on_click=_next_sample,
        )
        confident_first = st.toggle(
            "Most confident mistakes first",
            key="confident_first",
            persist_state="session",
            help="Shows the mistakes with the highest confidence instead of a random sample.",
        )
    wrong, right = st.columns(2, gap="large")
    with wrong.container(key="mistakes"):
        st.markdown(f"**Misclassified**: {formatting.image_count(len(results.evaluation.misclassified()))}")
        _show_gallery(results, examples.mistakes(results, seed, most_confident_first=confident_first))
    with right.container(key="correct_examples"):
        st.markdown(f"**Correct**: {formatting.image_count(len(results.evaluation.correct()))}")
        _show_gallery(results, examples.correct(results, seed))


def _show_gallery(results: Results, indices: Iterable[int]) -> None:
    st.html(digit_images.gallery([examples.captioned(results, index) for index in indices]))


def show_accuracy_by_digit(results: Results) -> None:
    """The accuracy on each digit with its confidence interval."""
    with st.container(key="accuracy_by_digit"):
        st.subheader(
            "Accuracy by digit",
            anchor=False,
            help="The share of each digit's images that are classified correctly. The lines are 95 % confidence "
            "intervals.",
        )
        chart = evaluation_charts.accuracy_by_digit_chart(results.evaluation.confusion)
        st.plotly_chart(chart, key="by_digit", config=NO_TOOLBAR)


def show_calibration(results: Results) -> None:
    """The reliability diagram, and the expected calibration error."""
    with st.container(key="reliability"):
        st.subheader(
            "Calibration",
            anchor=False,
            help="Is the network as confident as it should be? Of the predictions with 80 % confidence, about 80 % "
            "should be correct: then the dots lie on the dotted line. The gray lines are 95 % confidence intervals.",
        )
        reliability = results.evaluation.reliability
        st.plotly_chart(evaluation_charts.reliability_diagram(reliability), key="certainty", config=NO_TOOLBAR)
        st.caption(scores.calibration(reliability))


def show_any_image(results: Results) -> None:
    """One image that the visitor chooses, enlarged, and its ten probabilities."""
    with st.container(key="sample"):
        image, bars = st.columns(2, gap="large", vertical_alignment="bottom")
        with image:
            st.subheader("Inspect an image", anchor=False)
            index = st.number_input(
                f"Image no., 0 to {results.count - 1:,}",
                0,
                results.count - 1,
                key="sample_index",
                persist_state="session",
                help="Images are counted from 0, in the order of their file.",
            )
            shown = examples.captioned(results, index)
            with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
                st.container(width=ENLARGED_WIDTH).html(digit_images.enlarged_image(shown.image, shown.caption))
                st.markdown(f"**{shown.caption}**")
        probabilities, label = results.evaluation.probabilities[index], int(results.samples.labels[index])
        bars.altair_chart(evaluation_charts.probability_bars_chart(probabilities, label), key="answer")
