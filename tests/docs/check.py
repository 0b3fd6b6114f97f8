"""Holds the documents against what they describe. Needs nothing but Python. Exit code 1 with a list of what differs."""

import hashlib
import json
import re
import struct
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
failed = []
MOST_BYTES = 150_000  # of a picture


def check(sentence, wanted, found):
    """Fails where two sets differ, and names what is in one alone."""
    for name, words in ((wanted - found, "is missing"), (found - wanted, "is not there any more")):
        failed.extend(f"{sentence}: {item} {words}" for item in sorted(name))


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def section(path, heading):
    """The text under a heading, up to the next of the same level."""
    return text(path).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def first_cells(table):
    """What the first cell of each row of a table names in backquotes."""
    return {name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`([^`]+)`", row)}


def app_manifest():
    manifest = json.loads(text("docs/app-manifest.json"))
    page = "docs/github-app.md"
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", section(page, "Permissions"), re.M)
    check(f"{page}, permissions", {f"{name}: {level}" for name, level in manifest["default_permissions"].items()},
          {f"{name}: {level}" for name, level in rows})
    check(f"{page}, events", set(manifest["default_events"]), first_cells(section(page, "Events")))


def reasons():
    listed = re.search(r"reasons! \{(.*?)\n\}", text("crates/api/src/condition.rs"), re.S)[1]
    page = "docs/operations.md"
    check(f"{page}, reasons", set(re.findall(r"^    (\w+),$", listed, re.M)), first_cells(section(page, "Reasons")))


def metrics():
    """By the lines that the metrics' own test expects."""
    exposed = set(re.findall(r'"(peribolos_\w+?)(?:_count)?[ {]', text("crates/operator/src/metrics.rs")))
    page = "docs/operations.md"
    check(f"{page}, metrics", exposed, first_cells(section(page, "Metrics")))


def alerts():
    rules = text("charts/peribolos-operator/files/monitoring/alerts.yaml")
    page = "docs/operations.md"
    check(f"{page}, alerts", set(re.findall(r"- alert: (\w+)", rules)), first_cells(section(page, "Alerts")))


def file_format():
    """The codes of findings in a peribolos.yaml. Its keys are in the part that `make generate` writes."""
    page = "docs/peribolos-yaml.md"
    # Said of the list of findings, not of the file.
    codes = set(re.findall(r'^    \w+ = "([a-z-]+)",$', text("crates/org/src/file/findings.rs"), re.M)) - {"more"}
    check(f"{page}, codes", codes, first_cells(section(page, "What is refused")) | first_cells(section(page, "What is warned of")))


def pairs():
    """Every pair that the differences name is there, and every pair that ends otherwise after upstream is named."""
    page = "docs/differences.md"
    root = ROOT / "tests/conformance/pairs"
    there = {str(file.relative_to(root).with_suffix("")) for file in root.glob("*/*.yaml")}
    named = set(re.findall(r"`((?!tests/)[a-z-]+/[a-z0-9-]+)`", text(page)))
    failed.extend(f"{page}: there is no pair {pair}" for pair in sorted(named - there))
    differs = {pair for pair in there if re.search("^differs:", text(f"tests/conformance/pairs/{pair}.yaml"), re.M)}
    failed.extend(f"{page} does not name the pair {pair}, which ends otherwise" for pair in sorted(differs - named))


def anchor(heading):
    """GitHub's anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def links():
    """Every relative link leads to a file, and to a heading in it."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("charts/*/README.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, name = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            where = f"{page.relative_to(ROOT)}: the link {target}"
            if not file.exists():
                failed.append(f"{where} leads nowhere")
            elif name and name not in map(anchor, re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)):
                failed.append(f"{where} leads to no heading")


def drawings():
    for drawing in ROOT.glob("docs/*.svg"):
        try:
            ElementTree.parse(drawing)
        except ElementTree.ParseError as error:
            failed.append(f"{drawing.relative_to(ROOT)} is no XML: {error}")


def source(picture):
    """What a PNG notes about the texts that it shows."""
    data = picture.read_bytes()
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        keyword, _, value = data[at + 8:at + 8 + length].partition(b"\0")
        if (kind, keyword) == (b"tEXt", b"Source"):
            return value.decode("latin-1")
        at += length + 12
    return None


def pictures():
    """Each picture was drawn from the texts beside it, is small, and is described where it is shown."""
    folder = ROOT / "docs/pictures"
    texts = {file.stem: file.read_text(encoding="utf-8").split("\n---\n", 1)[1] for file in folder.glob("*.snap")}
    check("docs/pictures", set(texts), {file.stem for file in folder.glob("*.png")})
    page = "docs/owners.md"
    described = {name: words for words, name in re.findall(r"!\[([^\]]*)\]\(pictures/([\w-]+)\.png\)", text(page))}
    check(f"{page}, pictures", set(texts), set(described))
    failed.extend(f"{page}: the picture {name} has no description" for name, words in described.items() if len(words) < 40)
    for name, words in texts.items():
        picture = folder / f"{name}.png"
        if picture.exists():
            if source(picture) != "sha256:" + hashlib.sha256(words.encode()).hexdigest():
                failed.append(f"{picture.relative_to(ROOT)} does not show the texts beside it: run `make pictures`")
            if picture.stat().st_size > MOST_BYTES:
                failed.append(f"{picture.relative_to(ROOT)} has more than {MOST_BYTES} bytes")


for part in (app_manifest, reasons, metrics, alerts, file_format, pairs, links, drawings, pictures):
    part()
for sentence in failed:
    print(sentence, file=sys.stderr)
print(f"docs: {len(failed)} differences", file=sys.stderr)
sys.exit(1 if failed else 0)
