"""What a page says about the use of its article: free or paid, its licence, the publisher's reservations.

`extract` and the steps use it. It imports the rest of `extract` except `text`.
"""
