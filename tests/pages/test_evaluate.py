"""The Evaluate page shows what an independent count of the network's answers gives, on whatever data it is given."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_score, recall_score
from streamlit.testing.v1 import AppTest

from model.data import Dataset
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import WEIGHTS, Checkpoint, load
from tests.digit_files import digits, idx_images, idx_labels, table
from tests.full_disk import no_room
from tests.ui.screens import SECONDS, sound

STARTER = WEIGHTS / "starter.safetensors"  # what the page begins with


def script() -> None:
    import runpy

    from model.training.checkpoint import WEIGHTS
    from ui import state

    state.begin()
    runpy.run_path(str(WEIGHTS.parent / "pages" / "evaluate.py"))


@pytest.fixture
def screen(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page as a new visitor finds it."""
    monkeypatch.delenv("MNIST_DIR", raising=False)
    return sound(AppTest.from_function(script, default_timeout=SECONDS).run())


def upload(screen: AppTest, **files: bytes) -> AppTest:
    """Bring files of one's own; an underscore stands for the dot in a name."""
    named = [(name.replace("_", "."), content, "") for name, content in files.items()]
    return sound(screen.file_uploader(key="dataset_files").set_value(named).run())


def summary(screen: AppTest) -> str:
    """What the page says of the images that it scored."""
    (said,) = [caption.value for caption in screen.caption if "classified correctly" in caption.value]
    return said


def scores(screen: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in screen.metric}


def clickable(screen: AppTest) -> list[str]:
    """The HTML of the parts that can be clicked: the matrix, the chosen cell, the mistakes, the right answers."""
    return [
        json.loads(part.proto.json)["html"]
        for part in screen.get("bidi_component")
        if part.proto.component_name == "inkling_clickable"
    ]


def pictures(screen: AppTest) -> list[list[tuple[str, int]]]:
    """Captions and indices of the images of the chosen cell, of the mistakes, and of right answers."""
    grids = []
    for html in clickable(screen)[1:]:
        found = re.findall(r'data-choice="(\d+)".*?gallery-caption">([^<]*)<.*?no\. ([\d,]+)<', html, re.DOTALL)
        assert all(int(number.replace(",", "")) == int(index) + 1 for index, _, number in found)  # counted from 1
        grids.append([(caption, int(index)) for index, caption, _ in found])
    return grids


def opened(screen: AppTest) -> list[str]:
    """The title of what is opened over the page."""
    return [dialog.proto.dialog.title for dialog in screen.get("dialog")]


def test_scores_are_scikit_learns(screen: AppTest, mnist_5k: Dataset) -> None:
    answers = load(STARTER).network.predict_proba(mnist_5k.test_images).argmax(axis=1)
    truth = mnist_5k.test_labels
    assert scores(screen) == {"Accuracy": f"{100 * accuracy_score(truth, answers):.1f} %"}
    (table,) = [html.proto.body for html in screen.get("html") if '<table class="scores-by-digit' in html.proto.body]
    *digits, mean = [re.findall(r"<td>([\d.]+) %", row) for row in table.split("<tr>")[2:]]
    for measure, score in enumerate((precision_score, recall_score, f1_score)):
        expected = [f"{100 * share:.1f}" for share in score(truth, answers, average=None)]
        assert [row[measure] for row in digits] == expected
        assert mean[measure] == f"{100 * score(truth, answers, average='macro'):.1f}"


def test_says_the_expected_calibration_error(screen: AppTest, mnist_5k: Dataset) -> None:
    probabilities = load(STARTER).network.predict_proba(mnist_5k.test_images).astype(float)
    right = probabilities.argmax(axis=1) == mnist_5k.test_labels
    bins = np.ceil(15 * probabilities.max(axis=1).clip(0, 1))
    gaps = [abs((right - probabilities.max(axis=1))[bins == index].sum()) for index in range(1, 16)]
    (said,) = [caption.value for caption in screen.caption if "calibration" in caption.value]
    assert said.startswith(f"Expected calibration error {100 * sum(gaps) / 1000:.1f} %")


