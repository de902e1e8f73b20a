"""Documents made from the real configuration: pure functions from facts to pages, in French and English.

facts.py          what is known of the workspace, gathered by ``acts.documents``
tally.py          what the log says: counts by month, transmissions, destructions; one pass
texts.py          every sentence is data (``texts/LANGUAGE.toml``), each law with its source and date
page.py           a page as blocks; nothing of HTML or Markdown in it
dpia.py, record.py, register.py, notice.py, transparency.py     one document each
render.py         blocks into HTML and Markdown, by the templates beside it
"""
