"""Where things lie: the checkout, and the files that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
FIXTURES = Path(__file__).parent / "fixtures"
INK = FIXTURES / "ink.jsonl"  # 30 drawings, of digits and of what is none
