#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares docs/formats/scenario.schema.json with the loader. Ends with `N passed, N failed`.

    tests/docs/scenario_schema_test.py PROGRAM

Every scenario of the repository must pass the schema. Then, for each place of the schema that one of them has: an unknown
key must be refused by both, and the keys that the loader then names must be the schema's; likewise words of enums; a value
of a wrong kind and a missing required key must be refused by both. A mapping of the schema that no scenario has is a
failure: add it to scenario_schema/every-key.yml.
"""
import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA_FILE = ROOT / "docs" / "formats" / "scenario.schema.json"
EVERY_KEY = ROOT / "tests" / "docs" / "scenario_schema" / "every-key.yml"
PROGRAM = ROOT / "build" / "gcc-release" / "stalemark"
STRANGE = "zzz_unknown"
SCHEMA = json.loads(SCHEMA_FILE.read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
COMBINERS = ("anyOf", "oneOf", "allOf")


class Loader(yaml.SafeLoader):
    """YAML 1.2 as language servers read it: times are texts."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool", ":int"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?[0-9]+$"), list("-+0123456789"))


def scenarios():
    """Documents by path. Configurations and target documents, which have no name, lie among them."""
    files = [EVERY_KEY, *sorted((ROOT / "fixtures" / "scenarios").glob("**/*.yml"))]
    return {path: yaml.load(path.read_text(), Loader) for path in files
            if re.search(r"^name:", path.read_text(), re.MULTILINE)}


