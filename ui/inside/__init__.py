"""The Inside page: one answer of a network explained, live, by the reader in the browser."""
