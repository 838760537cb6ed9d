"""What `mailer check` looks at: a module per subject, and the table of all checks in `checks`."""
