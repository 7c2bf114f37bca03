"""Documents and tables as HTML, Markdown, PDF, text, JSON and CSV."""
