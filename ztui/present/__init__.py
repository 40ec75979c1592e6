"""Values to strings and styled text, pure; shared by the interface and the command line."""
