package containers

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

const manifests = "deploy/kubernetes"

// cluster has the objects of the manifests, and the secrets of the example.
type cluster struct {
	namespaces  []corev1.Namespace
	accounts    []corev1.ServiceAccount
	settings    []corev1.ConfigMap
	claims      []corev1.PersistentVolumeClaim
	deployments []appsv1.Deployment
	jobs        []batchv1.Job
	nightly     []batchv1.CronJob
	services    []corev1.Service
	ingresses   []networkingv1.Ingress
	policies    []networkingv1.NetworkPolicy
	budgets     []policyv1.PodDisruptionBudget
	secrets     []corev1.Secret // from the example
}

// readManifests copies the manifests to a file system in memory, where a test can change them.
func readManifests(t *testing.T) filesys.FileSystem {
	t.Helper()
	fs := filesys.MakeFsInMemory()
	names, err := filepath.Glob(root + manifests + "/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err == nil {
			err = fs.WriteFile("/"+filepath.Base(name), content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return fs
}

// parseManifests reads the manifests like kubectl: kustomize combines them, and each is decoded into Kubernetes' type. An unknown
// or duplicate field is an error.
func parseManifests(fs filesys.FileSystem) (c cluster, err error) {
	files, err := fs.Glob("/*.yaml")
	if err != nil {
		return c, err
	}
	for _, name := range files { // as written, since kustomize may drop unknown fields
		if filepath.Base(name) == "kustomization.yaml" {
			continue
		}
		content, err := fs.ReadFile(name)
		if err != nil {
			return c, err
		}
		into := &cluster{}
		if filepath.Base(name) == "secrets.example.yaml" {
			into = &c
		}
		if err := into.decode(content); err != nil {
			return c, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, "/")
	if err != nil {
		return c, err
	}
	text, err := built.AsYaml()
	if err != nil {
		return c, err
	}
	before := len(c.secrets)
	if err := c.decode(text); err != nil {
		return c, err
	}
	if len(c.secrets) != before {
		return c, errors.New("the manifests make a secret: its value would lie in the repository")
	}
	return c, nil
}

func (c *cluster) decode(content []byte) error {
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal(document, &kind); err != nil {
			return err
		}
		if kind.Kind == "" { // a comment
			continue
		}
		if err := c.add(kind.APIVersion+" "+kind.Kind, document); err != nil {
			return fmt.Errorf("%s: %w", kind.Kind, err)
		}
	}
}

func (c *cluster) add(kind string, document []byte) error {
	switch kind {
	case "v1 Namespace":
		return decoded(document, &c.namespaces)
	case "v1 ServiceAccount":
		return decoded(document, &c.accounts)
	case "v1 ConfigMap":
		return decoded(document, &c.settings)
	case "v1 PersistentVolumeClaim":
		return decoded(document, &c.claims)
	case "v1 Service":
		return decoded(document, &c.services)
	case "v1 Secret":
		return decoded(document, &c.secrets)
	case "apps/v1 Deployment":
		return decoded(document, &c.deployments)
	case "batch/v1 Job":
		return decoded(document, &c.jobs)
	case "batch/v1 CronJob":
		return decoded(document, &c.nightly)
	case "networking.k8s.io/v1 Ingress":
		return decoded(document, &c.ingresses)
	case "networking.k8s.io/v1 NetworkPolicy":
		return decoded(document, &c.policies)
	case "policy/v1 PodDisruptionBudget":
		return decoded(document, &c.budgets)
	}
	return fmt.Errorf("%s: unknown kind", kind)
}

func decoded[T any](document []byte, into *[]T) error {
	var one T
	if err := yaml.UnmarshalStrict(document, &one); err != nil {
		return err
	}
	*into = append(*into, one)
	return nil
}

// pod is a pod of the manifests with the name of its owner.
type pod struct {
	owner  string
	labels map[string]string
	spec   corev1.PodSpec
}

func (c *cluster) pods() (all []pod) {
	for _, d := range c.deployments {
		all = append(all, pod{d.Name, d.Spec.Template.Labels, d.Spec.Template.Spec})
	}
	for _, j := range c.jobs {
		all = append(all, pod{j.Name, j.Spec.Template.Labels, j.Spec.Template.Spec})
	}
	for _, j := range c.nightly {
		template := j.Spec.JobTemplate.Spec.Template
		all = append(all, pod{j.Name, template.Labels, template.Spec})
	}
	return all
}

// program has what the manifests refer to, read from the program's sources.
type program struct {
	settings, secrets []string // names of environment variables; those that may be in files
	routes            string   // of the site
	usage             string
	user              int64 // of the image
	ending            int64 // seconds for requests in flight after DRAIN_TIME
}
