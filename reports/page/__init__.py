"""One run on one page: `report.html`, its templates and its style."""