def resolved(schema):
    """The schema with what its $ref names."""
    while "$ref" in schema:
        named = SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        schema = {**named, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def is_valid(instance, schema):
    return jsonschema.Draft202012Validator({**schema, "$defs": SCHEMA["$defs"]}).is_valid(instance)


class Places:
    """Where the schema and a document meet: (name of the place, schema, path in the document)."""

    def __init__(self, document):
        self.found = []
        self._walk(SCHEMA, document, "", ())

    def _walk(self, schema, instance, name, path):
        name = schema["$ref"].rsplit("/", 1)[1] if "$ref" in schema else name
        schema = resolved(schema)
        self.found.append((name, schema, path))
        for combiner in COMBINERS:
            for index, branch in enumerate(schema.get(combiner, ())):
                if not set(branch) <= {"required", "not", "oneOf", "anyOf"} and is_valid(instance, branch):
                    self._walk(branch, instance, f"{name}/{index}", path)
                    break
        if isinstance(instance, dict):
            for key, value in instance.items():
                of_key = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
                if isinstance(of_key, dict):
                    self._walk(of_key, value, f"{name}.{key}" if key in schema.get("properties", {}) else f"{name}.*", path + (key,))
        if isinstance(instance, list):
            for index, value in enumerate(instance):
                prefix = schema.get("prefixItems", ())
                item = prefix[index] if index < len(prefix) else schema.get("items")
                if isinstance(item, dict):
                    self._walk(item, value, f"{name}[]", path + (index,))


def closed_mappings(schema, name=""):
    """Names of the mappings with known keys, as Places names them."""
    names = {name} if schema.get("additionalProperties") is False else set()
    for key, value in schema.get("properties", {}).items():
        names |= closed_mappings(value, f"{name}.{key}")
    for key in ("additionalProperties", "items"):
        if isinstance(schema.get(key), dict):
            names |= closed_mappings(schema[key], f"{name}.*" if key == "additionalProperties" else f"{name}[]")
    for combiner in COMBINERS:
        for index, branch in enumerate(schema.get(combiner, ())):
            names |= closed_mappings(branch, f"{name}/{index}")
    if name == "":
        for key, value in schema["$defs"].items():
            names |= closed_mappings(value, key)
    return names


def at(document, path):
    for step in path:
        document = document[step]
    return document


def replaced(document, path, value):
    if not path:
        return value
    changed = copy.deepcopy(document)
    at(changed, path[:-1])[path[-1]] = value
    return changed


class SchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.documents = scenarios()
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="stalemark-schema-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        shutil.copytree(ROOT / "fixtures", cls.folder / "fixtures")
        shutil.copytree(EVERY_KEY.parent, cls.folder / EVERY_KEY.parent.relative_to(ROOT))
        # A place is looked at once, in the first document that has it.
        cls.places = {}
        for path, document in cls.documents.items():
            for name, schema, where in Places(document).found:
                cls.places.setdefault(name, (path, schema, where))

    def load_error(self, path, document):
        """What the loader says about a document in the place of a scenario; empty: it loads."""
        changed = self.folder / path.relative_to(ROOT).with_suffix(".changed.yml")
        changed.write_text(json.dumps(document, ensure_ascii=False))
        done = subprocess.run([str(PROGRAM), "run", "--format", "digest", str(changed)], capture_output=True, text=True, timeout=60)
        return "" if "store" in done.stdout else done.stdout + done.stderr or "no words"

    def check_refused(self, name, path, document, what):
        self.assertFalse(VALIDATOR.is_valid(document), f"the schema takes {what} at {name}")
        error = self.load_error(path, document)
        self.assertNotEqual(error, "", f"the loader takes {what} at {name}, in {path}")
        return error

    def test_the_schema_is_one(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        for name, definition in SCHEMA["$defs"].items():
            for example in definition.get("examples", ()):
                self.assertTrue(is_valid(example, definition), f"example of {name}: {example}")

    def test_every_scenario_passes_it_and_loads(self):
        for path, document in self.documents.items():
            with self.subTest(str(path.relative_to(ROOT))):
                self.assertEqual([error.message for error in VALIDATOR.iter_errors(document)], [])
        self.assertEqual(self.load_error(EVERY_KEY, self.documents[EVERY_KEY]), "")

    def test_every_mapping_is_in_a_scenario(self):
        self.assertEqual(sorted(closed_mappings(SCHEMA) - set(self.places)), [], "add them to " + str(EVERY_KEY.relative_to(ROOT)))

    def test_the_loader_knows_the_same_keys(self):
        for name, (path, schema, where) in self.places.items():
            document = self.documents[path]
            if schema.get("additionalProperties") is not False or not isinstance(at(document, where), dict):
                continue
            with self.subTest(name):
                error = self.check_refused(name, path, replaced(document, where, {**at(document, where), STRANGE: 1}), "an unknown key")
                if "$comment" in schema:  # another reader, whose errors name no keys
                    continue
                named = re.search(rf'unknown key "{STRANGE}", expected (?:one of )?(.*)', error)
                self.assertTrue(named, error)
                self.assertEqual(sorted(named[1].split(", ")), sorted(schema["properties"]))

    def test_the_loader_knows_the_same_words(self):
        for name, (path, schema, where) in self.places.items():
            if "enum" not in schema:
                continue
            with self.subTest(name):
                error = self.check_refused(name, path, replaced(self.documents[path], where, STRANGE), "an unknown word")
                named = re.search(rf'found "{STRANGE}", expected (?:one of )?(.*)', error)
                self.assertTrue(named, error)
                self.assertEqual(sorted(named[1].split(", ")), sorted({str(word) for word in schema["enum"]}))

    def test_both_refuse_wrong_kinds(self):
        for name, (path, _, where) in self.places.items():
            instance = at(self.documents[path], where)
            wrong = {STRANGE: [1]} if isinstance(instance, list) else [[STRANGE]]
            with self.subTest(name):
                self.check_refused(name, path, replaced(self.documents[path], where, wrong), json.dumps(wrong))

    def test_both_refuse_a_missing_key(self):
        for name, (path, schema, where) in self.places.items():
            instance = at(self.documents[path], where)
            for key in schema.get("required", ()) if isinstance(instance, dict) else ():
                with self.subTest(f"{name} without {key}"):
                    rest = {other: value for other, value in instance.items() if other != key}
                    self.check_refused(name, path, replaced(self.documents[path], where, rest), f"no {key}")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    global PROGRAM
    PROGRAM = pathlib.Path(sys.argv[1]).resolve()
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(unittest.defaultTestLoader.loadTestsFromTestCase(SchemaTest))
    failed = len(result.failures) + len(result.errors)
    print(f"{max(result.testsRun - failed, 0)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
