"""What belongs to the Home page."""
