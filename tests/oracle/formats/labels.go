// SPDX-License-Identifier: Apache-2.0

package formats

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
)

// decodeLabels reads an object of labels, from `key` or, with all in base64, from `key_b64`.
func decodeLabels(fields map[string]json.RawMessage, key string) (map[string]string, error) {
	out := map[string]string{}
	if text, there := fields[key]; there {
		if err := json.Unmarshal(text, &out); err != nil {
			return nil, err
		}
	}
	text, there := fields[key+"_b64"]
	if !there {
		return out, nil
	}
	coded := map[string]string{}
	if err := json.Unmarshal(text, &coded); err != nil {
		return nil, err
	}
	return fromBase64(coded)
}

func fromBase64(coded map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for name, v := range coded {
		plainName, err := base64.StdEncoding.DecodeString(name)
		if err != nil {
			return nil, err
		}
		plain, err := base64.StdEncoding.DecodeString(v)
		if err != nil {
			return nil, err
		}
		out[string(plainName)] = string(plain)
	}
	return out, nil
}

// setLabelMap sets an object of labels, in base64 where one of them is not UTF-8.
func setLabelMap(out map[string]any, key string, l labels.Labels) {
	plain, coded, valid := map[string]string{}, map[string]string{}, true
	l.Range(func(l labels.Label) {
		plain[l.Name] = l.Value
		coded[base64.StdEncoding.EncodeToString([]byte(l.Name))] = base64.StdEncoding.EncodeToString([]byte(l.Value))
		valid = valid && utf8.ValidString(l.Name) && utf8.ValidString(l.Value)
	})
	if valid {
		out[key] = plain
		return
	}
	out[key+"_b64"] = coded
}

// decodeText reads a text, from `key` or from its base64 in `key_b64`.
func decodeText(fields map[string]json.RawMessage, key string) (string, error) {
	var text string
	if coded, there := fields[key+"_b64"]; there {
		if err := json.Unmarshal(coded, &text); err != nil {
			return "", err
		}
		plain, err := base64.StdEncoding.DecodeString(text)
		return string(plain), err
	}
	if plain, there := fields[key]; there {
		err := json.Unmarshal(plain, &text)
		return text, err
	}
	return "", nil
}

func decodeFields(line []byte) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, fmt.Errorf("a case: %w", err)
	}
	return fields, nil
}
