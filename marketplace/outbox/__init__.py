"""Ground room: letters, from facts to delivery. Written down with their cause, sent later by the worker."""
