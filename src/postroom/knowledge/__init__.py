"""Articles and how to find them: approved answers, their search, and how sure a match is."""
