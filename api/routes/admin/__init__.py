"""What operators see and do, under /v1/admin."""
