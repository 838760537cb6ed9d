"""The pictures of an issue: decoded to the last pixel, then written anew as they are sent."""
