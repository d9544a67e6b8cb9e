"""Builds the Docker image, runs it as an operator would, and holds it to what is promised of it: `make image-test`."""
