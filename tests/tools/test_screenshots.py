"""The pictures of README.md and the documentation were taken together with the texts that tests/e2e compares."""

import json

from tools import screenshots


def test_pictures_and_texts_were_taken_together() -> None:
    manifest = json.loads(screenshots.MANIFEST.read_text(encoding="utf-8"))
    taken = {path.stem: screenshots.checksum(path) for path in screenshots.PICTURES.glob("*.png")}
    expected = {name: picture["sha256"] for name, picture in manifest.items()}
    assert taken == expected, "run `make screenshots` and commit docs/images"
