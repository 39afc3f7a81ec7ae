"""The app's server: what is reviewed, over HTTP on this machine alone, and the built app."""
