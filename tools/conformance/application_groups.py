"""The applications whose templates are compared, and what each needs in ``INSTALLED_APPS``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CONTRIB = (
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.humanize",
    "django.contrib.flatpages",
)


@dataclass(frozen=True, slots=True)
class Group:
    """Applications that are set up together in one process.

    Attributes:
        packages: Top-level packages whose ``templates`` folders are compared.
        apps: ``INSTALLED_APPS``, before Django's own.
        settings: Further settings.
        middleware: What the applications want to find in ``MIDDLEWARE``.
        processors: Further context processors of ``TEMPLATES``.
    """

    packages: tuple[str, ...]
    apps: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    middleware: tuple[str, ...] = ()
    processors: tuple[str, ...] = ()


GROUPS = {
    "django": Group(("django",), ("django.contrib.admindocs", "django.contrib.sitemaps")),
    "allauth": Group(
        ("allauth",),
        (
            "allauth",
            "allauth.account",
            "allauth.socialaccount",
            "allauth.mfa",
            "allauth.usersessions",
        ),
        middleware=("allauth.account.middleware.AccountMiddleware",),
    ),
    "cms": Group(
        ("cms", "menus"),
        ("cms", "menus", "sekizai", "treebeard"),
        {"CMS_CONFIRM_VERSION4": True, "LANGUAGES": [("en", "English"), ("de", "German")]},
        processors=(
            "sekizai.context_processors.sekizai",
            "cms.context_processors.cms_settings",
        ),
    ),
    "wagtail": Group(
        ("wagtail",),
        (
            "wagtail.contrib.forms",
            "wagtail.contrib.redirects",
            "wagtail.contrib.search_promotions",
            "wagtail.contrib.settings",
            "wagtail.contrib.simple_translation",
            "wagtail.contrib.styleguide",
            "wagtail.contrib.table_block",
            "wagtail.contrib.typed_table_block",
            "wagtail.contrib.frontend_cache",
            "wagtail.embeds",
            "wagtail.sites",
            "wagtail.users",
            "wagtail.snippets",
            "wagtail.documents",
            "wagtail.images",
            "wagtail.search",
            "wagtail.locales",
            "wagtail.admin",
            "wagtail",
            "modelcluster",
            "taggit",
        ),
        {"WAGTAIL_SITE_NAME": "Example", "WAGTAILADMIN_BASE_URL": "http://example.com"},
    ),
    "oscar": Group(
        ("oscar", "django_tables2", "haystack"),
        (
            "oscar.config.Shop",
            "oscar.apps.analytics.apps.AnalyticsConfig",
            "oscar.apps.checkout.apps.CheckoutConfig",
            "oscar.apps.address.apps.AddressConfig",
            "oscar.apps.shipping.apps.ShippingConfig",
            "oscar.apps.catalogue.apps.CatalogueConfig",
            "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
            "oscar.apps.communication.apps.CommunicationConfig",
            "oscar.apps.partner.apps.PartnerConfig",
            "oscar.apps.basket.apps.BasketConfig",
            "oscar.apps.payment.apps.PaymentConfig",
            "oscar.apps.offer.apps.OfferConfig",
            "oscar.apps.order.apps.OrderConfig",
            "oscar.apps.customer.apps.CustomerConfig",
            "oscar.apps.search.apps.SearchConfig",
            "oscar.apps.voucher.apps.VoucherConfig",
            "oscar.apps.wishlists.apps.WishlistsConfig",
            "oscar.apps.dashboard.apps.DashboardConfig",
            "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
            "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
            "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
            "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
            "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
            "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
            "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
            "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
            "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
            "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
            "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
            "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
            "widget_tweaks",
            "haystack",
            "treebeard",
            "easy_thumbnails",
            "django_tables2",
        ),
        {
            "HAYSTACK_CONNECTIONS": {
                "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
            },
            "OSCAR_DEFAULTS": True,
        },
    ),
    "machina": Group(
        ("machina",),
        (
            "mptt",
            "haystack",
            "widget_tweaks",
            "machina",
            "machina.apps.forum",
            "machina.apps.forum_conversation",
            "machina.apps.forum_conversation.forum_attachments",
            "machina.apps.forum_conversation.forum_polls",
            "machina.apps.forum_feeds",
            "machina.apps.forum_moderation",
            "machina.apps.forum_search",
            "machina.apps.forum_tracking",
            "machina.apps.forum_member",
            "machina.apps.forum_permission",
        ),
        {
            "HAYSTACK_CONNECTIONS": {
                "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
            }
        },
    ),
    "helpdesk": Group(
        ("helpdesk",),
        ("helpdesk",),
        {"HELPDESK_TEAMS_MODE_ENABLED": False},
    ),
    "admin themes": Group(
        ("unfold", "import_export", "simple_history", "guardian"),
        (
            "unfold",
            "unfold.contrib.filters",
            "unfold.contrib.forms",
            "unfold.contrib.inlines",
            "unfold.contrib.import_export",
            "unfold.contrib.guardian",
            "unfold.contrib.simple_history",
            "import_export",
            "simple_history",
            "guardian",
        ),
    ),
    "jazzmin": Group(("jazzmin",), ("jazzmin",)),
    "grappelli": Group(("grappelli", "nested_admin"), ("grappelli", "nested_admin")),
    "baton": Group(("baton",), ("baton",)),
    "admin_interface": Group(
        ("admin_interface", "colorfield"),
        ("admin_interface", "colorfield"),
        {"X_FRAME_OPTIONS": "SAMEORIGIN"},
    ),
    "rest": Group(
        ("rest_framework", "django_filters", "drf_spectacular", "drf_yasg", "ninja"),
        (
            "rest_framework",
            "rest_framework.authtoken",
            "django_filters",
            "drf_spectacular",
            "drf_yasg",
        ),
    ),
    "forms": Group(
        (
            "crispy_bootstrap5",
            "django_bootstrap5",
            "formtools",
            "two_factor",
            "django_otp",
            "django_select2",
            "widget_tweaks",
        ),
        (
            "crispy_forms",
            "crispy_bootstrap5",
            "django_bootstrap5",
            "formtools",
            "django_otp",
            "django_otp.plugins.otp_static",
            "django_otp.plugins.otp_totp",
            "two_factor",
            "django_select2",
            "widget_tweaks",
        ),
        {"CRISPY_TEMPLATE_PACK": "bootstrap5", "CRISPY_ALLOWED_TEMPLATE_PACKS": "bootstrap5"},
    ),
    "tools": Group(
        (
            "debug_toolbar",
            "silk",
            "compressor",
            "constance",
            "django_rq",
            "django_extensions",
            "hijack",
            "mptt",
            "oauth2_provider",
            "polymorphic",
            "post_office",
            "reversion",
            "taggit",
            "treebeard",
            "filer",
            "ckeditor",
            "ckeditor_uploader",
        ),
        (
            "debug_toolbar",
            "silk",
            "compressor",
            "constance",
            "django_rq",
            "django_extensions",
            "hijack",
            "mptt",
            "oauth2_provider",
            "polymorphic",
            "post_office",
            "reversion",
            "taggit",
            "treebeard",
            "easy_thumbnails",
            "filer",
            "ckeditor",
            "ckeditor_uploader",
        ),
        {
            "RQ_QUEUES": {"default": {"URL": "redis://127.0.0.1:6379/0"}},
            "CONSTANCE_BACKEND": "constance.backends.memory.MemoryBackend",
            "CONSTANCE_CONFIG": {"NAME": ("x", "A name")},
            "CKEDITOR_UPLOAD_PATH": "uploads/",
            "COMPRESS_ENABLED": False,
        },
    ),
}
