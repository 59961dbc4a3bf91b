"""The suite's plugin, also where the project is not installed; an installed one is loaded earlier, by its entry point."""
pytest_plugins = ("reports.plugin",)
