"""Use the Train page at random in a real browser, and check after each action that the page shows what is the case.

    python -m tools.random_walk --sequences 60 --seed 0

The same seed gives the same sequences of actions.
"""

from tools.random_walk.screen import WrongPageError
from tools.random_walk.sequence import play

__all__ = ["WrongPageError", "play"]
