"""One screen a module, named by the noun it shows."""
