"""The vocabulary that comes with the bot: topics and companies, and what they are called in many languages.

One file a language in `data/`, so that a native reader can go over it; `reading` says what stands in it.
"""
