"""What computes trials: the processes of this machine, or the workers of a Dask scheduler."""
