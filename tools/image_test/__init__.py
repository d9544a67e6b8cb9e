"""Build the Docker image, run it as an operator would, and hold it to what is promised of it: `make image-test`."""
