"""The document that the server sends: Streamlit's, with the style sheet and the script that shows the whole page."""

import gzip

from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from tests.asgi import ask
from ui.common import style
from ui.common.document import StyledDocument

HTML = "<html><head></head><body><div>&eacute;</div></body></html>"


async def document(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that says in its document which headers it got."""
    asked = ",".join(name.decode() for name, _ in scope["headers"])
    headers = {"etag": "1", "cache-control": "no-cache", "asked": asked}
    await HTMLResponse(HTML, headers=headers)(scope, receive, send)


def get(method: str = "GET", **headers: str) -> tuple[dict[str, str], bytes]:
    """Ask for the document; return the answer's headers and its body."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    _, answered, body = ask(StyledDocument(document), "/", told, method)
    return answered, body


def test_a_document_ends_with_the_style_sheet_and_the_script() -> None:
    headers, body = get(accept="text/html,*/*", if_none_match="1")
    text = body.decode()
    assert text.startswith("<html><head></head><body><div>&eacute;</div><style>")
    assert style.style_sheet() in text
    assert text.index("<script>") > text.index("</style>")
    assert text.endswith("</body></html>")
    assert int(headers["content-length"]) == len(body)
    assert headers["cache-control"] == "no-cache"
    assert "etag" not in headers  # it would be that of Streamlit's document
    assert headers["asked"] == "accept"


def test_a_document_is_packed_for_a_browser_that_takes_it_so() -> None:
    headers, body = get(accept="text/html", accept_encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert style.style_sheet() in gzip.decompress(body).decode()


def test_responses_that_are_no_documents_are_unchanged() -> None:
    assert get(accept="*/*")[1].decode() == HTML
    assert get("HEAD", accept="text/html", if_none_match="1")[0]["asked"] == "accept,if-none-match"
