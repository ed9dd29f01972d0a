package bridge

import (
	"net/http"
	"net/url"
	"slices"
)

// params are a request's parameters: the query's on GET, the body's on POST, never a mixture.
type params url.Values

func readParams(r *http.Request) (params, error) {
	if r.Method == http.MethodPost {
		err := r.ParseForm()
		return params(r.PostForm), err
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	return params(values), err
}

// one is the parameter's value, empty when it is absent or repeated.
func (v params) one(name string) string {
	if len(v[name]) != 1 {
		return ""
	}
	return v[name][0]
}

// repeated names a parameter sent more than once (RFC 6749, 3.1), or nothing.
func (v params) repeated() string {
	var names []string
	for name, values := range v {
		if len(values) > 1 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return slices.Min(names)
}

// protocolError is an error in OAuth's own words.
type protocolError struct{ code, description string }
