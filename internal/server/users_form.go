package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
)

// readUserForm reads the form about a user as it was typed.
func readUserForm(r *http.Request) access.UserForm {
	f := r.PostForm
	form := access.UserForm{
		FiscalCode: strings.TrimSpace(f.Get("fiscal_code")), FirstName: f.Get("first_name"), LastName: f.Get("last_name"),
		Email: strings.TrimSpace(f.Get("email")), Product: access.ProductID(f.Get("product")),
		NamesConfirmed: f.Get("names_confirmed") != "", EmailConfirmed: f.Get("email_confirmed") != "",
	}
	if containsFiscalCode(string(form.Product)) { // the page links to the product's list
		form.Product = ""
	}
	form.Roles = readRoles(r, form.Product)
	return form
}

// checkRoleFields refuses more roles than the products have, or a role twice: no page sends that, and each role is
// decided on as if the user held those before it.
func checkRoleFields(r *http.Request, products []access.Product) error {
	most := 0
	for _, product := range products {
		most += len(product.Roles)
	}
	chosen := slices.Clone(r.PostForm["role"])
	if len(chosen) > most {
		return invalidForm(errors.New("more roles than there are"))
	}
	slices.Sort(chosen)
	if len(slices.Compact(chosen)) < len(chosen) {
		return invalidForm(errors.New("a role twice"))
	}
	return nil
}

// readRoles reads the roles that were chosen on a product. A form has the roles of all products; the others are
// ignored.
func readRoles(r *http.Request, product access.ProductID) []access.RoleID {
	return chosenRoles(r.PostForm, product)
}

func chosenRoles(form url.Values, product access.ProductID) (roles []access.RoleID) {
	for _, value := range form["role"] {
		if of, role, found := strings.Cut(value, ":"); found && access.ProductID(of) == product {
			roles = append(roles, access.RoleID(role))
		}
	}
	return roles
}
