"""What can be said after several runs, and how sure it is: SciPy's methods, and sentences on what they found."""
