"""Where programs are found, built and downloaded."""
