"""Documents: PDFs by Typst from values, tagged and made to last (PDF/UA-1, PDF/A-2a). Knows nothing of the trade."""
