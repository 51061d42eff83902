"""Slack: an app in one workspace or many, over Socket Mode or HTTP."""
