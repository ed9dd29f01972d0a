package web

import (
	"embed"
	"encoding/json"
	"io/fs"
)

//go:embed static
var embedded embed.FS

// Static has the built assets: hashed names, and a .br and a .gz version of each file that compresses. `make assets`
// creates it.
var Static = must(fs.Sub(embedded, "static"))

var manifest = readManifest()

// Asset returns the address of an asset by its name without hash: "/static/app.<hash>.css" for "app.css". It panics if
// there is no such asset.
func Asset(name string) string {
	return assetPath + hashedName(name)
}

// assetPath is the path of all assets.
const assetPath = "/static/"

// hashedName returns an asset's name with the hash of its content.
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

// must panics on an error in embedded data.
func must[T any](v T, err error) T {
	if err != nil {
		panic("web: built assets: " + err.Error())
	}
	return v
}
