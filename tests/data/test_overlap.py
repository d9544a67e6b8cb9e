import pytest

from model.data import Overlap, find_overlap


@pytest.mark.parametrize(
    ("trained_on", "tested_on"),
    [("mnist", "mnist"), ("mnist-5k", "mnist-5k"), ("mnist-5k", "mnist"), ("a", "b"), ("digits/mine.csv", "mine.csv")],
)
def test_a_test_part_does_not_overlap_with_the_training_part(trained_on, tested_on):
    assert find_overlap(trained_on, tested_on) is None


def test_mnist_5k_is_a_part_of_mnist():
    assert find_overlap("mnist", "mnist-5k") is Overlap.MNIST_5K_IN_MNIST
    assert find_overlap("mnist", "mnist-5k", ink="mine.jsonl") is Overlap.MNIST_5K_IN_MNIST
    assert find_overlap("mnist", "mnist-5k", seen=1.0) is Overlap.MNIST_5K_IN_MNIST


def test_a_folder_of_that_name_is_told_by_its_images():
    assert find_overlap("mnist", "mnist-5k", seen=0.0) is None
    assert find_overlap("mnist", "mnist-5k", seen=0.3) is Overlap.SOME_TRAINING_IMAGES


def test_a_training_part_overlaps_with_itself():
    assert find_overlap("digits/mine.csv", "mine.csv", on_training_part=True) is Overlap.TRAINING_IMAGES
    assert find_overlap("digits/mine.csv", "yours.csv", on_training_part=True) is None


@pytest.mark.parametrize("ink", ["mine.jsonl", "ink/mine.jsonl", "other.jsonl, ~/mine.jsonl", "mine.jsonl,"])
def test_ink_that_a_network_was_trained_on_overlaps(ink):
    assert find_overlap("mnist", "mine.jsonl", ink=ink, on_training_part=True) is Overlap.TRAINING_IMAGES
    assert find_overlap("mnist", "mine.jsonl", ink=ink) is None
    assert find_overlap("mnist", "yours.jsonl", ink=ink, on_training_part=True) is None


def test_what_an_ancestor_was_trained_on_overlaps_too():
    assert find_overlap("mnist-5k", "mnist-5k", ancestors=["mnist"]) is Overlap.BY_ANCESTOR
    assert find_overlap("mnist-5k", "mnist-5k", ancestors=["mnist-5k", "mine.jsonl"]) is None
    assert find_overlap("mnist", "mnist", ancestors=["mnist"]) is None
    assert (
        find_overlap("a.csv", "ink/mine.jsonl", on_training_part=True, ancestors=["mine.jsonl"]) is Overlap.BY_ANCESTOR
    )
    assert find_overlap("mnist", "mnist-5k", ancestors=["mnist"]) is Overlap.MNIST_5K_IN_MNIST


def test_an_ancestor_of_which_nothing_is_known_may_have_seen_anything():
    assert find_overlap("mnist", "mnist", ancestors=["?"]) is Overlap.UNKNOWN_ANCESTOR
    assert find_overlap("mnist-5k", "mnist-5k", ancestors=["?", "mnist"]) is Overlap.BY_ANCESTOR


def test_images_count_more_than_names():
    assert find_overlap("mine.csv", "yours.csv", seen=1.0) is Overlap.TRAINING_IMAGES
    assert find_overlap("mine.csv", "yours.csv", seen=0.3) is Overlap.SOME_TRAINING_IMAGES
    assert find_overlap("mine.csv", "mine.csv", on_training_part=True, seen=0.0) is None
    assert find_overlap("a", "mine.jsonl", ink="mine.jsonl", on_training_part=True, seen=0.0) is Overlap.TRAINING_IMAGES
    assert find_overlap("mnist", "mnist-5k", seen=1.0) is Overlap.MNIST_5K_IN_MNIST
