from pathlib import Path

import pytest

from model.common.settings import Settings, default, values

VARIABLES = tuple(str(field.validation_alias) for field in Settings.model_fields.values())


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_without_variables_there_are_defaults():
    settings = Settings()
    assert (settings.workers, settings.worker_memory) == (None, None)
    assert (settings.mnist_dir, settings.ink_dir, settings.shared) == (None, None, None)
    assert settings.cache.name == "inkling"
    assert settings.cache.is_absolute()


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_number_is_the_default(monkeypatch, blank):
    monkeypatch.setenv("INKLING_WORKERS", blank)
    monkeypatch.setenv("INKLING_WORKER_MEMORY", blank)
    assert (Settings().workers, Settings().worker_memory) == (None, None)


def test_an_empty_folder_is_the_default(monkeypatch):
    default = Settings().cache
    for name in ("INKLING_CACHE", "INKLING_SHARED", "MNIST_DIR", "INK_DIR"):
        monkeypatch.setenv(name, "")
    settings = Settings()
    assert (settings.cache, settings.mnist_dir, settings.ink_dir, settings.shared) == (default, None, None, None)


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
    for name in ("INKLING_CACHE", "INKLING_SHARED", "MNIST_DIR", "INK_DIR"):
        monkeypatch.setenv(name, "~/somewhere")
    settings = Settings()
    assert settings.cache == settings.mnist_dir == settings.ink_dir == settings.shared == Path.home() / "somewhere"


def test_a_public_instance_has_limits_of_its_own_and_each_can_be_set(monkeypatch):
    laptop = Settings()
    monkeypatch.setenv("INKLING_PUBLIC", "1")
    monkeypatch.setenv("INKLING_MAX_VISITORS", "1000")
    public = Settings()
    assert (public.public, public.max_visitors) == (True, 1000)
    for name in ("max_runs", "max_waiting", "run_seconds", "max_parameters", "upload_megabytes"):
        limit = getattr(public, name)
        assert limit is not None
        assert limit < (getattr(laptop, name) or float("inf"))
        assert limit == default(f"{Settings.model_fields[name].validation_alias}", public=True)


@pytest.mark.parametrize(("text", "value"), [("1", True), (" on ", True), ("False", False), ("0", False), (" ", False)])
def test_a_switch_takes_the_usual_words(monkeypatch, text, value):
    monkeypatch.setenv("INKLING_PUBLIC", text)
    assert Settings().public is value


def test_names_stand_between_commas(monkeypatch):
    monkeypatch.setenv("INKLING_HOSTS", "a.example.org, *.example.org")
    monkeypatch.setenv("INKLING_FRAME_ANCESTORS", "https://course.example.org:8443 *")
    assert Settings().hosts == ("a.example.org", "*.example.org")
    assert Settings().frame_ancestors == ("https://course.example.org:8443", "*")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("INKLING_PUBLIC", "perhaps", "$INKLING_PUBLIC must be 1 or 0; got 'perhaps'"),
        ("INKLING_LOG", "xml", "$INKLING_LOG must be text or json; got 'xml'"),
        ("INKLING_HOSTS", "a.b; c", "$INKLING_HOSTS must be names, with commas between them; got 'a.b; c'"),
        ("INKLING_COOKIE_SECRET", "a short one", "$INKLING_COOKIE_SECRET must be a text of at least 16 characters"),
    ],
)
def test_a_wrong_value_is_named_except_a_secret(monkeypatch, name, text, message):
    monkeypatch.setenv(name, text)
    with pytest.raises(ValueError, match="must be") as caught:
        Settings()
    assert str(caught.value) == message


def test_a_secret_is_not_shown(monkeypatch):
    monkeypatch.setenv("INKLING_COOKIE_SECRET", "long-enough-and-secret")
    assert "secret" not in repr(Settings().cookie_secret)


def test_each_variable_says_what_it_does():
    assert len(set(VARIABLES)) == len(VARIABLES)
    for field in Settings.model_fields.values():
        assert field.description
        assert field.description.endswith(".")
        assert values(str(field.validation_alias))


def test_searches_compute_one_at_a_time_and_not_at_all_where_anybody_may_come(monkeypatch):
    assert (Settings().experiments, default("INKLING_EXPERIMENTS", public=True)) == (1, 0)
    monkeypatch.setenv("INKLING_PUBLIC", "1")
    assert Settings().experiments == 0
    monkeypatch.setenv("INKLING_EXPERIMENTS", "3")
    assert Settings().experiments == 3
