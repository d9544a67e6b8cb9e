"""Hands of many schools: how each digit is written in different countries, as strokes with proportions that vary."""

from model.ink.hands.forms import FORMS, Form, digits_by_form

__all__ = ["FORMS", "Form", "digits_by_form"]
