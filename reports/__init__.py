"""The pytest plugin: takes what the checks found, shows it and writes it down, and judges nothing itself."""
