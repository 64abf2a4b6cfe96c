"""Strategies for template sources: every built-in tag and filter, nested, sometimes broken."""

from __future__ import annotations

import django
from hypothesis import strategies as st

NAMES = ("a", "b", "c", "d", "e", "item", "key", "nothing")
ATTRIBUTES = ("x", "y", "name", "count", "items", "method", "0", "1", "missing", "kind", "pk")

numbers = st.sampled_from(["0", "1", "2", "3", "-1", "10", "1.5", "100", "-0.5", "2.", ".5"])
words = st.sampled_from(
    ["x", "a b", "<b>", "it&amp;", "", "d.m.Y", "H:i", "y,n", "yes,no,maybe", "1:2", ":3", "::2",
     "%s", "05d", ".2f", "ä", "name", "0", "-3", "2g", "s,es", "Y-m-d\\\\TH", "c", "r", "SHORT_DATE_FORMAT"]
)  # fmt: skip
quoted = st.one_of(words.map(lambda word: f'"{word}"'), words.map(lambda word: f"'{word}'"))
translated = st.sampled_from(["Yes", "Monday", "January"]).map(lambda word: f'_("{word}")')

paths = st.builds(
    lambda name, attributes: ".".join([name, *attributes]),
    st.sampled_from(NAMES),
    st.one_of(
        st.just([]), st.just([]), st.lists(st.sampled_from(ATTRIBUTES), min_size=1, max_size=3)
    ),
)
constants = st.sampled_from(["True", "False", "None", "forloop.counter", "forloop.last"])
operands = st.one_of(paths, paths, paths, numbers, quoted, translated, constants)

