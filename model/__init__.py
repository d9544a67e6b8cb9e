"""Inkling's library: a neural network in NumPy, its training, its data and the ink it reads."""