def test_a_network_that_knows_what_is_no_digit_is_evaluated_on_digits(screen: AppTest, mnist_5k: Dataset) -> None:
    network = DigitClassifier(MLP((784, 16, 11)).initialize("he", np.random.default_rng(0)))
    network.temperature = 1.5
    file = ("eleven.npz", Checkpoint(network).to_bytes(".npz"), "")
    screen = sound(screen.file_uploader(key="network_file").set_value(file).run())
    answers = network.mlp.logits(mnist_5k.test_images)[:, :10].argmax(axis=1)
    assert scores(screen)["Accuracy"] == f"{100 * accuracy_score(mnist_5k.test_labels, answers):.1f} %"


def test_says_which_data_it_is_on(screen: AppTest) -> None:
    assert re.match(r"\d+ of 1,000 test images of mnist\\-5k are classified correctly", summary(screen))


def test_says_when_the_network_knew_the_images(screen: AppTest) -> None:
    assert not screen.warning  # the one that it starts with did not
    screen = sound(screen.selectbox(key="network").set_value("handwriting").run())
    assert screen.warning[0].value.startswith("Not a fair test: this network was trained on these images.")
    assert float(scores(screen)["Accuracy"].rstrip(" %")) > 99


def test_examples_are_what_they_are_said_to_be(screen: AppTest, mnist_5k: Dataset) -> None:
    answers = load(STARTER).network.predict_proba(mnist_5k.test_images).argmax(axis=1)
    truth = mnist_5k.test_labels
    cell, mistakes, right = pictures(screen)
    assert mistakes
    assert len(right) == 12
    for caption, number in [*cell, *mistakes, *right]:
        right_answer = truth[number] == answers[number]
        assert caption == f"{truth[number]}" + ("" if right_answer else f" predicted as {answers[number]}")
    assert all(truth[number] != answers[number] for _, number in mistakes)
    assert all(truth[number] == answers[number] for _, number in right)


def test_the_cell_shown_at_first_is_the_most_frequent_mistake(screen: AppTest, mnist_5k: Dataset) -> None:
    answers = load(STARTER).network.predict_proba(mnist_5k.test_images).argmax(axis=1)
    counts = confusion_matrix(mnist_5k.test_labels, answers)
    np.fill_diagonal(counts, 0)
    most = {f"{actual} predicted as {predicted}" for actual, predicted in np.argwhere(counts == counts.max())}
    captions = [caption for caption, _ in pictures(screen)[0]]
    assert captions == [captions[0]] * min(counts.max(), 12)
    assert captions[0] in most


def test_another_sample_shows_others(screen: AppTest) -> None:
    before = pictures(screen)
    after = pictures(sound(screen.button(key="another_sample").click().run()))
    assert after[2] != before[2]
    assert pictures(sound(screen.run())) == after  # and they stay


def test_most_confident_mistakes_come_first_on_request(screen: AppTest, mnist_5k: Dataset) -> None:
    probabilities = load(STARTER).network.predict_proba(mnist_5k.test_images)
    mistakes = np.flatnonzero(probabilities.argmax(axis=1) != mnist_5k.test_labels)
    surest = sorted(mistakes, key=lambda place: -probabilities[place].max())[:12]
    screen = sound(screen.toggle(key="confident_first").set_value(True).run())
    assert [number for _, number in pictures(screen)[1]] == surest


def test_any_image_by_its_number(screen: AppTest, mnist_5k: Dataset) -> None:
    number = screen.number_input(key="sample_index")
    assert (number.min, number.max) == (1, 1000)
    number.set_value(720)
    screen = sound(screen.button(key="inspect").click().run())
    assert opened(screen)
    answer = load(STARTER).network.predict_proba(mnist_5k.test_images[719:720]).argmax()
    label = mnist_5k.test_labels[719]
    said = f"**{label}**" if answer == label else f"**{label} predicted as {answer}**"
    (told,) = [text.value for text in screen.markdown if text.value.startswith(f"{said}  \nconfidence")]
    assert told.endswith("no. 720 of 1,000")
    assert opened(sound(screen.run())) == []


@pytest.mark.parametrize("number", [0, 1001, 10**6])
def test_a_number_beyond_the_data_does_no_harm(screen: AppTest, number: int) -> None:
    screen = sound(screen.number_input(key="sample_index").set_value(number).run())
    assert 1 <= screen.number_input(key="sample_index").value <= 1000


