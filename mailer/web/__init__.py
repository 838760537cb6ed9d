"""The console for the secretary and the editors, and the members' pages, in a browser."""
