"""A page of a report as a browser would read it."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """What a browser would make of a page: its tags, its table's rows, its visible text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.sources, self._text = [], [], [], []
        self._hidden = self._in_row = False
        self.feed(text)
        self.text = " ".join(" ".join(self._text).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._hidden = tag in ("script", "style")
        self.sources += [value for name, value in attrs if name in ("src", "href")]
        if tag == "tr":
            self._in_row = True
            self.rows.append([])

    def handle_endtag(self, tag):
        self._hidden = False
        if tag == "tr":
            self._in_row = False

    def handle_data(self, data):
        if not self._hidden:
            self._text.append(data)
            if self._in_row and data.strip():
                self.rows[-1].append(data.strip())
