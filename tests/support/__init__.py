"""What several test packages share: databases, applications in process, settings."""
