"""What stays on disk: profiles, tokens, mappings, and the ledger of runs."""
