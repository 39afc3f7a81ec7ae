"""The loop itself: next question, answer, undo, refit, report. No screen, no server."""
