"""Takes in what comes back: reads each report, finds its copy, and holds addresses or stops the mailing where needed."""
