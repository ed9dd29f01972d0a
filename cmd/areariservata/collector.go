package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// memoryFloor is the memory of Go, in bytes, below which no garbage is collected: the live heap of the site is 5 to 10 MB,
// which Go would collect at twice that. With what is mapped of the program, it makes 60 MB.
const memoryFloor = 40 << 20

// collectGarbage starts the next collection when memory reaches the floor, or when the heap is twice what is live, as is Go's
// own rule, whichever is later; but at GOMEMLIMIT at the latest. Each collection sets the limit for the next one. GOGC sets
// Go's rule instead.
func collectGarbage(env map[string]string) {
	runtime.MemProfileRate = 0 // there is no profile to read
	if env["GOGC"] != "" {
		return
	}
	most := debug.SetMemoryLimit(-1) // GOMEMLIMIT
	debug.SetGCPercent(-1)           // by the limit only
	var set func(*[16]byte)
	set = func(collected *[16]byte) {
		debug.SetMemoryLimit(memoryLimit(readMemory, most))
		runtime.SetFinalizer(collected, set) // runs after the next collection
	}
	set(new([16]byte))
}

// memoryLimit is the limit with what a collection has left.
func memoryLimit(read func() (live, other int64), most int64) int64 {
	live, other := read()
	return min(max(memoryFloor, other+2*live), most)
}

// readMemory reads what the last collection left in the heap, and the memory that is not heap, such as stacks.
func readMemory() (live, other int64) {
	const heap = "/memory/classes/heap/"
	read := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: heap + "objects:bytes"},
		{Name: heap + "unused:bytes"},
		{Name: heap + "free:bytes"},
		{Name: heap + "released:bytes"},
	}
	metrics.Read(read)
	bytes := func(i int) int64 { return int64(min(read[i].Value.Uint64(), math.MaxInt64)) }
	return bytes(0), bytes(1) - bytes(2) - bytes(3) - bytes(4) - bytes(5)
}
