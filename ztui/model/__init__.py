"""Frozen values shared by every layer; standard library only, no I/O, no text for people."""
