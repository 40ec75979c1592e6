"""Typed modal dialogs: each returns one value."""
