// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"fmt"
	"strconv"
	"time"

	"github.com/alecthomas/units"
	"github.com/prometheus/common/model"

	"stalemark.test/oracle/random"
)

// Units are durations and sizes as text.
var Units = &Format{Path: "config/units.jsonl", Files: []string{"config/units.jsonl"}, Record: recordUnits, Generate: generateUnits}

func recordUnits(line []byte, _ string) ([]byte, error) {
	fields, err := decodeFields(line)
	if err != nil {
		return nil, err
	}
	kind, err := decodeText(fields, "kind")
	if err != nil {
		return nil, err
	}
	text, err := decodeText(fields, "text")
	if err != nil {
		return nil, err
	}
	expected := map[string]any{}
	switch kind {
	case "duration", "format_duration":
		err = duration(kind, text, expected)
	case "bytes", "format_bytes":
		err = byteSize(kind, text, expected)
	default:
		return nil, fmt.Errorf("kind %q", kind)
	}
	if err != nil {
		expected = map[string]any{}
		setText(expected, "error", err.Error())
	}
	return withResults(line, map[string]any{"expected": expected})
}

func duration(kind, text string, expected map[string]any) error {
	var d model.Duration
	if kind == "duration" {
		parsed, err := model.ParseDuration(text)
		if err != nil {
			return err
		}
		d = parsed
	} else {
		ns, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		d = model.Duration(ns)
	}
	expected["value"], expected["string"], expected["go"] = fmt.Sprint(int64(d)), d.String(), time.Duration(d).String()
	return nil
}

func byteSize(kind, text string, expected map[string]any) error {
	var size units.Base2Bytes
	if kind == "bytes" {
		if err := size.UnmarshalText([]byte(text)); err != nil {
			return err
		}
	} else {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		size = units.Base2Bytes(n)
	}
	expected["value"], expected["string"] = fmt.Sprint(int64(size)), size.String()
	return nil
}

var unitParts = []string{
	"1", "0", "9", "5", "12", "007", ".", "-", "+", "s", "ms", "m", "h", "d", "w", "y", "KB", "MB", "GB", "TB", "PB", "EB", "KiB", "MiB", "GiB", "TiB", "PiB",
	"EiB", "B", " ", "e3", "µ", "é", "999999999", "18446744073709551616", "1.5", "0.1", "k", "kB",
}

func generateUnits(r *random.Source) []any {
	var out []any
	for _, kind := range []string{"duration", "bytes"} {
		for range 3 {
			text := ""
			for range r.Between(1, 6) {
				text += unitParts[r.Below(len(unitParts))]
			}
			out = append(out, map[string]any{"kind": kind, "text": text})
		}
		for range 2 { // of a number and a unit that fit each other
			number, unit := fmt.Sprint(r.Bits()>>random.Pick(r, 30, 50, 54, 60)), random.Pick(r, "ms", "s", "m", "h", "d", "w", "y")
			if kind == "bytes" {
				unit = random.Pick(r, "B", "KB", "MB", "GiB", "TiB", "EB", "KiB")
			}
			out = append(out, map[string]any{"kind": kind, "text": number + unit})
		}
		shift := r.Below(64)
		out = append(out, map[string]any{"kind": "format_" + kind, "text": fmt.Sprint(int64(r.Bits()>>1) >> shift)})
	}
	return out
}
