"""Evaluate: how well a network reads digits, which ones it confuses, and what those that it reads wrong look like."""

import streamlit as st

from ui.charts import digit_images, evaluation_charts, plotly_touch
from ui.common import formatting, style, theme
from ui.evaluate import scores
from ui.pickers import datasets, networks
from ui.state import session

SHOWN = 12  # pictures at once: they fill rows of 3, 4 and 6
PLAIN = {"displayModeBar": False}  # a chart to look at and to click on, without Plotly's tools

session.is_first_run_on_page("evaluate")
style.apply()
page = st.container(horizontal_alignment="center").container(width=1120)
page.title("Evaluate a network", anchor=False)
network_menu, dataset_menu = page.columns(2, gap="medium")
with network_menu:
    name, checkpoint = networks.select_network()
with dataset_menu:
    dataset = datasets.select_dataset()
if dataset is None:
    st.stop()

part = scores.part_of(datasets.open_dataset(dataset))
with page:
    found = scores.evaluate(checkpoint.network, dataset, part)
right, mistakes, count = found.right(), found.mistakes(), len(part.labels)
for caution in scores.cautions(checkpoint, dataset, part):
    page.warning(caution, icon=":material/info:")


def captioned(place: int) -> digit_images.CaptionedImage:
    label, digit = part.labels[place], found.digits[place]
    notes = (f"{formatting.percent(float(found.confidence[place]))} sure", f"no. {place}")
    color = theme.RIGHT if digit == label else theme.WRONG
    return digit_images.CaptionedImage(part.images[place], f"{label} read as {digit}", notes, color)


with page.container(key="scores", horizontal=True, vertical_alignment="center"):
    for title, share, meaning in scores.figures(found):
        st.metric(title, formatting.percent(share, scores.decimals(count)), help=meaning, border=True, width=170)
    st.container(width=340).caption(
        f"{len(right):,} of {scores.described(part, dataset)} are read right. With so many images, chance alone moves "
        f"the accuracy by {scores.margin(len(right), count)}."
    )

with page.container(key="confusion"):
    st.subheader(
        "Which digits it confuses",
        anchor=False,
        help="A row for what the images show, a column for what they were read as. A click on a cell shows its images.",
    )
    matrix, cell_images = st.columns(2, gap="large")
    usual = evaluation_charts.largest_mistake(found.confusion)
    text_color = st.get_option(f"theme.{st.context.theme.type or 'light'}.textColor")
    clicked = matrix.plotly_chart(
        evaluation_charts.confusion_matrix_chart(found.confusion, usual, text_color),
        key=f"confusion_{checkpoint.network.checksum()}_{dataset}",  # each network and data set has its own choice
        on_select="rerun",
        selection_mode="points",
        config=PLAIN,
    )
    plotly_touch.let_browser_handle_touch()
    points = clicked.selection.point_indices
    label, digit = (evaluation_charts.cell_at(points[0]) if points else None) or usual or (0, 0)
    places = found.cell(label, digit)
    with cell_images.container(key="cell"):
        surest = f", the {SHOWN} surest of them" if len(places) > SHOWN else ""
        st.markdown(f"**{label} read as {digit}**: {formatting.image_count(len(places))}{surest}")
        st.html(digit_images.gallery([captioned(place) for place in places[:SHOWN]]))

seed = session.get_value("sample_seed", 0)
with page.container(horizontal=True, vertical_alignment="center"):
    st.subheader("Examples", anchor=False, width="content")
    st.button(
        "Another sample",
        key="another_sample",
        icon=":material/shuffle:",
        on_click=lambda: session.set_value("sample_seed", seed + 1),
    )
    confident_first = st.toggle(
        "Most confident mistakes first",
        key="confident_first",
        persist_state="session",
        help="Instead of a random sample, the mistakes that the network was surest of.",
    )
wrong_side, right_side = page.columns(2, gap="large")
with wrong_side.container(key="mistakes"):
    chosen = found.most_confident_first(mistakes) if confident_first else scores.sample(mistakes, SHOWN, seed)
    st.markdown(f"**Read wrong**: {formatting.image_count(len(mistakes))}")
    st.html(digit_images.gallery([captioned(place) for place in chosen[:SHOWN]]))
with right_side.container(key="correct_examples"):
    st.markdown(f"**Read right**: {formatting.image_count(len(right))}")
    st.html(digit_images.gallery([captioned(place) for place in scores.sample(right, SHOWN, seed)]))

digits_side, certainty_side = page.columns(2, gap="large")
with digits_side.container(key="accuracy_by_digit"):
    st.subheader(
        "Accuracy for each digit",
        anchor=False,
        help="The share of each digit's images that is read right. The lines show how far chance alone may move it.",
    )
    st.plotly_chart(evaluation_charts.accuracy_by_digit_chart(found.confusion), key="by_digit", config=PLAIN)
with certainty_side.container(key="reliability"):
    st.subheader(
        "Is it as sure as it should be?",
        anchor=False,
        help="Of the answers given with 80 % certainty, about 80 % should be right: then the dots lie on the dotted "
        "line. The grey lines show how far chance alone may move them.",
    )
    st.plotly_chart(evaluation_charts.reliability_diagram(found.reliability), key="certainty", config=PLAIN)
    st.caption(scores.certainty(found.reliability))

with page.container(key="sample"):
    image_side, bars_side = st.columns(2, gap="large", vertical_alignment="bottom")
    with image_side:
        st.subheader("Any image", anchor=False)
        place = st.number_input(
            f"Its number, 0 to {count - 1:,}",
            0,
            count - 1,
            key="sample_index",
            persist_state="session",
            help="Images are counted from 0, in the order of the file that they come from.",
        )
        shown = captioned(place)
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            st.container(width=160).html(digit_images.enlarged_image(shown.image, shown.caption))
            st.markdown(f"**{shown.caption}**")
    bars_side.altair_chart(
        evaluation_charts.probability_bars_chart(found.probabilities[place], int(part.labels[place])), key="answer"
    )
