"""An issue as its editors write it: folder, front matter, Markdown."""
