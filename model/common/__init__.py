"""What every part of the library needs: array types, the domain's constants, the machine."""
