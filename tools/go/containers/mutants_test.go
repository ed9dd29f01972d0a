package containers

import (
	"strings"
	"testing"
)

// Each mutant of the manifests is found.
func TestEveryMutantOfTheManifestsIsFound(t *testing.T) {
	t.Parallel()
	known := describeProgram(t)
	for _, m := range []struct{ file, old, new, fault string }{
		{"site.yaml", "terminationGracePeriodSeconds", "terminationGracePeriod", "unknown field"},
		{"site.yaml", "replicas: 2", "replicas: 2\n  replicas: 3", "already"},
		{"site.yaml", "replicas: 2", "replicas: 1", "one replica"},
		{"site.yaml", "path: /readyz", "path: /ready", "no /ready"},
		{"site.yaml", "Seconds: 60", "Seconds: 30", "killed after"},
		{"site.yaml", "periodSeconds: 2", "periodSeconds: 6", "notices a shutdown"},
		{"site.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "allowPrivilegeEscalation"},
		{"site.yaml", "capabilities: { drop: [ALL] }", "capabilities: { drop: [NET_RAW] }", "capabilities"},
		{"site.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "root can be written"},
		{"site.yaml", "runAsUser: 65532", "runAsUser: 1000", "image's user"},
		{"site.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "token"},
		{"site.yaml", "SMTP_PASSWORD_FILE", "SMTP_PASSWD_FILE", "no setting"},
		{"site.yaml", "/run/secrets/keys/seal", "/run/secrets/keys/sealing", "no file of a mounted secret"},
		{"site.yaml", "secretName: database", "secretName: owner", "owner's database address"},
		{"site.yaml", "containerPort: 9090", "containerPort: 9091", "METRICS_LISTEN"},
		{"site.yaml", "targetPort: metrics", "targetPort: other", "no target port"},
		{"site.yaml", "maxUnavailable: 1\n", "maxUnavailable: 2\n", "all replicas"},
		{"site.yaml", "memory: 256Mi", "cpu: 1", "no resource requests"},
		{"settings.env", "DRAIN_TIME=10s", "DRAIN=10s", "no setting DRAIN"},
		{"settings.env", "OIDC_CLIENT_ID=", "SMTP_PASSWORD=x\nOIDC_CLIENT_ID=", "not in a file"},
		{"ingress.yaml", "name: http", "name: metrics", "leads to"},
		{"migrate.yaml", "[migrate]", "[migration]", "no command"},
		{"nightly.yaml", "args: [retain]", "args: [clean]", "no command"},
		{"network.yaml", "policyTypes: [Ingress, Egress]\n---", "policyTypes: [Ingress]\n---", "no policy denies"},
		{"network.yaml", "port: metrics", "port: other", "no port"},
		{"network.yaml", "values: [areariservata, owner]", "values: [areariservata]", "reaches no database"},
		{"namespace.yaml", "enforce: restricted", "enforce: baseline", "restricted"},
		{"secrets.example.yaml", "find: REPLACE", "find: 00112233", "has a value"},
		{"kustomization.yaml", "- network.yaml", "- network.yaml\n  - secrets.example.yaml", "make a secret"},
		{"kustomization.yaml", "resources:", "resource:", "resource"},
		{"kustomization.yaml", `newTag: "1.0.0"`, "newTag: latest", "no version"},
	} {
		fs := readManifests(t)
		content, err := fs.ReadFile("/" + m.file)
		if err != nil {
			t.Fatal(err)
		}
		mutant := strings.Replace(string(content), m.old, m.new, 1)
		if mutant == string(content) {
			t.Errorf("%s has no %q", m.file, m.old)
		}
		if err := fs.WriteFile("/"+m.file, []byte(mutant)); err != nil {
			t.Fatal(err)
		}
		output := ""
		c, err := parseManifests(fs)
		if err != nil {
			output = err.Error()
		} else {
			output = strings.Join(c.faults(known), "\n")
		}
		if !strings.Contains(output, m.fault) {
			t.Errorf("%s, %q instead of %q: want %q, got: %s", m.file, m.new, m.old, m.fault, output)
		}
	}
}
