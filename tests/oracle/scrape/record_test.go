// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestRecordedCases records every tenth of the recorded cases anew; `make oracle-check` takes all of them.
func TestRecordedCases(t *testing.T) {
	files, err := filepath.Glob("../../conformance/scrape/*.json")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d recorded cases, error %v", len(files), err)
	}
	for i := 0; i < len(files); i += 10 {
		text, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		c, err := Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := Record(t, c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Encode(outcome)
		if err != nil {
			t.Fatal(err)
		}
		if d := Difference(c.Expected, got); d != "" {
			t.Errorf("%s: %s", files[i], d)
		}
	}
}

func TestGenerateIsStable(t *testing.T) {
	for seed := range uint64(50) {
		first, err := Text(Generate(seed))
		if err != nil {
			t.Fatal(err)
		}
		second, err := Text(Generate(seed))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("seed %d gives two cases", seed)
		}
		if seed == 0 {
			continue
		}
		decoded, err := Decode(first)
		if err != nil {
			t.Fatal(err)
		}
		third, err := Text(decoded)
		if err != nil || !bytes.Equal(first, third) {
			t.Errorf("seed %d changes when it is read back, error %v", seed, err)
		}
	}
}

func TestShrinkKeepsTheDifference(t *testing.T) {
	c := Generate(3)
	has := func(c *Case) bool {
		return len(c.Exporters) > 0 && bytes.Contains(mustText(t, c), []byte("exp-1:9101"))
	}
	if !has(c) {
		t.Fatal("the case has no exp-1")
	}
	small := Shrink(c, 2000, has)
	if !has(small) {
		t.Error("what was looked for is gone")
	}
	if len(small.Exporters) != 1 || len(small.Events) != 1 {
		t.Errorf("%d exporters and %d events are left, want one of each", len(small.Exporters), len(small.Events))
	}
}

func mustText(t *testing.T, c *Case) []byte {
	text, err := Text(c)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDifferenceNamesThePlace(t *testing.T) {
	for _, row := range []struct{ name, want, got, difference string }{
		{"same in another order", `{"a":1,"b":[2]}`, `{"b":[2],"a":1}`, ""},
		{"large integers", `{"a":18446744073709551615}`, `{"a":18446744073709551614}`, ".a: want 18446744073709551615, got 18446744073709551614"},
		{"missing key", `{"a":1}`, `{}`, ".a: want 1, got nothing"},
		{"longer list", `[1]`, `[1,2]`, "[1]: want nothing, got 2"},
	} {
		if got := Difference([]byte(row.want), []byte(row.got)); got != row.difference {
			t.Errorf("%s: %q, want %q", row.name, got, row.difference)
		}
	}
}
