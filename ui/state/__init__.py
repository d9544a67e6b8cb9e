"""What belongs to a visitor, to a browser tab, and to the server's process."""
