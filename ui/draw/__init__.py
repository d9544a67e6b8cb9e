"""What belongs to the Draw page."""