NO_ARGUMENT = (
    "addslashes", "capfirst", "escape", "escapejs", "escapeseq", "filesizeformat", "first",
    "floatformat", "force_escape", "iriencode", "json_script", "last", "length", "linebreaks",
    "linebreaksbr", "linenumbers", "lower", "make_list", "phone2numeric", "pluralize", "pprint",
    "safe", "safeseq", "slugify", "striptags", "title", "unordered_list", "upper", "urlencode",
    "urlize", "wordcount", "yesno", "date", "time", "timesince", "timeuntil", "random",
)  # fmt: skip
ONE_ARGUMENT = (
    "add", "center", "cut", "date", "default", "default_if_none", "dictsort", "dictsortreversed",
    "divisibleby", "floatformat", "get_digit", "join", "json_script", "ljust", "pluralize",
    "rjust", "slice", "stringformat", "time", "timesince", "timeuntil", "truncatechars",
    "truncatechars_html", "truncatewords", "truncatewords_html", "urlencode", "urlizetrunc",
    "wordwrap", "yesno",
)  # fmt: skip
CUSTOM = ("plain_mark", "safe_mark", "careful", "zone_name", "doubled")
LIBRARY_FILTERS = ("localtime", "utc", "localize", "unlocalize", "intcomma", "apnumber", "ordinal")
# Width arguments that are huge only cost memory, in either engine.
filters = st.one_of(
    st.sampled_from(NO_ARGUMENT),
    st.sampled_from(NO_ARGUMENT),
    st.builds("{}:{}".format, st.sampled_from(ONE_ARGUMENT), st.one_of(quoted, numbers)),
    st.builds(
        "{}:{}".format,
        st.sampled_from(("default", "default_if_none", "add", "join", "cut", "yesno", "divisibleby",
                         "pluralize", "dictsort", "stringformat", "date", "slice", "timesince")),
        paths,
    ),
    st.sampled_from((*CUSTOM, *LIBRARY_FILTERS)),
    st.sampled_from(("safe_mark:a", "timezone:'Europe/Berlin'", "timezone:a", "safe_mark:'<'")),
)  # fmt: skip
# A tag that renders to something else than text is an error of Django's own making.
text_filters = st.one_of(
    st.sampled_from(("upper", "lower", "title", "linebreaks", "striptags", "force_escape", "slugify",
                     "urlize", "addslashes", "capfirst", "linenumbers", "escapejs", "safe_mark",
                     "plain_mark", "careful", "doubled", "cut:'a'", "truncatewords:2",
                     "center:20", "truncatechars:9", "wordwrap:8", "safe_mark:a", "urlencode",
                     "iriencode", "linebreaksbr", "truncatewords_html:3", "escape", "safe")),
)  # fmt: skip
expressions = st.builds(
    lambda operand, chain: "|".join([operand, *chain]),
    operands,
    st.one_of(st.just([]), st.just([]), st.lists(filters, min_size=1, max_size=3)),
)
COMPARISONS = ("==", "!=", "<", ">", "<=", ">=", "in", "not in", "is", "is not", "and", "or")
conditions = st.recursive(
    st.one_of(expressions, paths),
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(COMPARISONS), inner),
        st.builds("not {}".format, inner),
    ),
    max_leaves=4,
)
plain_text = st.sampled_from(
    [" ", "\n", "text ", "<p>", "</p>", "<b> x </b>", "{", "}", "{ {", "%}", "}}", "&amp;", "ä\n",
     "<a href='", "'>", "{# note #}", "{# a {{ b }} #}", "  <i>  </i>  ", "$", "\t"]
)  # fmt: skip
variables = st.builds(
    lambda space, expression: "{{" + space + expression + space + "}}",
    st.sampled_from([" ", " ", "", "  "]),
    expressions,
)
LOADS = (
    "{% load i18n l10n tz static cache humanize differential_tags %}",
    "{% load plain_mark careful from differential_tags %}",
)
SIMPLE_TAGS = (
    "{% csrf_token %}", "{% now 'Y' %}", "{% now 'Y' as c %}{{ c }}", "{% lorem %}",
    "{% lorem 2 w %}", "{% templatetag openblock %}", "{% templatetag closevariable %}",
    "{% comment %} {% if %} {{ {% endcomment %}",
    "{% verbatim %}{{ a }}{% if %}{% endverbatim %}",
    "{% verbatim v %}{% endverbatim %}{% endverbatim v %}", "{{ forloop }}",
    "{{ forloop.counter0 }}/{{ forloop.revcounter }}", "{{ forloop.parentloop.counter }}",
    "{{ forloop.first }}", "{{ forloop.length }}", "{% cycle 'x' 'y' %}",
    "{% cycle a b as cyc %}{% cycle cyc %}{% resetcycle cyc %}",
    "{% cycle 'p' '<q>' as quiet silent %}{{ quiet }}",
    "{% include 'part.html' %}", "{% include 'part.html' with a=b only %}",
    "{% include 'loop.html' with item=a %}", "{% include 'part.html' only %}",
    "{% get_static_prefix %}", "{% static 'a b.css' %}", "{% get_media_prefix as m %}{{ m }}",
    "{% static a as s %}{{ s }}", "{% url 'nowhere' a as u %}{{ u }}", "{% url 'page' 3 %}",
    "{% url 'page' number=5 as u %}{{ u }}", "{% get_current_language as l %}{{ l }}",
    "{% get_language_info for 'de' as l %}{{ l.name }}", "{{ block.super }}",
    "{% get_available_languages as l %}{{ l|length }}", "{% get_current_timezone as t %}{{ t }}",
    "{% get_current_language_bidi as l %}{{ l }}", "{{ 'de'|language_name_local }}",
    "{% joined a b|upper x=c %}", "{% joined %}", "{% joined 'q' as j %}{{ j }}", "{% seen %}",
    "{% seen 'zz' %}", "{% seen nothing as s %}{{ s }}", "{% put a %}{{ put }}",
    "{% formatted a %}", "{% boxed %}", "{% boxed a %}", "{% boxed_here %}", "{% show a|upper %}",
    "{% show nothing %}", "{% querystring a='b' %}",
)  # fmt: skip
# Each ends in an error, mostly while the template is compiled.
WRONG_TAGS = (
    "{% templatetag wrong %}", "{% cycle cyc %}", "{% resetcycle %}", "{% include 'missing.html' %}",
    "{% include a %}", "{% url 'nowhere' %}", "{% url 'page' number=a %}", "{% boxed a b %}",
    "{% querystring %}", "{% querystring x=a y=None %}", "{% querystring a b=1 %}",
    "{% show %}", "{% unknown %}", "{% endif %}", "{% else %}", "{{ }}", "{{ a|", "{% %}",
    "{{ a b }}", "{{ a.|x }}", "{{ a..b }}", "{{ _a }}", "{{ a._b }}", "{{ 'a }}", "{% if %}",
    "{% for x %}", "{{ a|upper|}}", "{% load %}", "{{ a.b-c }}", "{{ 1.2.3 }}",
    "{% widthratio a %}", "{% regroup a %}", "{% firstof %}", "{% blocktranslate %}", "{% cache %}",
    "{% with %}", "{% extends %}", "{% extends 'base.html' %}", "{% include %}", "{% now %}",
    "{% querystring nothing %}", "{% debug as %}", "{% autoescape maybe %}", "{% filter escape %}",
    "{% load missing_library %}", "{% load nothing_such from i18n %}", "{{ a|lower:'x' }}",
    "{{ a|add }}", "{{ a|unknown_filter }}", "{{ a|upper:a:b }}", "{{ a|refuses }}",
    "{% for x in a b %}{% endfor %}", "{% if a b %}{% endif %}", "{% if and %}{% endif %}",
    "{% if a == %}{% endif %}", "{% for x, in a %}{% endfor %}", "{% for in a %}{% endfor %}",
    "{% ifchanged %}", "{% block one %}{% endblock two %}", "{% block one %}{% endblock %}"
    "{% block one %}{% endblock %}", "{% block %}{% endblock %}", "{% include 'part.html' with %}",
    "{% include 'part.html' only only %}", "{% include 'part.html' loud %}", "{% spaceless %}",
    "{% comment %}", "{% verbatim %}", "{% with a %}{% endwith %}", "{% filter a:b %}{% endfilter %}",
    "{% translate %}", "{% translate 'a' as %}", "{% translate 'a' context %}", "{% static %}",
    "{% blocktranslate count %}{% endblocktranslate %}", "{% timezone %}{% endtimezone %}",
    "{% localize maybe %}{% endlocalize %}", "{% blocktranslate %}{% if %}{% endblocktranslate %}",
    "{% cache a b %}{% endcache %}", "{% lorem a b c d %}", "{% firstof as x %}", "{% url %}",
    "{% regroup a for x as y %}", "{% widthratio a b c as %}", "{% formatted %}",
    "{% formatted a b %}", "{% formatted x=1 %}", "{% joined x=1 2 %}", "{% shout %}{% endshout %}",
    "{% shout a %}", "{% elif a %}", "{% empty %}", "{% plural %}", "{{ a|default:}}", "{{ |a }}",
    "{{ a|'b' }}", "{{ a:b }}", "{{ 'a'b }}", "{{ a | upper }}", "{% if a|upper %}{% endif a %}",
    "{% csrf_token a %}", "{% cycle %}", "{% cycle a as %}", "{% cycle a as b c %}",
    "{% if 1 = 1 %}{% endif %}", "{% if not %}{% endif %}", "{% if (a) %}{% endif %}",
    "{{ block.super }}{% block one %}", "{{ a.0.b[1] }}", "{{ a['x'] }}", "{{ a() }}", "{{ -a }}",
    "{{ +1 }}", "{{ 1e5 }}", "{{ 1e }}", "{{ 0x1 }}", "{{ 1_000 }}", "{{ .5 }}", "{{ 5. }}",
    "{{ _('a' }}", "{{ _(a) }}", "{{ a|cut:_('x') }}", "{{ forloop.counter.x }}", "{{ True.x }}",
    "{{ \"a\\\"b\" }}", "{{ a|default:\"x y\" }}", "{{ a|default:'x|y' }}", "{{ a|default:'}}' }}",
)  # fmt: skip


