# ruff: noqa: E501 - where a line of a template breaks is part of what it prints
"""The measured templates, in the language of each engine. All give the same page."""

from __future__ import annotations

TABLE = {
    "django": """<table>{% for row in rows %}
<tr class="{% if row.active %}on{% else %}off{% endif %}"><td>{{ row.id }}</td><td>{{ row.name }}</td>\
<td>{{ row.email|lower }}</td><td>{{ row.city|default:"-" }}</td><td>{{ row.score }}</td>\
<td>{{ row.name|upper }}</td></tr>{% endfor %}
</table>""",
    "jinja": """<table>{% for row in rows %}
<tr class="{% if row.active %}on{% else %}off{% endif %}"><td>{{ row.id }}</td><td>{{ row.name }}</td>\
<td>{{ row.email|lower }}</td><td>{{ row.city or "-" }}</td><td>{{ row.score }}</td>\
<td>{{ row.name|upper }}</td></tr>{% endfor %}
</table>""",
}

FORMATS = """{% for row in rows %}<tr{% if forloop.first %} class="first"{% endif %}>\
<td>{{ forloop.counter }}</td><td>{{ row.text|truncatechars:20 }}</td>\
<td>{{ row.number|floatformat:2 }}</td><td>{{ row.when|date:"Y-m-d" }}</td>\
<td>{% if row.size > 100000 and not row.flag %}{{ row.size }}{% else %}-{% endif %}</td>\
<td>{{ row.flag|yesno }}</td></tr>
{% endfor %}"""

# Mako has one syntax for items and one for attributes.
TABLE_MAKO = (
    "<table>\\\n% for row in rows:\n\n"
    '<tr class="${"on" if ROW(active) else "off"}"><td>${ROW(id)}</td><td>${ROW(name)}</td>'
    '<td>${ROW(email).lower()}</td><td>${ROW(city) or "-"}</td><td>${ROW(score)}</td>'
    "<td>${ROW(name).upper()}</td></tr>\\\n% endfor\n\n</table>"
)

BASE = """<!doctype html><html><head><title>{% block title %}Site{% endblock %}</title></head>
<body><nav>{% block nav %}<a href="/">home</a>{% endblock %}</nav>
{% block content %}{% endblock %}
<footer>{% block footer %}{{ year }}{% endblock %}</footer></body></html>"""
SECTION = {
    "django": """{% extends "base.html" %}{% block nav %}{{ block.super }} <a href="/s/">{{ section }}</a>\
{% endblock %}{% block content %}<main>{% block main %}{% endblock %}</main>{% endblock %}""",
    "jinja": """{% extends "base.html" %}{% block nav %}{{ super() }} <a href="/s/">{{ section }}</a>\
{% endblock %}{% block content %}<main>{% block main %}{% endblock %}</main>{% endblock %}""",
}
PAGE = """{% extends "section.html" %}{% block title %}{{ caption }}{% endblock %}{% block main %}<ul>\
{% for row in rows %}{% include "row.html" %}{% endfor %}</ul>{% endblock %}"""
ROW = '<li class="{% if row.active %}on{% else %}off{% endif %}">{{ row.id }} {{ row.name }}</li>\n'

MAKO_INHERITANCE = {
    "base.html": """<!doctype html><html><head><title><%block name="title">Site</%block></title></head>
<body><nav><%block name="nav"><a href="/">home</a></%block></nav>
<%block name="content"></%block>
<footer><%block name="footer">${year}</%block></footer></body></html>""",
    "section.html": """<%inherit file="base.html"/><%block name="nav">${parent.nav()} \
<a href="/s/">${section}</a></%block><%block name="content"><main><%block name="main"></%block></main>\
</%block>""",
    "page.html": """<%inherit file="section.html"/><%block name="title">${caption}</%block>\
<%block name="main"><ul>\\
% for row in rows:
<%include file="row.html" args="row=row"/>\\
% endfor
</ul></%block>""",
    "row.html": """<%page args="row"/><li class="${"on" if row["active"] else "off"}">${row["id"]} \
${row["name"]}</li>
""",
}

TINY = {"django": "<p>Hello {{ name }}!</p>", "mako": "<p>Hello ${name}!</p>"}

FILTERS = """{% for row in rows %}<tr><td>{{ row.when|date:"d. F Y H:i" }}</td>\
<td>{{ row.text|urlize }}</td><td>{{ row.text|truncatewords:6 }}</td>\
<td>{{ row.number|floatformat:2 }}</td><td>{{ row.size|filesizeformat }}</td>\
<td>{{ row.items|join:", " }}</td><td>{{ row.flag|yesno:"yes,no" }}</td>\
<td>{{ row.text|title }}</td><td>{{ row.text|truncatechars:20 }}</td>\
<td>{{ row.items|length }}</td><td>{{ row.text|slugify }}</td></tr>
{% endfor %}"""

TRANSLATIONS = """{% load i18n %}{% for row in rows %}<tr><td>{% translate "Yes" %}</td>\
<td>{% translate "Monday" %}</td><td>{{ _("January") }}</td>\
<td>{% blocktranslate with name=row.name %}Please enter {{ name }}{% endblocktranslate %}</td>\
<td>{% blocktranslate count n=row.score %}{{ n }} year{% plural %}{{ n }} years\
{% endblocktranslate %}</td></tr>
{% endfor %}"""

FORM = """<form method="post">{{ form.non_field_errors }}{% for field in form %}<div>\
{{ field.label_tag }}{{ field }}{{ field.errors }}{% if field.help_text %}<small>\
{{ field.help_text }}</small>{% endif %}</div>{% endfor %}</form>"""


def static(sections: int, heading: str) -> dict[str, str]:
    """Return a page with four variables between long pieces of text, by engine."""
    filler = "".join(
        f'<section id="s{index}"><h2>{heading} {index}</h2><p>Nothing here ever changes.</p>'
        "</section>\n"
        for index in range(sections)
    )
    return {
        "django": f"<h1>{{{{ a }}}}</h1>{filler}<p>{{{{ b }}}} {{{{ c }}}}</p>{filler}{{{{ d }}}}",
        "mako": f"<h1>${{a}}</h1>{filler}<p>${{b}} ${{c}}</p>{filler}${{d}}",
    }
