"""What a page says about the use of its article: free or paid, its licence, the publisher's reservations.

Used by `extract` and the steps; imports the rest of `extract` but its text.
"""
