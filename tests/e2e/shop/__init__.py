"""A shop with the real script and the real addresses, seen in a real browser.

How the script treats a page is tried in ``tracking_page``, where the server's part is
scripted; here everything is as in life, but for the telephone.
"""
