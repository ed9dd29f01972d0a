package main

import (
	"math"
	"runtime"
	"testing"
)

// Small heaps grow to the floor, large ones to twice what is live, none beyond GOMEMLIMIT.
func TestTheMemoryLimitFollowsWhatIsLive(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for _, row := range []struct{ live, other, most, want int64 }{
		{0, 0, math.MaxInt64, memoryFloor},
		{10 * mb, 8 * mb, math.MaxInt64, memoryFloor},
		{60 * mb, 30 * mb, math.MaxInt64, 150 * mb}, // thousands of connections
		{60 * mb, 30 * mb, 100 * mb, 100 * mb},
		{5 * mb, 5 * mb, 30 * mb, 30 * mb},
	} {
		if got := memoryLimit(func() (int64, int64) { return row.live, row.other }, row.most); got != row.want {
			t.Errorf("%+v: %d MB", row, got/mb)
		}
	}
	runtime.GC()
	if live, other := readMemory(); live < mb/2 || other < mb/2 || other > 100*mb {
		t.Errorf("%d bytes live, %d others", live, other)
	}
}
