"""The store: tables that are the truth and the queue. Knows nothing of the adapters."""
