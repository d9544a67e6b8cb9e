"""Scripts that people run, and what tests and benchmarks share."""
