"""Many training runs held against each other, or against what was published."""
