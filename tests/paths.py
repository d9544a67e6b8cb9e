"""Where things lie: the checkout, and the files that tests read."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FIXTURES = Path(__file__).parent / "fixtures"
INK = FIXTURES / "ink.jsonl"  # 30 drawings, three of each digit

needs_mnist = pytest.mark.skipif(
    "MNIST_DIR" not in os.environ, reason="set MNIST_DIR to the folder with MNIST's four IDX files"
)
needs_ink = pytest.mark.skipif("INK_DIR" not in os.environ, reason="set INK_DIR to the folder with digits-dev.jsonl.gz")
