"""Published claims beside the records: what is shown of `coordination.collation.reconciliation`."""
