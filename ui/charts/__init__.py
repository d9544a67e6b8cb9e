"""Values to figures: pure functions that know no page."""
