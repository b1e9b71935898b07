"""What a network can do to a connection, done on purpose."""
