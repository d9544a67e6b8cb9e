"""Menus to choose a network or a data set, or to bring one from a file."""
