// Package observe is what those who run the service see of it: statements of the database that take too long; for Prometheus,
// the pool of connections, the queue of letters and the open sessions; for OpenTelemetry, what requests were made of. Nothing in
// it is about anybody (rule D7).
package observe
