"""Inkling's library: a neural network in NumPy, its training, its data and the ink it reads."""

__version__ = "1.0.0"
