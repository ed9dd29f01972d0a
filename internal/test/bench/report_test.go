package bench_test

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

// report collects results and prints them at the end, as a table.
type report struct{ lines []string }

// atLeast and atMost add a result and its goal.
func (r *report) atLeast(goal string, got, want float64) {
	r.addGoal(goal, got, want, got >= want, "at least")
}

func (r *report) atMost(goal string, got, want float64) {
	r.addGoal(goal, got, want, got <= want, "at most")
}

func (r *report) addGoal(goal string, got, want float64, held bool, sense string) {
	word := "held"
	if !held {
		word = "MISSED"
	}
	if math.IsNaN(got) {
		word = "not measured"
	}
	r.lines = append(r.lines, fmt.Sprintf("| %s | %s %s | %s | %s |", goal, sense, formatNumber(want), formatNumber(got), word))
}

// addInfo adds a result without a goal.
func (r *report) addInfo(what string, format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf("| %s | | %s | |", what, fmt.Sprintf(format, args...)))
}

func (r *report) String() string {
	return "| what | goal | figure | |\n|---|---|---|---|\n" + strings.Join(r.lines, "\n")
}

// formatNumber rounds a number to its significant digits.
func formatNumber(x float64) string {
	switch {
	case math.Abs(x) >= 100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case math.Abs(x) >= 10:
		return strconv.FormatFloat(x, 'f', 1, 64)
	default:
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
}

// loadAverage is the system's load in the last minute; empty if it is unknown.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
