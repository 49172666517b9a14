"""What operators see and do: users, sessions, API keys and the audit trail of everybody."""
