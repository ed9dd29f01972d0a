package observe

import (
	"runtime/debug"
	"testing"
)

func TestABuildIsReadFromTheStampOfTheCompiler(t *testing.T) {
	t.Parallel()
	setting := func(pairs ...string) (all []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return all
	}
	for name, c := range map[string]struct {
		info debug.BuildInfo
		want Build
	}{
		"a release": {
			debug.BuildInfo{
				GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.0"},
				Settings: setting("vcs.revision", "abc", "vcs.time", "2026-01-02T03:04:05Z", "vcs.modified", "false"),
			},
			Build{"v1.2.0", "abc", "2026-01-02T03:04:05Z", "go1.26.8"},
		},
		"a changed tree": {
			debug.BuildInfo{
				GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.1-0.2026+dirty"},
				Settings: setting("vcs.modified", "true", "vcs.revision", "abc"),
			},
			Build{"v1.2.1-0.2026+dirty", "abc+changed", unknown, "go1.26.8"},
		},
		"without history": {
			debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"}},
			Build{unknown, unknown, unknown, "go1.26.8"},
		},
	} {
		if got := readStamp(&c.info); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
