"""The report in a real browser, with honest and hostile results."""
