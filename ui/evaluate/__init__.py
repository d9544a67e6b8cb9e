"""What belongs to the Evaluate page."""
