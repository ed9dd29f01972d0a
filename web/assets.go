package web

import (
	"embed"
	"encoding/json"
	"io/fs"
)

//go:embed static
var embedded embed.FS

// Static holds the built assets: hashed names, with a .br and a .gz beside each file that compresses. Made by `make assets`.
var Static = must(fs.Sub(embedded, "static"))

var manifest = readManifest()

// Asset is the address of an asset by its plain name: "app.css" gives "/static/app.<hash>.css". An unknown name is a fault
// of the page that asks, and panics.
func Asset(name string) string {
	return assetPath + hashedName(name)
}

// assetPath is the folder of all assets.
const assetPath = "/static/"

// hashedName is an asset's name with its content's hash in it.
func hashedName(name string) string {
	hashed, known := manifest[name]
	if !known {
		panic("web: no such asset: " + name)
	}
	return hashed
}

func readManifest() map[string]string {
	names := map[string]string{}
	if err := json.Unmarshal(must(fs.ReadFile(Static, "manifest.json")), &names); err != nil {
		panic("web: manifest of assets: " + err.Error())
	}
	return names
}

// must is for what was built into the binary: if that is broken, nothing works.
func must[T any](v T, err error) T {
	if err != nil {
		panic("web: built assets: " + err.Error())
	}
	return v
}
