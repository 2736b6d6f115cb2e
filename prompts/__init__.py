"""One Markdown file a model call, and their strict loader."""
