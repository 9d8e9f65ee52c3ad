"""Addresses that somebody would give us to make this service knock where it must not."""

PRIVATE = [
    "127.0.0.1", "127.1", "127.0.1", "0.0.0.0", "0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "0x7f.1", "127.0.0.1.",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[ff02::1]", "[::127.0.0.1]",
    "[0:0:0:0:0:0:0:1]", "[::1%251]", "[fd00:ec2::254]",
]  # fmt: skip
NAMES = [
    "localhost", "LOCALHOST", "localhost.", "ip6-localhost", "metadata", "a", "host..example", ".example", "-a.example",
    "a-.example", "a_b.example", "exa mple.org", "example.org\t", "ex\u2000ample.org", "①②⑦.⓪.⓪.①", "１２７.０.０.１",
    "127。0。0。1", "ⓛocalhost", "loc\u00adalhost", "xn--.1", "a.1", "1.2.3", "%6c%6f%63%61%6c%68%6f%73%74",
    "127%2e0%2e0%2e1", "*.example.org", "example.org,evil.example", "example.org;evil.example", "$HOST", "{{host}}",
    "'; drop", "example.org\\", "a" * 64 + ".example", ".".join(["abc"] * 80), "mün.example", "例え.jp",
    "gоogle.com",  # with a Cyrillic letter
]  # fmt: skip
# Names that are well formed and lead nowhere public.
LEADING_INSIDE = [
    "inside.example", "loop.example", "metadata.example", "mapped.example", "nat64.example", "sixtofour.example",
    "teredo.example", "both.example", "scoped.example", "carrier.example", "unspecified.example", "multicast.example",
    "link.example", "unique.example", "nothing.example", "broken.example", "documentation.example", "benchmark.example",
]  # fmt: skip
LEADS_TO = {
    "inside.example": ["10.1.2.3"],
    "loop.example": ["127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "sixtofour.example": ["2002:7f00:1::"],
    "teredo.example": ["2001:0:4136:e378:8000:63bf:80ff:fffe"],
    "both.example": ["93.184.215.14", "127.0.0.1"],  # one public address does not excuse the other
    "scoped.example": ["fe80::1%lo"],
    "carrier.example": ["100.64.0.1"],
    "unspecified.example": ["0.0.0.0"],
    "multicast.example": ["224.0.0.1"],
    "link.example": ["fe80::1"],
    "unique.example": ["fd00::1"],
    "nothing.example": [],
    "broken.example": ["not an address"],
    "documentation.example": ["192.0.2.1"],
    "benchmark.example": ["198.18.0.1"],
}
SCHEMES = [
    "http://example.org/", "HTTPS://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org:70/",
    "javascript:alert(1)", "data:text/plain,x", "//example.org/", "/etc/passwd", "", " ", "example.org",
    "https:example.org",
    "https:/example.org", "https:///example.org", "https://", "https://?", "https://#", "https://:443/",
    " https://example.org/",
    "\nhttps://example.org/", "jar:https://example.org!/", "view-source:https://example.org", "dict://127.0.0.1:11211/",
    "ldap://127.0.0.1/", "unix:///run/x", "ws://example.org/", "blob:https://example.org/",
]  # fmt: skip
SHAPES = [
    "https://user@example.org/", "https://user:pass@example.org/", "https://example.org@127.0.0.1/",
    "https://127.0.0.1#@example.org/", "https://127.0.0.1\\@example.org/", "https://example.org\\@127.0.0.1/",
    "https://example.org:pass@127.0.0.1/", "https://@127.0.0.1/", "https://example.org%40127.0.0.1/",
    "https://example.org:80/", "https://example.org:22/", "https://example.org:6379/", "https://example.org:5432/",
    "https://example.org:8443/", "https://example.org:0/", "https://example.org:65536/", "https://example.org:-1/",
    "https://example.org:443x/", "https://example.org:0443/", "https://example.org:+443/", "https://example.org:４４３/",
    "https://example.org: 443/", "https://example.org:/", "https://example.org:443:443/", "https://example.org#top",
    "https://example.org/#top", "https://example.org/\r\nHost: evil", "https://example.org/\nX: y", "https://example.org/\x00",
    "https://example.org/a b", "https://example.org/\u2028", "https://example.org/é", "https://example.org\r\n.evil/",
    "https://exam\nple.org/", "https://exam\tple.org/", "https://example.org/%0d%0a\r",
    "https://example.org/" + "a" * 3000, "https://[example.org]/", "https://[::1", "https://::1/", "https://[]/",
    "https://[v1.fe80::a]/", "https://example.org]/", "https://[::1]:443@example.org/", "https://exa%mple.org/",
    "https://example.org|evil/", "https://example.org^/", "https://example.org`/", "https://<example.org>/",
    "https://example.org/\x7f", "https://example.org/<>", 'https://example.org/"', "https://example.org\\evil.example/",
    "https://example.org&@127.0.0.1/", "https://127.0.0.1 @example.org/", "https://example.org/\\..\\x",
]  # fmt: skip
HOSTILE = [
    *(f"https://{host}/" for host in (*PRIVATE, *NAMES, *LEADING_INSIDE)),
    *(f"https://{host}:443/latest/meta-data/" for host in PRIVATE[:30]),
    *SCHEMES,
    *SHAPES,
]
