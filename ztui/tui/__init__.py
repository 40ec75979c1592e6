"""The Textual interface. No I/O of its own: it talks to the engine and draws what comes back."""
