"""What the budgets are measured with: `make bench`, or `python -m benchmarks`. See `__main__.py`."""
