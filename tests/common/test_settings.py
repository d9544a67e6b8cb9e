from pathlib import Path

import pytest

from model.common.settings import Settings

VARIABLES = ("INKLING_WORKERS", "INKLING_WORKER_MEMORY", "INKLING_CACHE", "MNIST_DIR", "INK_DIR")


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_without_variables_there_are_defaults():
    settings = Settings()
    assert (settings.workers, settings.worker_memory, settings.mnist_dir, settings.ink_dir) == (None,) * 4
    assert settings.cache.name == "inkling"
    assert settings.cache.is_absolute()


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_number_is_the_default(monkeypatch, blank):
    monkeypatch.setenv("INKLING_WORKERS", blank)
    monkeypatch.setenv("INKLING_WORKER_MEMORY", blank)
    assert (Settings().workers, Settings().worker_memory) == (None, None)


def test_an_empty_folder_is_the_default(monkeypatch):
    default = Settings().cache
    for name in ("INKLING_CACHE", "MNIST_DIR", "INK_DIR"):
        monkeypatch.setenv(name, "")
    assert (Settings().cache, Settings().mnist_dir, Settings().ink_dir) == (default, None, None)


@pytest.mark.parametrize(
    ("name", "field", "values"),
    [("INKLING_WORKERS", "workers", (1, 256)), ("INKLING_WORKER_MEMORY", "worker_memory", (256, 2**30))],
)
def test_numbers_are_read_up_to_both_ends_of_their_range(monkeypatch, name, field, values):
    for value in values:
        monkeypatch.setenv(name, f" {value} ")
        assert getattr(Settings(), field) == value


@pytest.mark.parametrize("value", ["0", "257", "-1", "+5", "1_0", "1.0", "two", "²", "1" * 50])
def test_a_wrong_number_is_named_with_its_range_in_one_line(monkeypatch, value):
    monkeypatch.setenv("INKLING_WORKERS", value)
    with pytest.raises(ValueError, match=r"^\$INKLING_WORKERS must be a whole number from 1 to 256; got ") as caught:
        Settings()
    assert str(caught.value).endswith(f"got {value[:40]!r}")


def test_folders_may_begin_with_the_users_home(monkeypatch):
    for name in ("INKLING_CACHE", "MNIST_DIR", "INK_DIR"):
        monkeypatch.setenv(name, "~/somewhere")
    settings = Settings()
    assert settings.cache == settings.mnist_dir == settings.ink_dir == Path.home() / "somewhere"


def test_each_variable_says_what_it_does():
    found = {field.validation_alias: field.description for field in Settings.model_fields.values()}
    assert tuple(found) == VARIABLES
    assert all(description and description.endswith(".") for description in found.values())
