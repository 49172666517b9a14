"""A throw-away server with invented people, for looking at the dashboard. Nothing else imports it."""
