"""What several test files share: samples, stand-ins, readers and the browser."""
