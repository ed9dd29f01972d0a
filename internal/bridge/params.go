package bridge

import (
	"net/http"
	"net/url"
	"slices"
)

// params are a request's parameters: from the query for GET, from the body for POST, never both.
type params url.Values

func readParams(r *http.Request) (params, error) {
	if r.Method == http.MethodPost {
		err := r.ParseForm()
		return params(r.PostForm), err
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	return params(values), err
}

// one returns a parameter's value, empty if it is absent or repeated.
func (v params) one(name string) string {
	if len(v[name]) != 1 {
		return ""
	}
	return v[name][0]
}

// repeated returns the name of a parameter sent more than once (RFC 6749, 3.1); empty if there is none.
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

// protocolError is an OAuth error.
type protocolError struct{ code, description string }