def _tags(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return tags whose bodies come from ``body``."""
    bind = st.sampled_from(["item", "key, item", "a", "x, y", "a, b, c"])
    return st.one_of(
        st.builds("{{% if {} %}}{}{{% endif %}}".format, conditions, body),
        st.builds(
            "{{% if {} %}}{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}".format,
            conditions, body, conditions, body, body,
        ),
        st.builds("{{% for {} in {} %}}{}{{% endfor %}}".format, bind, expressions, body),
        st.builds("{{% for {} in {} %}}{}{{% endfor %}}".format, bind, paths, body),
        st.builds(
            "{{% for {} in {} reversed %}}{}{{% empty %}}{}{{% endfor %}}".format,
            bind, paths, body, body,
        ),
        st.builds("{{% for key, item in {}.items %}}{}{{% endfor %}}".format, paths, body),
        st.builds("{{% with {}={} %}}{}{{% endwith %}}".format, st.sampled_from(NAMES), expressions, body),
        st.builds("{{% with {} as {} %}}{}{{% endwith %}}".format, expressions, st.sampled_from(NAMES), body),
        st.builds("{{% firstof {} {} %}}".format, operands, expressions),
        st.builds("{{% firstof {} as f %}}{{{{ f }}}}".format, expressions),
        st.builds("{{% ifchanged %}}{}{{% else %}}{}{{% endifchanged %}}".format, body, body),
        st.builds("{{% ifchanged {} {} %}}{}{{% endifchanged %}}".format, paths, expressions, body),
        st.builds("{{% cycle {} {} %}}".format, operands, expressions),
        st.builds(
            "{{% regroup {} by {} as groups %}}{{% for group in groups %}}({{{{ group.grouper }}}}"
            "{{% for item in group.list %}}{}{{% endfor %}}){{% endfor %}}".format,
            paths, st.sampled_from(ATTRIBUTES), body,
        ),
        st.builds("{{% autoescape {} %}}{}{{% endautoescape %}}".format, st.sampled_from(["on", "off"]), body),
        st.builds("{{% filter {} %}}{}{{% endfilter %}}".format, text_filters, body),
        st.builds("{{% filter {}|{} %}}{}{{% endfilter %}}".format, filters, text_filters, body),
        st.builds("{{% spaceless %}}{}{{% endspaceless %}}".format, body),
        st.builds("{{% widthratio {} {} {} %}}".format, expressions, operands, numbers),
        st.builds("{{% widthratio {} {} {} as w %}}{{{{ w }}}}".format, paths, operands, operands),
        st.builds("{{% include 'part.html' with {}={} %}}".format, st.sampled_from(NAMES), expressions),
        st.builds("{{% translate {} %}}".format, st.one_of(quoted, expressions)),
        st.builds("{{% translate 'Yes' as t %}}{{{{ t }}}}{{% translate {} noop %}}".format, quoted),
        st.builds("{{% translate 'May' context {} %}}".format, quoted),
        st.builds(
            "{{% blocktranslate with v={} %}}a {{{{ v }}}} b{{% endblocktranslate %}}".format,
            expressions,
        ),
        st.builds(
            "{{% blocktranslate trimmed count n={} %}}\n one {{{{ n }}}} \n{{% plural %}}\n many "
            "{{{{ n }}}} {{{{ a }}}}\n{{% endblocktranslate %}}".format,
            expressions,
        ),
        st.builds("{{% localize {} %}}{}{{% endlocalize %}}".format, st.sampled_from(["on", "off"]), body),
        st.builds("{{% localtime {} %}}{}{{% endlocaltime %}}".format, st.sampled_from(["on", "off"]), body),
        st.builds(
            "{{% timezone {} %}}{}{{% endtimezone %}}".format,
            st.sampled_from(["'Asia/Tokyo'", "None", "a"]), body,
        ),
        st.builds("{{% language 'de' %}}{}{{% endlanguage %}}".format, body),
        st.builds("{{% cache 100 frag {} %}}{}{{% endcache %}}".format, expressions, body),
        st.builds("{{% block {} %}}{}{{% endblock %}}".format, st.sampled_from(["one", "two", "three"]), body),
        st.builds("{{% shout item %}}{}{{% endshout %}}".format, body),
        st.builds("{{% capture {} %}}{}{{% endcapture %}}".format, st.sampled_from(NAMES), body),
        *_newer_tags(body),
    )  # fmt: skip


def _newer_tags(body: st.SearchStrategy[str]) -> list[st.SearchStrategy[str]]:
    tags = [st.builds("{{% wrapped %}}{}{{% endwrapped %}}".format, body)]
    if django.VERSION >= (6, 0):
        tags.append(
            st.builds(
                "{{% partialdef part{} %}}{}{{% endpartialdef %}}{{% partial part %}}".format,
                st.sampled_from(["", " inline"]),
                body,
            )
        )
    return tags


pieces = st.one_of(variables, variables, plain_text, st.sampled_from(SIMPLE_TAGS))
bodies = st.recursive(
    st.lists(st.one_of(variables, plain_text, variables), max_size=3).map("".join),
    lambda inner: st.lists(
        st.one_of(_tags(inner), variables, plain_text, _tags(inner)), min_size=1, max_size=3
    ).map("".join),
    max_leaves=5,
)
sources = st.builds(
    lambda load, parts: load + "".join(parts),
    st.just(LOADS[0]),
    st.lists(st.one_of(bodies, bodies, _tags(bodies), pieces), min_size=1, max_size=4),
)
children = st.builds(
    lambda parent, blocks, loose: f"{{% extends {parent} %}}{LOADS[0]}{loose}"
    + "".join(f"{{% block {name} %}}{body}{{% endblock {name} %}}" for name, body in blocks.items()),
    st.sampled_from(["'base.html'", "'middle.html'", "base", "'middle.html'", "a"]),
    st.dictionaries(
        st.sampled_from(["one", "two", "three", "other"]),
        st.one_of(bodies, bodies.map(lambda body: body + "{{ block.super }}")),
        max_size=3,
    ),
    plain_text,
)  # fmt: skip


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A source with a wrong tag, or with one piece taken out or put in."""
    source = draw(sources)
    if draw(st.booleans()):
        before, after = draw(bodies), draw(bodies)
        wrong = draw(st.sampled_from(WRONG_TAGS))
        return draw(st.sampled_from(["", *LOADS])) + before + wrong + after
    at = draw(st.integers(0, len(source)))
    length = draw(st.integers(0, 6))
    put = draw(
        st.sampled_from(["", "", "{%", "%}", "{{", "}}", "|", ":", "'", '"', " ", "{#", "."])
    )
    return source[:at] + put + source[at + length :]
