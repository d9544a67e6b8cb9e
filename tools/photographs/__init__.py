"""Made-up photographs of handwritten digits, as phones take them, and how many of them are read.

A kind of picture is a seeded recipe: a surface with a digit on it, what lies around it, the light, and the camera.
Every recipe draws its numbers from one of two ranges: those to develop with, and those held out to measure.

    python -m tools.photographs --ink digits.jsonl.gz --held-out
"""
