"""Documents packed into one file."""
