"""What belongs to the Train page."""
