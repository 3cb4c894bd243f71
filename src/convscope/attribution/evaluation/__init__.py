"""Evaluation of attribution maps by measures that need no ground truth."""
