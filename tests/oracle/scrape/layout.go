// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Text lays a case out for reading: a key a line, and a line for every element of the longer lists.
func Text(c *Case) ([]byte, error) {
	plain := *c
	if plain.Options != nil && *plain.Options == (Options{}) {
		plain.Options = nil
	}
	if plain.Head != nil && *plain.Head == (Head{}) {
		plain.Head = nil
	}
	text, err := Encode(&plain)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := layout(&out, text, 3); err != nil {
		return nil, err
	}
	out.WriteString("\n")
	return out.Bytes(), nil
}

// layout breaks objects and lists of the given depth into lines; what lies deeper stays on one line.
func layout(out *bytes.Buffer, text []byte, depth int) error {
	if depth == 0 || len(text) < 100 || (text[0] != '{' && text[0] != '[') {
		out.Write(text)
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	out.WriteByte(text[0])
	for first := true; d.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		out.WriteString("\n" + strings.Repeat(" ", 3-depth))
		if text[0] == '{' {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name, err := Encode(key)
			if err != nil {
				return err
			}
			out.Write(name)
			out.WriteString(": ")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := layout(out, value, depth-1); err != nil {
			return err
		}
	}
	out.WriteByte(text[0] + 2) // the closing bracket follows two places after the opening one
	return nil
}
