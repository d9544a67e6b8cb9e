"""The Experiments page: many runs at once, races of two, and what a trained network withstands."""
