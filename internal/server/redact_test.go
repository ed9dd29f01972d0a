package server

import "testing"

func TestRedactURLLeavesNoFiscalCode(t *testing.T) { // D7
	t.Parallel()
	for address, want := range map[string]string{
		"/dashboard/x/users?q=Rossi":                        "/dashboard/x/users?q=Rossi",
		"/dashboard/x/users?q=RSSMRA80A01H501U&state=":      "/dashboard/x/users",
		"/dashboard/x/users?q=rss+mra+80a01+h501a":          "/dashboard/x/users", // a wrong check character: a typing error
		"/dashboard/x/users?q=ＲＳＳＭＲＡ８０Ａ０１Ｈ５０１Ｕ":             "/dashboard/x/users",
		"/dashboard/x/users/RSSMRA80A01H501U/edit?x=1":      "/",
		"/dashboard/x/usersRSSMRA80A01H501U":                "/",
		"/login?return=%2Fx%3Fq%3DRSSMRAULALMH5LMX":         "/login",
		"/dashboard/x/users?q=precipitevolissimevolmente":   "/dashboard/x/users?q=precipitevolissimevolmente",
		"/d/0f8fad5b-d9cb-469f-a165-70867728950e/users?x=%": "/d/0f8fad5b-d9cb-469f-a165-70867728950e/users?x=%",
	} {
		if got := redactURL(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
