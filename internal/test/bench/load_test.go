package bench_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// httpConn is one client's connection. It reads responses and discards them: the client uses the same processors as
// the site, and net/http's client costs more than a constant page's server.
type httpConn struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
}

// ioTimeout is the limit for a response; later it is an error.
const ioTimeout = 30 * time.Second

// send sends a request and returns the status and the size of the body.
func (w *httpConn) send(request []byte) (status, size int, err error) {
	if w.conn == nil {
		if w.conn, err = net.DialTimeout("tcp", w.address, ioTimeout); err != nil {
			return 0, 0, err
		}
		w.in = bufio.NewReaderSize(w.conn, 64<<10)
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if err := w.conn.SetDeadline(time.Now().Add(ioTimeout)); err != nil {
		return 0, 0, err
	}
	if _, err := w.conn.Write(request); err != nil {
		return 0, 0, err
	}
	return w.readResponse()
}

func (w *httpConn) readResponse() (status, size int, err error) {
	line, err := w.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("not an answer: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, err
	}
	length, chunked := 0, false
	for {
		if line, err = w.in.ReadSlice('\n'); err != nil {
			return 0, 0, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			length, err = strconv.Atoi(string(bytes.TrimSpace(value)))
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
		if err != nil {
			return 0, 0, err
		}
	}
	if !chunked {
		_, err = w.in.Discard(length)
		return status, length, err
	}
	size, err = w.readChunks()
	return status, size, err
}

func (w *httpConn) readChunks() (size int, err error) {
	for {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return 0, err
		}
		if _, err := w.in.Discard(int(n) + 2); err != nil || n == 0 {
			return size, err
		}
		size += int(n)
	}
}

func (w *httpConn) close() {
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}

// encodings are those of browsers.
const encodings = "gzip, deflate, br, zstd"

// get is a request for a page, as a browser sends it.
func get(host, path, cookie string) []byte { return request("GET", host, path, cookie, "") }

// post is a form, as a page of the site sends it.
func post(host, path, cookie, form string) []byte { return request("POST", host, path, cookie, form) }

func request(method, host, path, cookie, form string) []byte {
	var b strings.Builder
	fmt.Fprintf(
		&b,
		"%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/5.0\r\nAccept: text/html\r\nAccept-Language: it-IT,it;q=0.9,en;q=0.8\r\n"+
			"Accept-Encoding: %s\r\nSec-Fetch-Site: same-origin\r\n",
		method,
		path,
		host,
		encodings,
	)
	if cookie != "" {
		fmt.Fprintf(&b, "Cookie: %s\r\n", cookie)
	}
	if method == "POST" {
		fmt.Fprintf(&b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(form))
	}
	b.WriteString("\r\n" + form)
	return []byte(b.String())
}

// job makes a client: the returned function sends one request at each call; close is called at the end.
type job func(client int) (ask func() error, close func())

// requestJob is a client that sends the requests in turn, and expects the status want.
func requestJob(address string, requests [][]byte, want int) job {
	return func(client int) (func() error, func()) {
		w := &httpConn{address: address}
		next := client * 7919 // clients start at different requests
		return func() error {
			next++
			status, size, err := w.send(requests[next%len(requests)])
			if err == nil && (status != want || size == 0) {
				err = fmt.Errorf("status %d, %d bytes", status, size)
			}
			return err
		}, w.close
	}
}

// run is the result of some seconds of load.
type run struct {
	times  []time.Duration // sorted
	took   time.Duration
	failed int
	err    error // the first error
}

func (r run) rate() float64 { return float64(len(r.times)) / r.took.Seconds() }

func (r run) quantile(q float64) time.Duration {
	if len(r.times) == 0 {
		return 0
	}
	return r.times[min(len(r.times)-1, int(math.Ceil(q*float64(len(r.times)))))]
}

// closedLoad runs that many clients; each sends its next request as soon as it has the response to the last one.
func closedLoad(clients int, d time.Duration, j job) run {
	start := time.Now()
	end := start.Add(d)
	return runLoad(clients, j, func() (time.Time, bool) {
		now := time.Now()
		return now, now.Before(end)
	}, start)
}

// openLoad sends that many requests a second, independent of the responses, limited only by the number of clients.
// Latencies count from the time at which a request was due.
func openLoad(rate float64, clients int, d time.Duration, j job) run {
	var sent atomic.Int64
	start := time.Now()
	total := int64(rate * d.Seconds())
	return runLoad(clients, j, func() (time.Time, bool) {
		n := sent.Add(1) - 1
		due := start.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		if n < total {
			if wait := time.Until(due); wait > 0 {
				<-time.After(wait)
			}
		}
		return due, n < total
	}, start)
}

// runLoad runs clients until turn returns false. It returns the time from which the latency of the next request counts.
func runLoad(clients int, j job, turn func() (time.Time, bool), start time.Time) run {
	var all sync.WaitGroup
	runs := make([]run, clients)
	for n := range clients {
		all.Go(func() {
			ask, end := j(n)
			defer end()
			for {
				since, ok := turn()
				if !ok {
					return
				}
				err := ask()
				if err != nil {
					runs[n].failed++
					if runs[n].err == nil {
						runs[n].err = err
					}
					continue
				}
				runs[n].times = append(runs[n].times, time.Since(since))
			}
		})
	}
	all.Wait()
	whole := run{took: time.Since(start)}
	for _, r := range runs {
		whole.times = append(whole.times, r.times...)
		whole.failed += r.failed
		if whole.err == nil {
			whole.err = r.err
		}
	}
	slices.Sort(whole.times)
	return whole
}

// median is the middle value.
func median(all []float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(all))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
