"""One Markdown file a model call, and their strict loader."""

from prompts.loader import Prompt, PromptError, load, names

__all__ = ["Prompt", "PromptError", "load", "names"]
