"""The mathematics: a multilayer perceptron, its gradient and the rules that follow it. Needs NumPy alone."""
