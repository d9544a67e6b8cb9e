"""Share: the link of the page as it stands, its QR code for phones, what others see of it, and the page on paper."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import segno
import streamlit as st

from model import browser, data
from model.config import TrainingConfig
from ui.common import templates
from ui.common.components import component
from ui.state import widget_state
from ui.train import network_address, url_state

PARTS = "share_parts"  # the key of the menu of what others see
LABELS = {
    "preset": "Presets",
    "controls": "All settings",
    "gallery": "Examples",
    "share": "Share",
    "diagram": "Network drawing",
    "paper": "Paper",
    "follow": "Tracked image",
    "time": "Timeline",
    "pace": "Speed",
    "diagnosis": "Diagnosis",
    "inside": "Per-digit results",
    "weights_view": "First-layer weights",
    "layers_view": "Layer health",
    "compare": "Chart options",
    "runs": "Runs",
}
FIELDS_OF_WIDGETS = {widget: field for field, widget in url_state.WIDGETS.items()}

_component = component(__file__, css=browser.style_sheet("pill"))


def show(config: TrainingConfig) -> None:
    """A button that opens all this, for the page of these settings."""
    if "share" in url_state.hidden():
        return
    folded = st.popover("Share", key="share_open", icon=":material/share:", on_change="rerun")
    if folded.open:
        with folded, st.container(key="share_panel"):
            _panel(config)
    _on_paper(config)


def _panel(config: TrainingConfig) -> None:
    chosen: list[str] = widget_state.get(PARTS, [])
    other = network_address.reach(
        _link(config, chosen), listens_on=st.get_option("server.address"), own_address=network_address.own_address()
    )
    _component(key="share_link", data={"link": other.url})
    st.multiselect(
        "Others see",
        url_state.HIDEABLE,
        key=PARTS,
        format_func=label,
        placeholder="Everything",
        help="The link then opens a page with these parts alone, besides the buttons, the figures and the curves. "
        "Your own page stays as it is.",
    )
    if config.data not in data.DATASETS:
        st.caption("Your data file does not travel with the link: others begin with mnist-5k.")
    if other.problem:
        st.caption(other.problem)
        return
    address = other.url.partition("?")[0]
    st.html(templates.render("train/share_code.html", code=qr_code(other.url), url=other.url, address=address))


def _on_paper(config: TrainingConfig) -> None:
    """What the printed page says besides: the settings, and where to open it; style.css has its layout."""
    values = {"settings": settings_line(config), "url": _link(config, []), "dark": st.context.theme.type == "dark"}
    st.html(templates.render("train/share_print.html", **values))


def _link(config: TrainingConfig, parts: Sequence[str]) -> str:
    kept = {name: text for name, text in st.query_params.items() if name in url_state.PARTS}
    return link(st.context.url or "", config, {"show": ",".join(parts)} if parts else kept)


def link(page: str, config: TrainingConfig, parts: dict[str, str]) -> str:
    """The link that opens a page with these settings.

    Args:
        page: the page's address.
        config: the settings.
        parts: what is shown or hidden, as `show` or `hide`.
    """
    query = urlencode(url_state.texts(config) | parts, safe=",")
    return f"{page}?{query}" if query else page


def qr_code(text: str) -> str:
    """A text as a QR code: a data URL of an image, black on white whatever the theme, with its quiet zone."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


def label(name: str) -> str:
    """What a part of the page or a setting is called."""
    return LABELS.get(name) or TrainingConfig.title(FIELDS_OF_WIDGETS.get(name, name))


def settings_line(config: TrainingConfig) -> str:
    """The settings that are not the default ones, in a line."""
    texts = url_state.texts(config)
    return (
        ", ".join(f"{TrainingConfig.title(name).lower()} {text}" for name, text in texts.items()) or "Default settings"
    )
