"""voiceguide turns a massage routine into a hands-free audio guide."""

__version__ = "0.1.0"
