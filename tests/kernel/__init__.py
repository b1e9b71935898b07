"""A real kernel, without a browser."""
