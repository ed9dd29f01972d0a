package access

// How much one form may ask for; the pages say so in these numbers.
const (
	MaxBulk       = 100       // people, each of whom is a change of their own
	MaxImport     = 500       // rows of a file with people
	MaxImportSize = 256 << 10 // bytes of such a file
)
