"""Training runs in worker processes: a pool, a fair queue, and the messages between app and worker."""
