package browsertest

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/andybalholm/brotli"
)

// chromium is a browser's program, and the libraries that npm's package has for systems without them.
type chromium struct {
	path, libraries string
	fromNPM         bool
}

var errNoBrowser = errors.New(
	"no Chromium or Chrome: apt-get install chromium-headless-shell, or npm ci --prefix tools, or name one in CHROME",
)

// find looks for $CHROME, then for the usual names, then in tools/node_modules of the checkout.
func find(named string, usual []string) (chromium, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return chromium{}, fmt.Errorf("CHROME: %w", err)
		}
		return chromium{path: path}, nil
	}
	for _, name := range usual {
		if path, err := exec.LookPath(name); err == nil {
			return chromium{path: path}, nil
		}
	}
	packed, err := packedChromium()
	if err != nil {
		return chromium{}, err
	}
	return unpack(packed, "/var/tmp")
}

// usualNames are the programs to look for. Those that never draw a window come first: they open a page in a third of the
// processor's time.
func usualNames() []string {
	return []string{
		"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	}
}

// packedChromium returns the folder of npm's package, which is for Linux on x86-64 only.
func packedChromium() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find Chromium: %w", err)
	}
	for runtime.GOOS == "linux" && runtime.GOARCH == "amd64" {
		packed := filepath.Join(dir, "tools", "node_modules", "@sparticuz", "chromium", "bin")
		if _, err := os.Stat(packed); err == nil {
			return packed, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return "", errNoBrowser
}

// unpack unpacks the package once, atomically, with the libraries that the browser needs besides the C library. An
// existing folder of another account is refused: its programs would be run.
func unpack(packed, copies string) (chromium, error) {
	info, err := os.Stat(filepath.Join(packed, "chromium.br"))
	if err != nil {
		return chromium{}, fmt.Errorf("npm's Chromium: %w", err)
	}
	target := filepath.Join(copies, fmt.Sprintf("areariservata-chromium-%d-%d", info.Size(), os.Getuid()))
	found := chromium{path: filepath.Join(target, "chromium"), libraries: filepath.Join(target, "lib"), fromNPM: true}
	if made, err := os.Lstat(target); err == nil {
		if owner := made.Sys().(*syscall.Stat_t).Uid; !made.IsDir() || int(owner) != os.Getuid() {
			return chromium{}, fmt.Errorf("npm's Chromium: %s belongs to another account", target)
		}
		return found, nil
	}
	draft, err := os.MkdirTemp(copies, filepath.Base(target)+".draft")
	if err != nil {
		return chromium{}, fmt.Errorf("npm's Chromium: %w", err)
	}
	defer os.RemoveAll(draft) // does nothing after the rename
	for name, write := range map[string]func(string, io.Reader) error{
		"chromium.br": writeProgram, "al2023.tar.br": writeTree, "swiftshader.tar.br": writeTree, "fonts.tar.br": writeTree,
	} {
		if err := unpackFile(filepath.Join(packed, name), draft, write); err != nil {
			return chromium{}, fmt.Errorf("npm's Chromium: %s: %w", name, err)
		}
	}
	if err := os.Rename(draft, target); err != nil && !errors.Is(err, fs.ErrExist) {
		return chromium{}, fmt.Errorf("npm's Chromium: %w", err)
	}
	return found, nil
}

func unpackFile(path, to string, write func(string, io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return write(to, brotli.NewReader(file))
}

func writeProgram(dir string, from io.Reader) error {
	file, err := os.OpenFile(filepath.Join(dir, "chromium"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Close())
}

func writeTree(dir string, from io.Reader) error {
	root, err := os.OpenRoot(dir) // entries of the archive cannot leave the folder
	if err != nil {
		return err
	}
	defer root.Close()
	for archive := tar.NewReader(from); ; {
		entry, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		name := strings.TrimSuffix(entry.Name, "/")
		switch entry.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o755)
		case tar.TypeSymlink:
			err = root.Symlink(entry.Linkname, name)
		case tar.TypeReg:
			err = writeEntry(root, name, archive)
		}
		if err != nil {
			return err
		}
	}
}

func writeEntry(root *os.Root, name string, from io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Close())
}

// UseForLaunch makes a program that starts a browser itself, as chrome-launcher does, use the tests' browser, with a
// home folder of its own. It returns the flags that this browser needs.
func UseForLaunch(t testing.TB, command *exec.Cmd) (flags string) {
	t.Helper()
	found, err := find(os.Getenv("CHROME"), usualNames())
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	home := t.TempDir()
	command.Env = append(command.Environ(), "CHROME_PATH="+found.path, "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	if found.libraries != "" {
		command.Env = append(command.Env, "LD_LIBRARY_PATH="+found.libraries)
	}
	flags = "--headless=new --disable-gpu"
	if withoutSandbox(found) {
		flags += " --no-sandbox"
	}
	return flags
}

// withoutSandbox: root cannot have a sandbox, and npm's Chromium lacks the sandbox's helper.
func withoutSandbox(found chromium) bool { return os.Getuid() == 0 || found.fromNPM }
