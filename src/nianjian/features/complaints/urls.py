"""Addresses of tickets and of one-click complaints."""

from django.urls import include, path

from nianjian.features.complaints import forward_pages, one_click_pages, pages

ticket_patterns = [
    path("", pages.tickets, name="complaints"),
    path("new/", pages.new, name="complaints-new"),
    path("forwards/", forward_pages.import_list, name="complaints-forwards"),
    path("forwards/look/", forward_pages.preview_list, name="complaints-forwards-look"),
    path("forwards/<str:job>/marked/", forward_pages.download_marked, name="complaints-forwards-marked"),
    path("match/", pages.match_all, name="complaints-match-all"),
    path("several/", pages.several, name="complaints-several"),
    path("export/", pages.export, name="complaints-export"),
    path("t/<rowkey:ticket>/", pages.ticket_detail, name="complaints-one"),
    path("t/<rowkey:ticket>/reveal/", pages.reveal, name="complaints-reveal"),
    path("t/<rowkey:ticket>/act/<str:act>/", pages.act, name="complaints-act"),
    path("t/<rowkey:ticket>/call/", pages.match, name="complaints-match"),
    path("t/<rowkey:ticket>/papers/", pages.attach, name="complaints-attach"),
]


one_click_patterns = [
    path("", one_click_pages.listing, name="one-click"),
    path("promise/", one_click_pages.promise, name="one-click-promise"),
    path("<int:door>/", one_click_pages.address_detail, name="one-click-one"),
    path("<int:door>/close/", one_click_pages.close, name="one-click-close"),
    path("<int:door>/code.<str:form>", one_click_pages.picture, name="one-click-code"),
]


public_patterns = [
    path("<str:token>", one_click_pages.complain, name="complain"),
    path("<str:token>/done/<str:receipt>", one_click_pages.show_receipt, name="one-click-done"),
]

urlpatterns = [
    path("e/<str:code>/complaints/one-click/", include(one_click_patterns)),
    path("e/<str:code>/complaints/", include(ticket_patterns)),
    path("c/", include(public_patterns)),  # short enough for a message
]
