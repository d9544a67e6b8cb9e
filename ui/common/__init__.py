"""What all pages share: errors, formatting, the glossary, the theme."""
