"""A local imitation of Zoho over real HTTP. Never imports the client it is tried with."""
