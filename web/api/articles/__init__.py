"""Articles over HTTP: fields, text, page, versions, copies, trace and citation, and where a list of addresses leads.

Used by `web.app`; imports `web.access`, `web.http` and the shared modules of `web.api`.
"""
