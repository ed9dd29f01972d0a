// Package observe is what those who run the service see of it: statements of the database that take too long, and, for
// Prometheus, the pool of connections, the queue of letters and the open sessions. Nothing in it is about anybody (rule D7).
package observe
