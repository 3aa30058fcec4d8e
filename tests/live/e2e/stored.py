# SPDX-License-Identifier: Apache-2.0
"""What both servers stored, read in one form: ours from --samples, the peer's from its API."""
import json
import pathlib
import re


def key(labels):
    return json.dumps(labels, sort_keys=True)


def as_2_42(labels):
    """Since 3.0 numbers in labels are written as OpenMetrics has them (`1.0`), and targets have labels for histograms."""
    numbers = {name: f"{float(labels[name]):g}" for name in ("le", "quantile") if name in labels}
    return {name: value for name, value in {**labels, **numbers}.items() if not re.search("_histograms(_to_nhcb)?__$", name)}


def stored_samples(path):
    """series -> its values in the order of time, from --samples; markers are left out, as queries leave them out."""
    series = {}
    for line in pathlib.Path(path).read_text().splitlines():
        sample = json.loads(line)
        if "value" in sample:
            series.setdefault(key(sample["metric"]), []).append(sample["value"])
        else:
            series.setdefault(key(sample["metric"]), [])
    return series


def queried_samples(server):
    """What stored_samples returns, of the peer."""
    series = {}
    for item in server.api("query", query='{__name__=~".+"}[1h]')["result"]:
        series[key(item["metric"])] = [value for _, value in item.get("values", [])]
    return series


def stored_instants(path, job):
    """time -> series -> value of one job, from --samples."""
    instants = {}
    for line in pathlib.Path(path).read_text().splitlines():
        sample = json.loads(line)
        if "value" in sample and sample["metric"].get("job") == job:
            instants.setdefault(sample["t_ms"], {})[key(sample["metric"])] = sample["value"]
    return instants


def queried_instants(server, job):
    instants = {}
    for item in server.api("query", query=f'{{job="{job}"}}[1h]')["result"]:
        for t, value in item.get("values", []):
            instants.setdefault(t, {})[key(item["metric"])] = value
    return instants


def by_request(instants):
    """ordinal of the request -> what its scrape stored, but for what hangs on time and on the scrapes before."""
    found = {}
    for series in instants.values():
        kept = {name: value for name, value in series.items()
                if json.loads(name)["__name__"] not in ("scrape_duration_seconds", "scrape_series_added")}
        ordinals = [value for name, value in kept.items() if json.loads(name)["__name__"] == "ord_total"]
        if ordinals:
            found[int(ordinals[0])] = kept
    return found


def differences(ours, theirs):
    """Of two lists: how many of ours the peer has too, how many only one of the two has."""
    ours, theirs = ([json.dumps(item, sort_keys=True) for item in items] for items in (ours, theirs))
    return len(set(ours) & set(theirs)), len(set(ours) ^ set(theirs))
