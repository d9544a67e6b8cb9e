"""What a trained network is used for: classify drawings and photos, and evaluate.

Import from the submodules: they need libraries that take long to load, and most uses need only one of them.
"""
