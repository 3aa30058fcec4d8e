// SPDX-License-Identifier: Apache-2.0

package formats

import "slices"

// The values by kind. The first quarter of each are usual ones.
var (
	oddValues = []string{
		"", "~", "null", "''", "\"\"", "[]", "{}", "[a]", "{a: b}", "x", "1", "-1", "1.5", "true", "yes", "off", "'5'", "0x10", "010", "1e3", "[~]", "{a: ~}", "[[x]]",
		"2001-01-01", "!!binary aGk=", "!!str 5", "!!int 7", "!!float 3", "!!int x", "!!bool yes", "!!null x", "!x y", "*und", ".inf", "-.inf", ".nan", "1:30", "+7",
		"1_000", "18446744073709551615", "18446744073709551616", "9223372036854775808", "\"a\\nb\"", "'é'", "|\n      blk\n", "<<", "[{a: 1}]", "{1: 2, true: x}",
		"{<<: {a: b}}", "abcdefghijklm", "0b101", "0o17", "08", "-0x1", "1.", ".5", "5e400", "!!timestamp 2001-01-01", "!!binary '%'",
	}
	durations = []string{
		"5s", "15s", "1m", "1h30m", "10s", "20s", "30s", "90s", "1s", "0", "0s", "10", "-1s", "1.5s", "1y2w3d4h5m6s7ms", "300y", "292y", "1ms", "abc", "''", "~", "5 m", "1m1m", "1s1m", "60s", "61s",
		"2h", "9223372036854775807ns", "100000d", "\"30s\"", "[1s]", "true", "1:30", "00s", "010s", "106751d", "106752d", "15250w", "15251w", "293y", "!!str 5m", "1µs", "s",
	}
	numbers = []string{
		"0", "1", "5", "100", "7", "30", "1000", "20", "-1", "1.5", "1e3", "0x10", "010", "'5'", "~", "ten", "18446744073709551615", "18446744073709551616", "1_000", "true", "[]", "+3", "-0",
		"-0.5", ".5", "1e20", "1e19", ".inf", ".nan", "08", "0b11", "2001-01-01", "!!float 5", "!!int 5", "1:30",
	}
	sizes = []string{
		"10MB", "1KiB", "0", "1GB", "1kB", "5MB", "100B", "5", "''", "~", "1.5MB", "8EiB", "7EiB", "-5MB", "1MB2KB", "1MiB2KiB", "abc", "[1MB]", "1e3B", "+1MB", ".5MB", "1.", "0B", "-0", "1TB", "1PiB",
		"9999999999GB", "0.1KB", "1 MB", "KB", "1,5MB",
	}
	booleans = []string{
		"true", "false", "yes", "no", "on", "off", "y", "N", "True", "'true'", "1", "0", "~", "maybe", "[]", "\"\"", "!!bool yes", "!!str true", "",
	}
	texts = []string{
		"a", "b", "http", "https", "ab c", "/metrics", "dir/file", "'é'", "/abs/file", "../up", "./x", "a//b", "''", "~", "1", "true", "\"x\\ty\"", "[]", "{}", "2001-01-01", "!!binary aGk=", "null",
		"\"null\"", "1.50", "", "'a: b'", "'#x'", "\"\\xff\"", "\"\\u2028\"", "<secret>", "-", "'-'", "!!binary /w==", "~x",
	}
	labelTexts = []string{
		"a", "b", "job", "x_1", "__address__", "__name__", "a-b", "'é'", "''", "~", "1a", "\"\\xff\"", "!!binary /w==", "a.b", "_", "[]",
	}
	valueTexts = []string{
		"x", "y", "$FOO", "${FOO}", "$$", "a$FOO-b", "1", "$", "${", "${}", "${UNSET}", "${FOO BAR}", "$1", "${1}", "$*", "true", "~", "''", "[]", "'é'", "$é", "\"\\xff\"", "!!binary /w==", "${FOO",
		"x$", "$FOO$FOO", "1.50", "yes",
	}
	expressions = []string{
		"a", "'(.*)'", "'\\d+'", "'a|b|'", "'(?i)x'", "'[[:alpha:]]'", "'\\pL'", "'(((((((x)))))))'", "'(?P<n>x)'", "'(?<n>x)'", "'é+'", "'('", "'[a'", "'a{1001}'", "'a{2,1}'", "'\\C'", "'\\Q.*\\E'", "'x**'",
		"'(?P<n>x)(?P<n>y)'", "''", "~", "1", "true", "'(?!x)'", "'\\z'", "'[[:foo:]]'", "'\\x{110000}'", "'(?s-m:x)'", "[a]", "'\\8'", "\"\\xff\"", "'((a{100}){100}){100}'", "'x{,5}'", "'[z-a]'", "'(?z)'",
		"'\\pX'", "'*a'", "')'", "'a)'", "!!binary /w==", "'(?P<>x)'", "'(?P=n)'",
	}
	actions = []string{
		"replace", "keep", "drop", "labeldrop", "labelkeep", "labelmap", "hashmod", "keepequal", "dropequal", "lowercase", "uppercase", "Replace", "KEEP", "foo", "''", "~", "1", "[]",
	}
	replacedNames = []string{"a", "b", "__a", "x1", "a-b", "${1}", "$1", "''", "~", "é", "a$1", "${x", "1", "[]", "'a b'", "\"\\xff\""}
	replacements  = []string{"$1", "x", "''", "a-b", "~", "${1}", "$", "é", "[]", "\"\\xff\""}
	protocols     = []string{
		"PrometheusProto", "OpenMetricsText0.0.1", "OpenMetricsText1.0.0", "PrometheusText0.0.4", "PrometheusText1.0.0", "foo", "~", "1", "''", "prometheusproto", "[]", "PrometheusText2.0.0",
		"'PrometheusText0.0.4 '",
	}
	urls = []string{
		"http://h:1/p", "https://u:p@h/x?q=1", "http://h", "http://u@h", "'http://h/é'", "'http://h/?'", "HTTP://H", "socks5://h", "'http://h/a b'", "'http://h?a b'", "''", "~", "h", "/x", "ftp://h",
		"'http://[::1'", "http://", "http:///x", "\"http://a\\nb\"", "'http://h:x'", "'http://h/%zz'", "'http://a b/'", "'://x'", "1", "[]", "'http://h:99999'", "'http://[::1%25en0]:1/'", "'mailto:x'",
		"'http://%41/'", "'http://h/#f%zz'", "'http://u:p%zz@h'", "'http://<secret>@h'", "'//h/x'", "'http:h'", "'a:b:c'", "'1http://x'", "'http://h\\x'", "'http://u:@h'", "'http://:p@h'", "'*'", "'?x'",
	}
	versions    = []string{"TLS12", "TLS13", "TLS10", "TLS11", "tls12", "TLS14", "''", "~", "1", "[]"}
	schemes     = []string{"http", "https", "ftp", "''", "~", "1", "HTTP"}
	validations = []string{"utf8", "legacy", "UTF8", "''", "~", "1", "[]"}
	escapings   = []string{"allow-utf-8", "underscores", "dots", "values", "x", "''", "~", "1"}
	authTypes   = []string{"Bearer", "Token", "basic", "Basic", "''", "~", "' x '", "' basic '", "1"}
	grants      = []string{"client_credentials", "'urn:ietf:params:oauth:grant-type:jwt-bearer'", "x", "''", "~"}
	signatures  = []string{"RS256", "RS384", "RS512", "HS256", "''", "~"}
	headerNames = []string{"X-A", "x-b", "X-C", "Authorization", "host", "'a b'", "User-Agent", "te", "Accept", "'é'", "''", "X-Prometheus-Scrape-Timeout-Seconds"}
	addresses   = []string{"a", "h:1", "'[::1]:80'", "'http://a/x'", "1", "~", "''", "'é'", "[]", "true", "a/b", "1.50"}
	targetFiles = []string{
		"a.json", "a.yml", "'*.yaml'", "d/*.json", "A.JSON", "/abs/x.yaml", "a.txt", "'*/a.json'", "A.Json", "a*b.yml", "'a*b*c.yml'", "~", "1", "''", ".json", "'[a.json'", "\"a\\nb.json\"",
	}
	jobFileNames = []string{
		"jobs/*.yml", "jobs/a.yml", "jobs/b.yml", "none.yml", "'jobs/?.yml'", "'jobs/[ab].yml'", "'jobs/[a.yml'", "'*/a.yml'", "1", "~", "''", "./jobs/a.yml", "'jobs/*'", "'a*b/c'",
	}
	ruleFileNames = []string{"r.yml", "'*.yml'", "'a/*'", "'*/a*b/c'", "~"}
	oneWord       = []string{"k", "a", "b c", "é", "1", "true", "~", "''"}
)

