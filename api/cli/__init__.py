"""The command lines: everruns-auth serves, everruns-admin administers the database."""
