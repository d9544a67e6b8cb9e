"""One image, large."""

from streamlit.testing.v1 import AppTest

from tests.ui.screens import SECONDS, sound


def script() -> None:
    import streamlit as st

    from model.training import checkpoint
    from ui import state
    from ui.evaluate import image_dialog, results

    state.begin()
    evaluated = results.evaluate(checkpoint.load(checkpoint.WEIGHTS / "starter.safetensors"), "mnist-5k")
    for index in (3, 5):
        image_dialog.choose(index, range(9))
        image_dialog.open_chosen(evaluated)
    st.text(state.tab().opened_image)


def test_the_first_of_two_images_chosen_in_one_run_is_open() -> None:
    screen = sound(AppTest.from_function(script, default_timeout=SECONDS).run())
    assert screen.text[-1].value == "(range(0, 9), 3)"
    assert [button.label for button in screen.button] == ["Previous", "Next", "Put it on Draw"]
