"""The composition root: the only package that knows every part. Each is loaded when it is asked for."""
