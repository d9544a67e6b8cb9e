"""Benchmarks: Inkling beside other libraries at the same work, on the same machine, in the same run."""
