"""The Experiments page: many trainings at once, races of two, and what a trained network withstands."""
