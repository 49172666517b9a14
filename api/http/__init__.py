"""The parts of HTTP that routes share. No module here knows a route.

route_table            the form of a route, and its registration with Sanic
requests               the argument of a handler, read from the request
new_session            hands over a session, and ends the former one
client_address         the address of the client, behind proxies too
protocol               HTTP/1.1 on the wire, where Sanic takes more, or less, than is safe
credentials            the credential of a request, and its principal
permissions            the guards of routes
body schemas responses JSON in, JSON out
problems               refusals as documents; the only place that chooses a status
cookies authorization_cookies browser_rules redirects   rules and cookies for browsers
fast_path              answers from the cache of credentials
access_log metrics     the log line and the numbers of each request
openapi                the document, written from the route table
"""
