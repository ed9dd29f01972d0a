package server

// KeptFields are the fields that are kept of each form, for the test that compares them with the pages.
var KeptFields = keptFields

// PageParameters are the parameters of pages' addresses, for the test that asks with all of them.
var PageParameters = pageParameters

// ErrorStatus is the status of an error, for the test of the database's errors.
var ErrorStatus = errorStatus

// Milliseconds is the unit of the log's took_ms.
var Milliseconds = milliseconds
