"""Where finished issues are pulled from: a folder here, or one that fsspec reaches."""
