"""The domain in numbers: MNIST's images and their classes."""

IMAGE_SIDE = 28  # pixels
PIXELS = IMAGE_SIDE * IMAGE_SIDE
CLASSES = 10  # the digits
NON_DIGIT = CLASSES  # the reject class, after the digits: only some networks have it
