"""What operators see and do: everything under `/v1/admin`."""