def test_data_without_a_test_part_are_read_whole_and_it_says_so(screen: AppTest) -> None:
    images, labels = digits(30)
    screen = upload(screen, my_csv=table(images, labels, "kaggle"))
    assert "30 images of my" in summary(screen)
    assert "no test split" in screen.warning[0].value


def test_files_of_the_same_name_are_told_apart(screen: AppTest) -> None:
    for count in (30, 20):
        images, labels = digits(count)
        screen = upload(screen, train_csv=table(images, labels))
        assert f"of {count} images of train" in summary(screen)


def test_the_name_of_a_file_is_shown_as_it_is(screen: AppTest) -> None:
    name = "**bold** $x$ :red[y] <b>.csv"
    images, labels = digits(3)
    screen = upload(screen, **{name: table(images, labels, "kaggle")})
    assert "**bold**" not in summary(screen)
    assert f"of 3 images of {name}" in summary(screen).replace("\\", "")


def test_one_image_can_be_evaluated(screen: AppTest) -> None:
    images, labels = digits(1)
    screen = upload(screen, one_csv=table(images, labels))
    assert "1 image of one" in summary(screen)


def test_choosing_smaller_data_while_looking_at_the_last_image(screen: AppTest) -> None:
    images, labels = digits(5)
    screen = sound(screen.number_input(key="sample_index").set_value(1000).run())
    screen = upload(screen, five_csv=table(images, labels))
    assert screen.number_input(key="sample_index").value <= 5


def test_images_without_labels_are_refused_and_the_page_stays_usable(screen: AppTest) -> None:
    before = scores(screen)
    screen = upload(screen, test_csv=table(digits(5)[0], None, "kaggle"))
    assert "labels" in screen.error[0].value
    assert scores(screen) == before


def test_idx_files_are_evaluated_on_their_test_part(screen: AppTest) -> None:
    files: dict[str, bytes] = {}
    for part, count in (("train", 40), ("t10k", 20)):
        images, labels = digits(count)
        files |= {f"{part}-images-idx3-ubyte": idx_images(images), f"{part}-labels-idx1-ubyte": idx_labels(labels)}
    screen = upload(screen, **files)
    assert "of 20 test images" in summary(screen)


def test_absent_data_are_offered_and_nothing_else_shows(screen: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    absent: Callable[[str], bool] = lambda name: name != "mnist"  # noqa: E731
    monkeypatch.setattr("model.data.datasets.is_present", absent)
    screen = sound(screen.selectbox(key="dataset").set_value("mnist").run())
    assert screen.button(key="fetch_mnist")
    assert not screen.metric
    screen = sound(screen.selectbox(key="dataset").set_value("mnist-5k").run())
    assert screen.metric


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_on_a_full_disk_sideways_digits_stay_and_an_error_is_shown(screen: AppTest, mnist_5k: Dataset) -> None:
    lying = mnist_5k.images[:200].reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784)
    screen = upload(screen, lying_csv=table(lying, mnist_5k.labels[:200]))
    with no_room():
        screen = sound(screen.button(key="turn_images").click().run())
    assert ["full" in error.value for error in screen.error] == [True]
    screen = sound(screen.button(key="turn_images").click().run())
    assert not screen.error
    assert not any(button.key == "turn_images" for button in screen.button)


def test_two_files_of_one_name_are_refused(screen: AppTest, mnist_5k: Dataset) -> None:
    file = ("data.csv", table(mnist_5k.images[:20], mnist_5k.labels[:20]), "text/csv")
    screen = sound(screen.file_uploader(key="dataset_files").set_value([file, file]).run())
    assert "expected files of different names" in screen.error[0].value


def test_problems_of_files_are_named_and_sideways_digits_can_be_turned(screen: AppTest, mnist_5k: Dataset) -> None:
    lying = (255 - mnist_5k.images[:200]).reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784)
    screen = upload(screen, emnist_csv=table(lying, mnist_5k.labels[:200]))
    (note,) = [info.value.replace("\\", "") for info in screen.info if "upright" in info.value]
    assert "the images were inverted" in note
    assert "--turn" not in note
    screen = sound(screen.button(key="turn_images").click().run())
    assert not any("upright" in info.value for info in screen.info)
    assert not any(button.key == "turn_images" for button in screen.button)
    assert float(scores(screen)["Accuracy"].rstrip(" %")) > 90
