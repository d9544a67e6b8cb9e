"""The app as a server: its health and figures, what it tells its operator, and what it expects of browsers."""
