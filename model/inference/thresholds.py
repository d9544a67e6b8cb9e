"""The probabilities at which the verdict on a prediction changes."""

ACCEPT_AT_LEAST = 0.5  # an image with a smaller probability of being a digit is rejected
# With a smaller probability of being a digit, the prediction is only a guess. A higher threshold would make guesses of
# many plain strokes that are a 1.
CERTAIN_DIGIT_AT_LEAST = 0.65
CONFIDENT_AT_LEAST = 0.8  # with a smaller confidence, more than one in five predictions is wrong: only a guess
UNAMBIGUOUS_AT_LEAST = 0.9  # with a smaller confidence, the second most probable digit is worth showing
