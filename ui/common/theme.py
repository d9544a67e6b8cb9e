"""The colours, each with one meaning on every page; from the palette of Okabe and Ito (2008), which those who see
red and green alike can tell apart too. All of them stand out from light and from dark pages.
"""

RIGHT = TRAINING = "#0072B2"  # blue: the answer, what is right, the training images
WRONG = VALIDATION = "#D55E00"  # vermilion: what is wrong, the validation images
OTHER = "#8A8F98"  # grey: all the rest

PAPER = "#000000"  # what is drawn on, black as MNIST's images are
PEN = "#FFFFFF"

# The tiles of a layer's weights, as red, green and blue.
TILE_FOR = (213, 94, 0)  # ink here speaks for the unit
TILE_AGAINST = (0, 114, 178)  # ink here speaks against it
TILE_NEUTRAL = (247, 247, 247)
TILE_GAP = (200, 200, 200)
