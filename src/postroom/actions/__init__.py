"""What the command line and the HTTP API may do; each file one kind of act, on the stores alone."""
