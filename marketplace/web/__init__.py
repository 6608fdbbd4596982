"""Ground room, for front rooms only: visitors and guards, pages and fragments, forms, errors, headers, transactions."""
