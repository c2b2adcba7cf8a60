"""Picks features that together have every form of every union: python3 sample.py <release's data.json> <output>."""

import json
import sys


def features(node, path=()):
    for key, value in node.items():
        if key == "__compat":
            yield path, value
        elif isinstance(value, dict) and (path or key not in ("browsers", "__meta")):
            yield from features(value, (*path, key))


def version(value):
    if isinstance(value, str):
        return "at most" if value.startswith("≤") else "preview" if value == "preview" else "text"
    return type(value).__name__


def forms(feature):
    for key in feature:
        yield key, type(feature[key]).__name__
    for support in feature["support"].values():
        yield "browser", type(support).__name__
        for statement in support if isinstance(support, list) else [support]:
            for key, value in statement.items():
                yield key, version(value)
            for flag in statement.get("flags", []):
                yield "flag", flag["type"], "value_to_set" in flag


release, output = sys.argv[1:]
with open(release) as file:
    every = sorted(features(json.load(file)), key=lambda feature: len(json.dumps(feature[1])))
missing = {form for _, feature in every for form in forms(feature)}
sample = {}
while missing:
    # The most that is still missing for the least text.
    path, feature = max(every, key=lambda f: len(missing & set(forms(f[1]))) / len(json.dumps(f[1])) ** 0.5)
    missing -= set(forms(feature))
    node = sample
    for name in path:
        node = node.setdefault(name, {})
    node["__compat"] = feature
with open(output, "w") as file:
    json.dump(sample, file, indent=1, ensure_ascii=False, sort_keys=True)
    file.write("\n")