// The keys by section.
var (
	basicKeys  = keysWith(oneOf(texts), "username", "username_file", "username_ref", "password", "password_file", "password_ref")
	authKeys   = append(keysWith(oneOf(texts), "credentials", "credentials_file", "credentials_ref"), yamlKey{"type", oneOf(authTypes)})
	tlsKeys    = slices.Concat(keysWith(oneOf(texts), "ca", "cert", "key", "ca_file", "cert_file", "key_file", "ca_ref", "cert_ref", "key_ref", "server_name"), keysWith(oneOf(versions), "min_version", "max_version"), keysWith(oneOf(booleans), "insecure_skip_verify"))
	headerKeys = keysWith(listOf(texts), "values", "secrets", "files")
	proxyKeys  = []yamlKey{{"proxy_url", oneOf(urls)}, {"no_proxy", oneOf(texts)}, {"proxy_from_environment", oneOf(booleans)}, {"proxy_connect_header", mapOfAny([]string{"X-A", "x-b", "''", "1"}, func(w *yamlWriter) string { return w.list(texts) })}}
	oauthKeys  = slices.Concat(proxyKeys, keysWith(oneOf(texts), "client_id", "client_secret", "client_secret_file", "client_secret_ref", "client_certificate_key_id", "client_certificate_key", "client_certificate_key_file", "client_certificate_key_ref", "iss", "audience"), []yamlKey{
		{"grant_type", oneOf(grants)}, {"signature_algorithm", oneOf(signatures)}, {"claims", mapOf(oneWord, oddValues)}, {"scopes", listOf(texts)}, {"token_url", oneOf(urls)},
		{"endpoint_params", mapOf(oneWord, texts)}, {"tls_config", section(tlsKeys)},
	})
	httpKeys = slices.Concat(proxyKeys, keysWith(oneOf(texts), "bearer_token", "bearer_token_file"), keysWith(oneOf(booleans), "follow_redirects", "enable_http2"), []yamlKey{
		{"basic_auth", section(basicKeys)}, {"authorization", section(authKeys)}, {"oauth2", section(oauthKeys)}, {"tls_config", section(tlsKeys)}, {"http_headers", headers},
	})
	ruleKeys = []yamlKey{
		{"source_labels", listOf(labelTexts)}, {"separator", oneOf(texts)}, {"regex", oneOf(expressions)}, {"modulus", oneOf(numbers)}, {"target_label", oneOf(replacedNames)},
		{"replacement", oneOf(replacements)}, {"action", oneOf(actions)},
	}
	staticKeys = []yamlKey{{"targets", listOf(addresses)}, {"labels", mapOf(labelTexts, valueTexts)}}
	fileKeys   = []yamlKey{{"files", listOf(targetFiles)}, {"refresh_interval", oneOf(durations)}}
	urlKeys    = slices.Concat([]yamlKey{{"url", oneOf(urls)}, {"refresh_interval", oneOf(durations)}}, httpKeys)
	bothKeys   = slices.Concat(
		keysWith(oneOf(durations), "scrape_interval", "scrape_timeout"),
		keysWith(oneOf(numbers), "sample_limit", "target_limit", "label_limit", "label_name_length_limit", "label_value_length_limit", "keep_dropped_targets"),
		keysWith(oneOf(booleans), "scrape_native_histograms", "always_scrape_classic_histograms", "convert_classic_histograms_to_nhcb", "extra_scrape_metrics"),
		[]yamlKey{
			{"scrape_protocols", listOf(protocols)}, {"scrape_failure_log_file", oneOf(texts)}, {"body_size_limit", oneOf(sizes)}, {"metric_name_validation_scheme", oneOf(validations)},
			{"metric_name_escaping_scheme", oneOf(escapings)},
		})
	globalKeys = slices.Concat(bothKeys, keysWith(oneOf(durations), "evaluation_interval", "rule_query_offset"), []yamlKey{{"query_log_file", oneOf(texts)}, {"external_labels", mapOf(labelTexts, valueTexts)}})
	jobKeys    = slices.Concat(bothKeys, httpKeys, keysWith(oneOf(booleans), "honor_labels", "honor_timestamps", "track_timestamps_staleness", "enable_compression"),
		keysWith(oneOf(numbers), "native_histogram_bucket_limit", "native_histogram_min_bucket_factor"), []yamlKey{
			{"params", mapOfAny(oneWord, func(w *yamlWriter) string { return w.list(texts) })}, {"fallback_scrape_protocol", oneOf(protocols)}, {"metrics_path", oneOf(texts)}, {"scheme", oneOf(schemes)},
			{"relabel_configs", sections(ruleKeys)}, {"metric_relabel_configs", sections(ruleKeys)}, {"static_configs", sections(staticKeys)}, {"file_sd_configs", sections(fileKeys)},
			{"http_sd_configs", sections(urlKeys)},
		})
	rootKeys = []yamlKey{{"global", section(globalKeys)}, {"scrape_configs", jobList}, {"scrape_config_files", listOf(jobFileNames)}, {"rule_files", listOf(ruleFileNames)}}
)

func keysWith(value func(*yamlWriter, int) string, names ...string) []yamlKey {
	var out []yamlKey
	for _, name := range names {
		out = append(out, yamlKey{name, value})
	}
	return out
}
