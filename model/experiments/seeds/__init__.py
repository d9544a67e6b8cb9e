"""Settings trained with the same seeds, and networks that answer the same images: held against one another."""
