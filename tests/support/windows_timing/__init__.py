"""A Python that meets loopback as it is on Windows: put this folder on PYTHONPATH."""
