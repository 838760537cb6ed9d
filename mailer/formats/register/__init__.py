"""The register as files: cells, tables, CSV and XLSX."""
