"""How much a network bears: perturbations of its weights, and images harder than those it learned from.

Import from the submodules.
"""
