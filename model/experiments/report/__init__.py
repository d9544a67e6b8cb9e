"""An experiment as one HTML file that can be kept, sent and printed, and as a table (CSV)."""
