"""How much a network bears: harm done to its weights and units, and images that are harder than those it learned from.

Import from the submodules.
"""
