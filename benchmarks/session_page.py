"""What an open page holds: the widgets, and what the parts with a key say, as Streamlit's messages tell a browser."""

from __future__ import annotations

from collections import Counter

from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

Place = tuple[int, ...]  # of a part of the page: which child of the root, which child of that one, ...


class SessionError(RuntimeError):
    """The app failed a visitor: an exception on the page, a connection that broke, or no answer in time."""


class Page:
    """What a page holds at the moment, as far as the app has said."""

    def __init__(self) -> None:
        self.widgets: dict[str, str] = {}  # ids, by key
        self.fragments: dict[str, str] = {}  # of each widget, by key; "" for one that reruns the whole page
        self.options: dict[str, tuple[str, ...]] = {}  # of menus, by key
        self.texts: dict[str, str] = {}  # what the first element of each container with a key says, as HTML
        self.news: Counter[str] = Counter()  # how often that was said
        self.looks: dict[str, float] = {}  # fragments that are to be run again every this many seconds
        self.runs = 0  # of the page's script, or of a part of it, that are over
        self.session = ""  # the number by which files are brought to it
        self.script = ""  # the hash by which the app knows the page
        self._keys: dict[Place, str] = {}  # of containers

    def take(self, message: ForwardMsg) -> None:
        """Hear what the app says.

        Raises:
            SessionError: it shows an exception.
        """
        match message.WhichOneof("type"):
            case "new_session":
                self.session = message.new_session.initialize.session_id
                if not message.metadata.run.fragment_ids:
                    self.looks.clear()  # those that are still to be run will be named again
            case "navigation":
                self.script = message.navigation.page_script_hash
            case "delta":
                self._change(tuple(message.metadata.delta_path), message.delta)
            case "auto_rerun":
                self.looks[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self.looks.pop(fragment, None)
            case "script_finished":
                self.runs += 1

    def _change(self, place: Place, delta: Delta) -> None:
        kind = delta.WhichOneof("type")
        if kind == "add_block" and delta.add_block.HasField("transparent"):
            self._keys[place] = self._keys.get(place[:-1], "")  # as if its elements were the container's own
        elif kind == "add_block":
            self._keys[place] = key_of(delta.add_block.id)
        elif kind == "new_element":
            name = delta.new_element.WhichOneof("type")
            element = getattr(delta.new_element, name or "empty")
            if name == "exception":
                raise SessionError(f"the page shows {element.type}: {element.message}")
            if key := key_of(getattr(element, "id", "")):
                self.widgets[key], self.fragments[key] = element.id, delta.fragment_id
                self.options[key] = tuple(getattr(element, "options", ()))
            holder = self._keys.get(place[:-1], "")
            if holder and place[-1] == 0:
                self.texts[holder] = str(getattr(element, "body", ""))
                self.news[holder] += 1

    def widget(self, key: str) -> str:
        """The key of the widget whose key is, or begins with, this one: the newest sheet of paper is `sheet_`.

        Raises:
            SessionError: the page has none.
        """
        found = [name for name in self.widgets if name.startswith(key)]
        if not found:
            raise SessionError(f"the page has no widget {key}; it has {', '.join(sorted(self.widgets)) or 'none'}")
        return key if key in found else found[-1]


def key_of(identity: str) -> str:
    """The key in an element's id: `start` in `$$ID-<hexadecimal digits>-start`; empty where it has none."""
    start, _, rest = identity.partition("-")
    _, _, key = rest.partition("-")
    return key if start == "$$ID" and key != "None" else ""
