"""What every route shares. It knows no route.

route_table            the form of a route, and how Sanic is given them
requests               what a handler is handed, read off the request
new_session            hands over a session, and ends the former one
client_address         whose address a request comes from, proxies considered
protocol               HTTP/1.1 on the wire, where Sanic takes more, or less, than is safe
credentials            where a credential is looked for, and who it stands for
permissions            who may call what
body schemas responses JSON in, JSON out
problems               refusals as documents; the only place that chooses a status
cookies authorization_cookies browser_rules redirects   what concerns browsers
fast_path              answers from the cache of credentials
access_log metrics     what is written down of each request
openapi                the document, written from the route table
"""
