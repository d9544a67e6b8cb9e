"""The network in the visitor's browser: plain ES modules without a build step, and the routes that serve them."""
