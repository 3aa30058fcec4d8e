// SPDX-License-Identifier: Apache-2.0

// Command oracle records what the real Prometheus does: on cases that are there (verify), on new random ones (generate),
// and on random ones that an engine must reproduce (compare).
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

const usage = `usage: oracle COMMAND [options]
  verify FOLDER                                record the cases of a folder again; each must give its expected result
  generate -seeds 1-20 -output FOLDER [-only FORMAT]
                                               write random cases with what Prometheus does on them
  compare -seeds 1-200 -engine PROGRAM -output FOLDER [-only FORMAT] [-select FEATURES] [-tries 600]
                                               generate, run the engine on the cases, write down and shrink differences
  shrink -engine PROGRAM -output FOLDER [-tries 600] FILE
                                               make one scrape case smaller while the engine fails on it
`

func main() {
	testing.Init() // the fake clock works within a test only, so the whole program is one
	arguments := os.Args[1:]
	os.Args = os.Args[:1]
	test := func(t *testing.T) { os.Exit(run(t, arguments)) }
	all := func(_, _ string) (bool, error) { return true, nil }
	testing.Main(all, []testing.InternalTest{{Name: "oracle", F: test}}, nil, nil)
}

// run gives the exit code: 1 when something differs, 2 when the oracle failed.
func run(t *testing.T, arguments []string) int {
	if len(arguments) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	flags := flag.NewFlagSet("oracle", flag.ContinueOnError)
	seeds := flags.String("seeds", "1-20", "first and last seed")
	var e engine
	flags.StringVar(&e.output, "output", "", "folder for what is written")
	flags.StringVar(&e.program, "engine", "", "the stalemark program")
	flags.IntVar(&e.tries, "tries", 600, "how many smaller cases are tried for a difference")
	flags.StringVar(&e.features, "select", "", "only cases that need nothing but these features")
	flags.StringVar(&e.only, "only", "", "only the formats whose path holds this text, such as tsdb/ or scrape/")
	if err := flags.Parse(arguments[1:]); err != nil {
		return 2
	}
	failed := 0
	first, last, err := parseSeeds(*seeds)
	if err == nil {
		err = checkBuild()
	}
	if err == nil {
		switch arguments[0] {
		case "verify":
			failed, err = verify(t, flags.Args())
		case "generate":
			err = generate(t, first, last, e.output, e.only)
		case "compare":
			failed, err = e.compare(first, last)
		case "shrink":
			err = e.shrink(t, flags.Args())
		default:
			err = errors.New(usage)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		return 2
	}
	return min(failed, 1)
}

func parseSeeds(text string) (first, last uint64, err error) {
	low, high, found := strings.Cut(text, "-")
	if !found {
		high = low
	}
	if first, err = strconv.ParseUint(low, 10, 64); err == nil {
		last, err = strconv.ParseUint(high, 10, 64)
	}
	if err != nil || first > last {
		return 0, 0, fmt.Errorf("seeds %q: want FIRST-LAST", text)
	}
	return first, last, nil
}
