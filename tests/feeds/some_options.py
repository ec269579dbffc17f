"""Options of a feed, made by hypothesis."""

from hypothesis import strategies as st

from pipeline.feeds.options import Options

patterns = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1, max_size=20).filter(lambda p: p.strip("*^$"))


some_options = st.builds(
    Options,
    st.none() | st.integers(60, 3600),
    st.none() | st.integers(3600, 86400),
    st.integers(-9, 9),
    st.sampled_from(["", "de", "pt-BR"]),
    st.sampled_from(["", "MyReader/1.0 (own)"]),
    st.sampled_from([(), (("X-Key", "a: b"),), (("Authorization", "Basic x=="), ("Accept", "*/*"))]),
    st.lists(patterns, max_size=3, unique=True).map(tuple),
    st.lists(patterns, max_size=3, unique=True).map(tuple),
    st.sampled_from(["fetch", "feed"]),
)
