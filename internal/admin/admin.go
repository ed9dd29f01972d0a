// Package admin is the operator's commands: imports of the catalogue and of data, erasure, retention, repair of lists,
// verification of the audit log. They connect as the owner of the tables, which the site never does.
package admin
