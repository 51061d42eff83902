"""Matrix as a chat platform: encrypted rooms, threads, nothing lost."""
