"""The suite's plugin, for `pytest checks` in a checkout, installed or not. A wheel brings none into anybody's
pytest."""
pytest_plugins = ("reports.plugin",)
