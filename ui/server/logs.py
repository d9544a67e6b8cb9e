"""The log: what happens to the app, on stderr, one line an event; as JSON if the operator wants it so.

It has no personal data: runs go by their numbers, and what would lead to a visitor, such as an address or the name of a
session, is left out of what the libraries say, too.
"""

from __future__ import annotations

import ipaddress
import logging
import re

from pythonjsonlogger.json import JsonFormatter

from model.common.settings import Settings

OURS = ("model", "ui")
TEXT = "%(asctime)s %(name)s: %(message)s"
SECRETS = re.compile(
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"  # a session
    r"|\b[0-9a-f]{32}(\.[\w-]+)?"  # a visitor
    r"|\b(\d{1,3}\.){3}\d{1,3}\b"  # their computer
)
MAYBE_IPV6 = re.compile(r"(?:(?<!\w)|(?=:[^:]))[0-9a-fA-F:.]{4,47}+(?!\w)")  # with a colon or full stop around it
OMITTED = "[...]"
_formatter = logging.Formatter()


class RedactingFilter(logging.Filter):
    """Leaves out of a message, and of its traceback, what would lead to a visitor."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; none is dropped."""
        try:
            message = record.getMessage()
        except Exception as error:  # whatever is wrong with its arguments, who logs must not fail by it
            message = f"{record.msg} [its arguments do not fit: {type(error).__name__}]"
        record.msg, record.args = redacted(message), ()
        if record.exc_info:
            record.exc_text, record.exc_info = _formatter.formatException(record.exc_info), None
        record.exc_text, record.stack_info = redacted(record.exc_text or ""), redacted(record.stack_info or "")
        return True


def redacted(text: str) -> str:
    """Return a text without names of sessions and visitors, and without addresses of computers."""
    return MAYBE_IPV6.sub(_without_address, SECRETS.sub(OMITTED, text))


def _without_address(found: re.Match[str]) -> str:
    """Leave out an IPv6 address, but not the colons and full stops of the sentence around it."""
    text = found[0]
    start = len(text) - len(text.lstrip("."))
    start += 1 if re.match(":[^:]", text[start:]) else 0
    end = len(text.rstrip("."))
    end -= 1 if re.search("[^:]:$", text[:end]) else 0
    address = text[start:end]
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return text
    is_slice = len(re.findall("[0-9a-fA-F]+", address)) < 2  # as in rows[::2]; no visitor has such an address
    return text if is_slice else text[:start] + OMITTED + text[end:]


def set_up() -> None:
    """Have Inkling's own modules log, and all others log alike; to be called once the server's have loaded."""
    as_json = Settings().log == "json"
    if not logging.root.handlers:
        to_stderr = logging.StreamHandler()
        to_stderr.setFormatter(logging.Formatter(TEXT))
        logging.root.addHandler(to_stderr)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    server = logging.getLogger("uvicorn.error")  # Streamlit leaves it without a form; each request would be an INFO
    server.propagate = True
    server.setLevel(logging.WARNING)
    logging.captureWarnings(as_json)
    for handler in handlers():
        handler.addFilter(RedactingFilter())
        if as_json:
            handler.setFormatter(json_formatter())


def loggers() -> list[logging.Logger]:
    """Those that this process has by now."""
    return [logging.root, *map(logging.getLogger, logging.root.manager.loggerDict)]


def handlers() -> list[logging.Handler]:
    """Where they write to, each once."""
    return list({id(handler): handler for logger in loggers() for handler in logger.handlers}.values())


def json_formatter() -> logging.Formatter:
    """Writes a record as a JSON object: time, level, logger, message, and what the event says besides."""
    return JsonFormatter(
        "%(asctime)s %(levelname)s %(name)s %(message)s",
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "traceback"},
        datefmt="%Y-%m-%dT%H:%M:%S%z",
    )
