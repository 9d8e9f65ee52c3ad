"""How forms are drawn, and the fields of our own. `design.forms.Renderer` is Django's FORM_RENDERER.

`{{ form }}` and `{{ field.as_field_group }}` give the components of the design system; a bare `{{ field }}` stays
Django's own widget, which the stock admin relies on.
"""

from design.forms.drawing import BoundField, Look, Problem, Renderer, problems_of, render_field
from design.forms.fields import DateField, DateParts, DecimalField, TimeField, WholeNumberField, YesNoField
from design.forms.plain import FilterForm, Form, ModelForm, ShownAgain

__all__ = [
    "BoundField",
    "DateField",
    "DateParts",
    "DecimalField",
    "FilterForm",
    "Form",
    "Look",
    "ModelForm",
    "Problem",
    "Renderer",
    "ShownAgain",
    "TimeField",
    "WholeNumberField",
    "YesNoField",
    "problems_of",
    "render_field",
]
