"""Python → JS. The only part of jsmodel that imports pscript, at its first use."""
