"""The register: import and export, finding people, erasing a person."""
