"""Pages without a browser: how long their scripts may take, and what every test asks of them."""

from streamlit.testing.v1 import AppTest

SECONDS = 120  # that one run of a page may take on a busy machine


def sound(screen: AppTest) -> AppTest:
    """Return the page after checking that it shows no exception."""
    assert not screen.exception
    return screen


def query(screen: AppTest) -> dict[str, str]:
    """Return the query parameters of the page's address."""
    return {
        name: values if isinstance(values, str) else ",".join(values) for name, values in screen.query_params.items()
    }
