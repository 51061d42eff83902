"""Other people's software, one package each, translated to and from the bot's own nouns."""
