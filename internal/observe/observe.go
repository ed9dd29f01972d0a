// Package observe shows the service to its operators: slow database statements in the log; the connection pool, the
// e-mail queue and open sessions for Prometheus; the statements of each request for OpenTelemetry. It never holds
// personal data (rule D7).
package observe
