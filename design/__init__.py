"""The look, once for all doors: layouts, components, form renderer, compiled CSS and JavaScript."""
