"""The room's server with real clients, and with hostile ones."""
