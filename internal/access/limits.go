package access

// Limits of one form, which pages state.
const (
	MaxBulk       = 100       // users
	MaxImport     = 500       // rows of a file
	MaxImportSize = 256 << 10 // bytes of a file
)
