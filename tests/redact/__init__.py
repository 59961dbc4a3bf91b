"""What is taken out of texts, and what must stay."""
